//! The environment of a function or a tool, read once in `main`.

mod account;
mod keys;

pub use keys::RootSecrets;

use crate::institution::host_of;
use recupmail_domain::limits::{Limits, Loopback};
use recupmail_domain::secret::Confidential;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What local stacks alone set.
const LOOPBACK_LIMIT: &str = "RECUPMAIL_LOOPBACK_LIMIT";

/// The environment's variables, as a map.
#[derive(Clone)]
pub struct Environment(BTreeMap<String, String>);

/// What is wrong with the environment. Values are never shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvironmentError {
    /// A variable is not set.
    #[error("{0} is not set")]
    Missing(&'static str),
    /// A variable does not read as what it should be.
    #[error("{0} must be {1}")]
    Malformed(&'static str, &'static str),
    /// One root serves as the other too, so that who learns one knows both.
    #[error("RECUPMAIL_REGISTRY_ROOT and RECUPMAIL_SESSION_ROOT must not be the same")]
    SameRoots,
    /// A variable that only local stacks may set is set in a release build.
    #[error("{0} is refused by release builds")]
    LocalOnly(&'static str),
}

/// The tables, one per kind of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Challenges.
    Challenges,
    /// Counters and starts.
    Limits,
    /// The registry.
    People,
    /// Letter and desk codes.
    Issued,
    /// The embedded directory.
    Accounts,
    /// Audit records.
    Audit,
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Challenges, Self::Limits, Self::People, Self::Issued, Self::Accounts, Self::Audit];

    /// The variable that holds its name.
    pub const fn variable(self) -> &'static str {
        match self {
            Self::Challenges => "CHALLENGES_TABLE",
            Self::Limits => "LIMITS_TABLE",
            Self::People => "PEOPLE_TABLE",
            Self::Issued => "ISSUED_TABLE",
            Self::Accounts => "ACCOUNTS_TABLE",
            Self::Audit => "AUDIT_TABLE",
        }
    }
}

/// How AWS is reached.
#[derive(Clone, Debug)]
pub struct Store {
    /// Region.
    pub region: String,
    /// Access key id, secret key and session token.
    pub credentials: Confidential<(String, String, Option<String>)>,
    /// Where services answer, where not at their usual place.
    pub endpoint: Option<String>,
    /// Who vouches for them.
    pub trust: Trust,
}

/// Whose certificates make a service believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Amazon's own authorities: those of a hundred others need not be read at each cold start.
    Amazon,
    /// These, in PEM.
    These(Vec<u8>),
    /// Whomever this machine trusts: an operator's may stand behind a proxy of their own.
    Machine,
}

/// How mails and text messages leave.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The mail service.
    pub ses: Store,
    /// The text message service.
    pub sns: Store,
    /// The host of the site, which SMS name (`@host #code`).
    pub host: String,
}

/// How calls leave.
#[derive(Clone, Debug)]
pub struct Telephony {
    /// The voice message service.
    pub service: Store,
    /// What calls come from: a phone number or a pool of them, by its number, id or ARN.
    pub origination: String,
}

/// Where the secrets of the directories are kept, each under its directory's name.
#[derive(Clone, Debug)]
pub enum DirectorySecrets {
    /// In the environment.
    Given(BTreeMap<String, Confidential<String>>),
    /// In Secrets Manager, as one secret: a JSON object of texts.
    Kept {
        /// The service.
        service: Store,
        /// The secret's name or ARN.
        id: String,
    },
}

/// Where requests may come from, and how the viewer's address is told.
#[derive(Clone, Debug)]
pub struct Network {
    /// Origins whose pages may call.
    pub origins: Vec<String>,
    /// Whether requests come through CloudFront, which then names the viewer's address.
    pub behind_cloudfront: bool,
}

/// How this program was built.
#[derive(Clone, Copy)]
struct Build {
    debug: bool,
}

impl Environment {
    /// The process's environment.
    #[expect(clippy::disallowed_methods, reason = "this is where the environment comes in")]
    pub fn of_process() -> Self {
        Self(std::env::vars().collect())
    }

    fn find(&self, name: &'static str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn require(&self, name: &'static str) -> Result<&str, EnvironmentError> {
        self.find(name).ok_or(EnvironmentError::Missing(name))
    }

    /// Where the institution's file is.
    pub fn institution(&self) -> Result<PathBuf, EnvironmentError> {
        self.require("RECUPMAIL_INSTITUTION").map(PathBuf::from)
    }

    /// The name of a table.
    pub fn table(&self, table: Table) -> Result<String, EnvironmentError> {
        self.require(table.variable()).map(str::to_owned)
    }

    /// How Secrets Manager is reached.
    pub fn secrets_manager(&self) -> Result<Store, EnvironmentError> {
        self.store("AWS_ENDPOINT_URL_SECRETS_MANAGER")
    }

    /// How DynamoDB is reached.
    pub fn dynamodb(&self) -> Result<Store, EnvironmentError> {
        self.store("AWS_ENDPOINT_URL_DYNAMODB")
    }

    /// How mails and text messages leave.
    pub fn delivery(&self) -> Result<Delivery, EnvironmentError> {
        let network = self.network()?;
        let host = network.origins.first().map(|origin| host_of(origin).to_owned());
        Ok(Delivery {
            ses: self.store("AWS_ENDPOINT_URL_SES")?,
            sns: self.store("AWS_ENDPOINT_URL_SNS")?,
            host: host.ok_or(EnvironmentError::Missing("RECUPMAIL_ORIGINS"))?,
        })
    }

    /// How calls leave. What they come from, `RECUPMAIL_VOICE_ORIGINATION`, belongs to the deployment's
    /// account and region and to its permissions, as the tables do; so it stands here and not in the
    /// institution's file.
    pub fn telephony(&self) -> Result<Telephony, EnvironmentError> {
        const NAME: &str = "RECUPMAIL_VOICE_ORIGINATION";
        let origination = self.require(NAME)?;
        // What SendVoiceMessage takes as OriginationIdentity.
        let sound = origination.len() <= 256
            && origination.bytes().all(|b| b.is_ascii_alphanumeric() || b"_:/+-".contains(&b));
        if !sound {
            return Err(EnvironmentError::Malformed(NAME, "a phone number or pool: number, id or ARN"));
        }
        let service = self.store("AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2")?;
        Ok(Telephony { service, origination: origination.to_owned() })
    }

    fn store(&self, endpoint: &'static str) -> Result<Store, EnvironmentError> {
        let endpoint = self.find(endpoint).or_else(|| self.find("AWS_ENDPOINT_URL"));
        Ok(Store {
            region: self.require("AWS_REGION")?.to_owned(),
            credentials: Confidential::new((
                self.require("AWS_ACCESS_KEY_ID")?.to_owned(),
                self.require("AWS_SECRET_ACCESS_KEY")?.to_owned(),
                self.find("AWS_SESSION_TOKEN").map(str::to_owned),
            )),
            endpoint: endpoint.map(str::to_owned),
            trust: self.trust()?,
        })
    }

    /// `AWS_CA_BUNDLE` names a file of authorities, as for AWS's other tools.
    fn trust(&self) -> Result<Trust, EnvironmentError> {
        const NAME: &str = "AWS_CA_BUNDLE";
        let Some(file) = self.find(NAME) else {
            let in_lambda = self.find("AWS_LAMBDA_FUNCTION_NAME").is_some();
            return Ok(if in_lambda { Trust::Amazon } else { Trust::Machine });
        };
        let certificates = |pem: &Vec<u8>| CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
        let bundle =
            std::fs::read(file).ok().filter(|pem| certificates(pem).is_ok_and(|all| !all.is_empty()));
        bundle.map(Trust::These).ok_or(EnvironmentError::Malformed(NAME, "a file of certificates in PEM"))
    }

    /// Where the secrets of the directories are kept: in Secrets Manager as `RECUPMAIL_DIRECTORY_SECRETS`, a
    /// name or ARN, or here, each as `RECUPMAIL_DIRECTORY_SECRET_<NAME>` in capitals with underscores.
    pub fn directory_secrets(&self) -> Result<DirectorySecrets, EnvironmentError> {
        const PREFIX: &str = "RECUPMAIL_DIRECTORY_SECRET_";
        if let Some(id) = self.find("RECUPMAIL_DIRECTORY_SECRETS") {
            let service = self.secrets_manager()?;
            return Ok(DirectorySecrets::Kept { service, id: id.to_owned() });
        }
        let given = self.0.iter().filter_map(|(name, value)| Some((name.strip_prefix(PREFIX)?, value)));
        let plain = |name: &str| name.to_ascii_lowercase().replace('_', "-");
        let given = given.map(|(name, value)| (plain(name), Confidential::new(value.clone())));
        Ok(DirectorySecrets::Given(given.collect()))
    }

    /// The variables that say how directories are reached, for a program that hands them on.
    pub fn of_directories(&self) -> Vec<(String, String)> {
        let names = ["RECUPMAIL_DIRECTORY_SECRET", "RECUPMAIL_ENTRA_ENDPOINT"];
        let ours = self.0.iter().filter(|(name, _)| names.iter().any(|start| name.starts_with(start)));
        ours.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Where Microsoft Entra ID and Microsoft Graph answer, where not at their usual place: on this machine,
    /// or encrypted.
    pub fn entra_endpoint(&self) -> Result<Option<String>, EnvironmentError> {
        const NAME: &str = "RECUPMAIL_ENTRA_ENDPOINT";
        let Some(endpoint) = self.find(NAME) else { return Ok(None) };
        let here = ["http://127.0.0.1:", "http://localhost:", "https://"];
        let sound = here.iter().any(|start| endpoint.starts_with(start));
        if sound { Ok(Some(endpoint.to_owned())) } else { Err(EnvironmentError::Malformed(NAME, "https://")) }
    }

    /// Where requests may come from: `RECUPMAIL_ORIGINS`, separated by commas, the site's own first.
    pub fn network(&self) -> Result<Network, EnvironmentError> {
        let origins =
            self.require("RECUPMAIL_ORIGINS")?.split(',').map(|origin| origin.trim().to_owned()).collect();
        Ok(Network { origins, behind_cloudfront: self.find("RECUPMAIL_BEHIND_CLOUDFRONT") == Some("true") })
    }

    /// The institution's limits as this environment changes them: the local stack sets
    /// `RECUPMAIL_LOOPBACK_LIMIT` to `lifted`, or to a number of starts in ten minutes from one network.
    pub fn limits(&self, limits: Limits) -> Result<Limits, EnvironmentError> {
        const NAME: &str = LOOPBACK_LIMIT;
        match self.find(NAME) {
            None => Ok(limits),
            Some("lifted") => Ok(Limits { loopback: Loopback::Lifted, ..limits }),
            Some(number) => {
                let starts =
                    number.parse().map_err(|_| EnvironmentError::Malformed(NAME, "a number or lifted"))?;
                let network_failures = limits.network_failures.min(starts);
                Ok(Limits { network_starts: starts, network_failures, ..limits })
            }
        }
    }

    /// The file that sets the clock ahead, which only debug builds read.
    pub fn clock_offset_file(&self) -> Result<Option<PathBuf>, EnvironmentError> {
        self.clock_offset_file_in(Build { debug: cfg!(debug_assertions) })
    }

    fn clock_offset_file_in(&self, build: Build) -> Result<Option<PathBuf>, EnvironmentError> {
        const NAME: &str = "RECUPMAIL_CLOCK_OFFSET_FILE";
        match self.find(NAME) {
            Some(_) if !build.debug => Err(EnvironmentError::LocalOnly(NAME)),
            file => Ok(file.map(PathBuf::from)),
        }
    }

    /// Whether answers are counted for CloudWatch: `RECUPMAIL_METRICS` is `true`.
    pub fn counts(&self) -> bool {
        self.find("RECUPMAIL_METRICS") == Some("true")
    }

    /// The log level, `info` unless `RECUPMAIL_LOG` says otherwise.
    pub fn log_level(&self) -> &str {
        self.find("RECUPMAIL_LOG").unwrap_or("info")
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Environment(…)")
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self(variables.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, value: &str) -> Environment {
        [(name.to_owned(), value.to_owned())].into_iter().collect()
    }

    #[test]
    fn calls_come_from_a_number_or_a_pool_and_from_nothing_else() {
        let from = |origination: &str| -> Environment {
            let variables = [
                ("RECUPMAIL_VOICE_ORIGINATION", origination),
                ("AWS_REGION", "eu-west-3"),
                ("AWS_ACCESS_KEY_ID", "local"),
                ("AWS_SECRET_ACCESS_KEY", "local"),
            ];
            variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect()
        };
        for known in ["+3220000000", "pool-0a1b", "arn:aws:sms-voice:eu-west-3:000000000000:pool/pool-0a1b"] {
            assert_eq!(from(known).telephony().unwrap().origination, known);
        }
        let missing = EnvironmentError::Missing("RECUPMAIL_VOICE_ORIGINATION");
        assert_eq!(from("").telephony().unwrap_err(), missing);
        assert!(matches!(from("+32 2 000").telephony(), Err(EnvironmentError::Malformed(..))));
    }

    #[test]
    fn services_are_believed_by_amazons_word_in_lambda_and_by_a_bundle_where_one_is_named() {
        assert_eq!(one("AWS_LAMBDA_FUNCTION_NAME", "logout").trust(), Ok(Trust::Amazon));
        assert_eq!(one("USER", "ops").trust(), Ok(Trust::Machine));
        let refused = EnvironmentError::Malformed("AWS_CA_BUNDLE", "a file of certificates in PEM");
        for none in ["/nowhere.pem", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")] {
            assert_eq!(one("AWS_CA_BUNDLE", none).trust(), Err(refused.clone()), "{none}");
        }
        let bundle = concat!(env!("CARGO_MANIFEST_DIR"), "/../aws/src/amazon-trust-services.pem");
        assert_eq!(one("AWS_CA_BUNDLE", bundle).trust(), Ok(Trust::These(std::fs::read(bundle).unwrap())));
    }

    #[test]
    fn release_builds_refuse_a_clock_that_is_set_ahead() {
        let ahead = one("RECUPMAIL_CLOCK_OFFSET_FILE", "/run/clock-offset");
        let refused = ahead.clock_offset_file_in(Build { debug: false }).unwrap_err();
        assert_eq!(refused.to_string(), "RECUPMAIL_CLOCK_OFFSET_FILE is refused by release builds");
        let taken = ahead.clock_offset_file_in(Build { debug: true });
        assert_eq!(taken, Ok(Some("/run/clock-offset".into())));
        // Holds in a release build too: `cargo test --release -p recupmail-config`.
        assert_eq!(ahead.clock_offset_file().is_ok(), cfg!(debug_assertions));
    }
}

//! The keys, and the roots that they are derived from.

use super::{Environment, EnvironmentError, Store};
use crate::roots::SessionRoots;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use recupmail_domain::keys::{Key, Keys, RegistryKeys, SessionKeyRing, SessionKeys};
use recupmail_domain::secret::Confidential;

const REGISTRY_ROOT: &str = "RECUPMAIL_REGISTRY_ROOT";
const SESSION_ROOT: &str = "RECUPMAIL_SESSION_ROOT";

/// Where the roots of all keys are kept.
#[derive(Clone, Debug)]
pub struct RootSecrets {
    /// The service.
    pub service: Store,
    /// The registry root's name or ARN.
    pub registry: Option<String>,
    /// The session root's.
    pub session: Option<String>,
}

impl Environment {
    /// The secrets that keep the roots: `RECUPMAIL_REGISTRY_ROOT_SECRET` and `RECUPMAIL_SESSION_ROOT_SECRET`,
    /// names or ARNs. `None` where the roots stand in the environment itself.
    pub fn root_secrets(&self) -> Result<Option<RootSecrets>, EnvironmentError> {
        let [registry, session] = ["RECUPMAIL_REGISTRY_ROOT_SECRET", "RECUPMAIL_SESSION_ROOT_SECRET"]
            .map(|name| self.find(name).map(str::to_owned));
        if registry.is_none() && session.is_none() {
            return Ok(None);
        }
        let service = self.secrets_manager()?;
        Ok(Some(RootSecrets { service, registry, session }))
    }

    /// The same environment with these roots.
    #[must_use]
    pub fn with_roots(
        mut self,
        registry: Option<Confidential<String>>,
        session: Option<&SessionRoots>,
    ) -> Self {
        let registry = registry.map(|root| (REGISTRY_ROOT, root.reveal().clone()));
        let session = session.map(|roots| (SESSION_ROOT, roots.variable()));
        self.0.extend(registry.into_iter().chain(session).map(|(name, root)| (name.to_owned(), root)));
        self
    }

    /// All keys. `RECUPMAIL_REGISTRY_ROOT` is 32 bytes in base64 or hexadecimal; `RECUPMAIL_SESSION_ROOT` is
    /// `version:root`, the one that signs first, then after commas those that are accepted too.
    pub fn keys(&self) -> Result<Keys, EnvironmentError> {
        let keys = Keys { registry: self.registry_keys()?, session: self.session_keys()? };
        let registry = root(self.require(REGISTRY_ROOT)?);
        let sessions = self.require(SESSION_ROOT)?.split(',');
        let mut sessions = sessions.filter_map(|entry| Some(root(entry.split_once(':')?.1)));
        if sessions.any(|session| session == registry) { Err(EnvironmentError::SameRoots) } else { Ok(keys) }
    }

    /// The keys of what lasts alone, for tools that have no sessions.
    pub fn registry_keys(&self) -> Result<RegistryKeys, EnvironmentError> {
        let malformed = EnvironmentError::Malformed(REGISTRY_ROOT, "32 bytes in base64 or hexadecimal");
        let root = root(self.require(REGISTRY_ROOT)?).ok_or(malformed)?;
        Ok(RegistryKeys::derive(&root))
    }

    /// The keys of sessions alone, for a step that looks at nothing else.
    pub fn session_keys(&self) -> Result<SessionKeyRing, EnvironmentError> {
        let malformed =
            EnvironmentError::Malformed(SESSION_ROOT, "version:root, and perhaps others after commas");
        let versions = self.require(SESSION_ROOT)?.split(',').map(|entry| {
            let (version, encoded) = entry.split_once(':')?;
            let plain = !version.is_empty() && version.bytes().all(|b| b.is_ascii_alphanumeric());
            plain.then(|| root(encoded).map(|root| SessionKeys::derive(version, &root)))?
        });
        let mut versions = versions.collect::<Option<Vec<_>>>().ok_or_else(|| malformed.clone())?.into_iter();
        let current = versions.next().ok_or(malformed)?;
        Ok(SessionKeyRing::new(current, versions.collect()))
    }
}

fn root(encoded: &str) -> Option<Key> {
    let encoded = encoded.trim();
    let bytes =
        if encoded.len() == 64 { hexadecimal(encoded)? } else { BASE64_STANDARD.decode(encoded).ok()? };
    Some(Key::new(bytes.try_into().ok()?))
}

fn hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let pairs = (0..digits.len()).step_by(2).map(|at| digits.get(at..at + 2));
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, value: &str) -> Environment {
        [(name.to_owned(), value.to_owned())].into_iter().collect()
    }

    const ROOT: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    #[test]
    fn the_session_root_may_name_versions_that_are_accepted_too() {
        let all = format!("2:{ROOT},1:{ROOT},3:{}", "0f".repeat(32));
        let environment = one("RECUPMAIL_SESSION_ROOT", &all);
        let ring = environment.session_keys().unwrap();
        assert_eq!(ring.current().version(), "2");
        assert!(ring.version("1").is_some() && ring.version("3").is_some() && ring.version("4").is_none());
    }

    #[test]
    fn the_two_roots_are_not_the_same() {
        let other = BASE64_STANDARD.encode([7; 32]);
        let with = |session: String| -> Environment {
            [("RECUPMAIL_REGISTRY_ROOT", ROOT.to_owned()), ("RECUPMAIL_SESSION_ROOT", session)]
                .map(|(name, value)| (name.to_owned(), value))
                .into_iter()
                .collect()
        };
        assert!(with(format!("1:{other}")).keys().is_ok());
        for same in [format!("1:{ROOT}"), format!("2:{other},1:{ROOT}")] {
            assert_eq!(with(same).keys().unwrap_err(), EnvironmentError::SameRoots);
        }
    }

    #[test]
    fn a_short_root_is_refused_without_being_shown() {
        let environment = one("RECUPMAIL_REGISTRY_ROOT", "c2hvcnQ=");
        let error = environment.registry_keys().unwrap_err();
        assert_eq!(error.to_string(), "RECUPMAIL_REGISTRY_ROOT must be 32 bytes in base64 or hexadecimal");
    }
}

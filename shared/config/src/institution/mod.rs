//! The institution's file, `institution.toml`. Comments on members are what editors show of them.

mod codes;
mod directories;
mod identity;
mod presentation;
mod registry;
mod security;

pub use codes::{AlphabetName, Code, MethodName, Methods};
pub use directories::{
    AccountName, Accounts, ActiveDirectory, Cloud, Credential, DirectoryFile, Entra, Ldap, LdapWrite, Server,
};
pub use identity::{AnchorName, FieldFile, FieldKindName, Profile, SchemeFile, SchemeKindName};
pub use presentation::{Branding, Links, Localized, Look, Mail, MailClient, Office, Terms};
pub use registry::{Always, Column, LdapRegistry, RegistrySource, Translated};
pub use security::{HourAndDay, LimitsFile, Password, Privacy};

use crate::fault::Fault;
use indexmap::IndexMap;
use recupmail_domain::rules::Rules;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Everything that makes a deployment one institution's. README.md beside the institutions goes through it.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Institution {
    /// Its name in folders and file names: lower-case letters, digits and dashes.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[a-z][a-z0-9-]*$")))]
    pub id: String,
    /// As people say it. SMS begin with it, so it has at most 11 characters, all of GSM 03.38.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 11)))]
    pub short_name: String,
    /// Languages of pages and messages; the first is the default.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub locales: Vec<String>,
    /// IANA time zone of the times in messages, `Europe/Paris`.
    pub time_zone: String,
    /// Calling code of telephone numbers that are written in national form, `+212`.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^\+[1-9][0-9]{0,2}$")))]
    pub calling_code: String,
    /// Where the deployed site lives, `https://` and a host.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^https://[^/]+$")))]
    pub site: String,
    /// Full names by language; more languages than `locales` are welcome.
    pub names: Localized,
    /// How the pages look.
    pub branding: Branding,
    /// The terms of use.
    pub terms: Terms,
    /// Where passwords are written: one directory or several, by names of your choice, in the order in which
    /// they are asked. The strictest comes first.
    pub directories: IndexMap<String, DirectoryFile>,
    /// Where people can be read from, instead of a registry file.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "RegistrySource"))]
    pub registry: Option<RegistrySource>,
    /// Kinds of people, by the name that the registry's column `profile` gives them.
    pub profiles: BTreeMap<String, Profile>,
    /// Ways of saying who one is. The pages show them in this order.
    pub schemes: IndexMap<String, SchemeFile>,
    /// Ways of receiving a code.
    pub methods: Methods,
    /// One-time codes.
    pub code: Code,
    /// What a password must be.
    pub password: Password,
    /// Who mails come from.
    pub mail: Mail,
    /// Links.
    pub links: Links,
    /// Who helps in person.
    pub office: Office,
    /// How a mail program is set up, for the help page.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "MailClient"))]
    pub mail_client: Option<MailClient>,
    /// How long what is kept, and which contacts are trusted.
    #[serde(default)]
    pub privacy: Privacy,
    /// Limits that differ from the defaults.
    #[serde(default)]
    pub limits: LimitsFile,
    /// Which file this is, for messages.
    #[serde(skip)]
    pub(crate) path: PathBuf,
}

/// Why an institution's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InstitutionError {
    /// It cannot be read.
    #[error("{}: {cause}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// It is not UTF-8.
    #[error("{}: line {line} is not UTF-8; save the file in this encoding", path.display())]
    NotUtf8 {
        /// Which file.
        path: PathBuf,
        /// The first such line.
        line: usize,
    },
    /// It is not TOML of the right form; the message names line and column.
    #[cfg(feature = "written")]
    #[error("{}: {}", path.display(), in_plain_words(cause))]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Where and what.
        cause: Box<toml::de::Error>,
    },
    /// What was packed with a function is not what `pack.py` packs.
    #[error("{}: {cause}", path.display())]
    Packed {
        /// Which file.
        path: PathBuf,
        /// Where and what.
        cause: serde_json::Error,
    },
    /// Members have values that cannot be.
    #[error("{}", one_per_line(path, faults))]
    Invalid {
        /// Which file.
        path: PathBuf,
        /// All that is wrong.
        faults: Vec<Fault>,
    },
}

#[cfg(feature = "written")]
fn in_plain_words(cause: &toml::de::Error) -> String {
    cause.to_string().trim_end().replace("expected i64", "expected a whole number")
}

fn one_per_line(path: &Path, faults: &[Fault]) -> String {
    faults.iter().map(|fault| format!("{}: {fault}", path.display())).collect::<Vec<_>>().join("\n")
}

impl Institution {
    /// Reads what was packed with a function, `institution.json`, or else the file as it is written; with its rules.
    pub fn of_function(folder: &Path) -> Result<(Self, Rules), InstitutionError> {
        let path = folder.join("institution.json");
        #[cfg(feature = "written")]
        if !path.is_file() {
            return Self::written(folder);
        }
        let file = read(&path)?;
        let packed = serde_json::from_str(&file);
        packed
            .map_err(|cause| InstitutionError::Packed { path: path.clone(), cause })
            .and_then(|read| Self::valid(read, &path))
    }

    /// Reads and validates the file in an institution's folder, or the file itself.
    #[cfg(feature = "written")]
    pub fn load(path: &Path) -> Result<Self, InstitutionError> {
        Self::written(path).map(|(institution, _)| institution)
    }

    /// Reads and validates a file's text; messages name the path.
    #[cfg(feature = "written")]
    pub fn parse(text: &str, path: &Path) -> Result<Self, InstitutionError> {
        Self::parsed(text, path).map(|(institution, _)| institution)
    }

    #[cfg(feature = "written")]
    fn written(path: &Path) -> Result<(Self, Rules), InstitutionError> {
        let path = if path.is_dir() { path.join("institution.toml") } else { path.to_owned() };
        Self::parsed(&read(&path)?, &path)
    }

    #[cfg(feature = "written")]
    fn parsed(text: &str, path: &Path) -> Result<(Self, Rules), InstitutionError> {
        let read = toml::from_str(text)
            .map_err(|cause| InstitutionError::Malformed { path: path.to_owned(), cause: Box::new(cause) })?;
        Self::valid(read, path)
    }

    fn valid(mut read: Self, path: &Path) -> Result<(Self, Rules), InstitutionError> {
        path.clone_into(&mut read.path);
        let rules = read.rules()?;
        Ok((read, rules))
    }

    /// The rules of this institution, checked against the handbook's bounds.
    pub fn rules(&self) -> Result<Rules, InstitutionError> {
        crate::rules::rules(self)
            .map_err(|faults| InstitutionError::Invalid { path: self.path.clone(), faults })
    }

    /// The folder that the file lies in.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// What is allowed, but seldom meant.
    pub fn warnings(&self) -> Vec<Fault> {
        crate::rules::warnings(self)
    }
}

fn read(path: &Path) -> Result<String, InstitutionError> {
    let bytes =
        std::fs::read(path).map_err(|cause| InstitutionError::Unreadable { path: path.to_owned(), cause })?;
    String::from_utf8(bytes).map_err(|error| {
        let sound = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = sound.split(|byte| *byte == b'\n').count();
        InstitutionError::NotUtf8 { path: path.to_owned(), line }
    })
}

/// The host of an origin, without scheme and port.
pub(crate) fn host_of(origin: &str) -> &str {
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    rest.split([':', '/']).next().unwrap_or(rest)
}

//! The institution's file, `institution.toml`.

use recupmail_domain::limits::Limits;
use recupmail_domain::rules::Rules;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A text by locale.
pub type Localized = BTreeMap<String, String>;

/// Everything that makes a deployment one institution's. What each member means stands in the shipped files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Institution {
    /// Its name in folders and file names.
    pub id: String,
    /// As people say it; SMS begin with it.
    pub short_name: String,
    /// Locales; the first is the default.
    pub locales: Vec<String>,
    /// IANA time zone of the times in messages.
    pub time_zone: String,
    /// Calling code of numbers in national form, `+212`.
    pub calling_code: String,
    /// Origin of the deployed site, `https://…`.
    pub site: String,
    /// Full names.
    pub names: Localized,
    /// How its pages look.
    pub branding: Branding,
    /// The terms of use.
    pub terms: Terms,
    /// Where passwords are written.
    pub directory: Directory,
    /// Kinds of people.
    pub profiles: BTreeMap<String, Profile>,
    /// Ways of saying who one is.
    pub schemes: BTreeMap<String, SchemeFile>,
    /// Ways of receiving a code.
    pub methods: Methods,
    /// One-time codes.
    pub code: Code,
    /// Password policy.
    pub password: Password,
    /// Mails.
    pub mail: Mail,
    /// Links.
    pub links: Links,
    /// Who helps in person.
    pub office: Office,
    /// Limits that differ from the handbook's.
    #[serde(default)]
    pub limits: LimitsFile,
}

/// How the pages look.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Branding {
    /// Logo, a file beside the institution's.
    pub logo: String,
    /// Colour of buttons and links, `#rrggbb`.
    pub primary: String,
    /// Colour of the sign-out button, `#rrggbb`.
    pub accent: String,
    /// What stands on the other side of the header.
    #[serde(default)]
    pub partner: Option<String>,
}

/// The terms of use.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Changes with the text; an older one is not accepted.
    pub version: String,
}

/// Where passwords are written.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Directory {
    /// In this deployment's own table.
    Embedded,
}

/// A kind of people.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// 0, 1 or 2.
    pub methods_required: u8,
}

/// One way of saying who one is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemeFile {
    /// What the claim is worth.
    pub kind: SchemeKindName,
    /// Whose it is.
    pub profile: String,
    /// Its fields, in the order of the page.
    pub fields: Vec<FieldFile>,
}

/// What a claim is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SchemeKindName {
    /// Only the person knows it.
    Proof,
    /// Others know it too.
    Identifier,
}

/// One field of a scheme.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldFile {
    /// Its name in requests and in the registry file.
    pub id: String,
    /// What it holds.
    pub kind: FieldKindName,
    /// What the normalised value matches.
    #[serde(default)]
    pub pattern: Option<String>,
    /// Which identifications count on it.
    #[serde(default)]
    pub anchor: Option<AnchorName>,
    /// Its label.
    pub label: Localized,
    /// Its hint.
    #[serde(default)]
    pub hint: Localized,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKindName {
    /// Digits.
    Number,
    /// Letters and digits.
    NationalCode,
    /// A date.
    Date,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
}

/// Which identifications count on a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnchorName {
    /// All.
    EveryAttempt,
    /// Failed ones.
    Failures,
}

/// Ways of receiving a code.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Methods {
    /// Those offered.
    pub offered: Vec<MethodName>,
    /// Those for which the full contact is typed first.
    #[serde(default)]
    pub confirm_contact: Vec<MethodName>,
    /// Where SMS and calls may go, by calling code, and how many in a day.
    #[serde(default)]
    pub countries: BTreeMap<String, u32>,
}

/// A method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MethodName {
    /// E-mail.
    Email,
    /// Text message.
    Sms,
    /// Telephone call.
    Voice,
    /// Letter.
    Letter,
    /// Help desk.
    Desk,
}

/// One-time codes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Characters.
    pub length: usize,
    /// Made of.
    pub alphabet: AlphabetName,
}

/// What a code is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlphabetName {
    /// Ten digits.
    Digits,
    /// Thirty-one letters and digits.
    LettersAndDigits,
}

/// Password policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Password {
    /// Characters at least.
    pub min: usize,
    /// Characters at most.
    pub max: usize,
    /// Classes of characters at least.
    pub classes: usize,
    /// Whether characters beyond ASCII are taken.
    #[serde(default)]
    pub unicode: bool,
}

/// Mails.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Sender, `Name <address>`.
    pub from: String,
}

/// Links.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Links {
    /// Where the person signs in afterwards.
    pub sign_in: String,
}

/// Who helps in person.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Its name.
    pub name: Localized,
    /// Its address.
    pub email: String,
    /// Where it is.
    #[serde(default)]
    pub place: Localized,
}

/// Limits that differ from the handbook's, within its bounds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsFile {
    /// SMS of the institution in a day, at least.
    #[serde(default)]
    pub sms_per_day: Option<u32>,
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
    /// It is not TOML of the right form; the message names line and column.
    #[error("{}: {cause}", path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Where and what.
        cause: Box<toml::de::Error>,
    },
    /// A member has a value that cannot be.
    #[error("{place}: {reason}")]
    Invalid {
        /// Which member.
        place: String,
        /// What is wrong.
        reason: String,
    },
}

impl Institution {
    /// Reads and validates the file in an institution's folder, or the file itself.
    pub fn load(path: &Path) -> Result<Self, InstitutionError> {
        let path = if path.is_dir() { path.join("institution.toml") } else { path.to_owned() };
        let text = std::fs::read_to_string(&path)
            .map_err(|cause| InstitutionError::Unreadable { path: path.clone(), cause })?;
        let institution: Self = toml::from_str(&text)
            .map_err(|cause| InstitutionError::Malformed { path, cause: Box::new(cause) })?;
        institution.rules()?;
        Ok(institution)
    }

    /// The rules of this institution, checked against the handbook's bounds.
    pub fn rules(&self) -> Result<Rules, InstitutionError> {
        crate::rules::rules(self)
    }

    pub(crate) fn limits(&self) -> Limits {
        let defaults = Limits::default();
        Limits { phone_per_day: self.limits.sms_per_day.unwrap_or(defaults.phone_per_day), ..defaults }
    }
}

/// The host of an origin, without scheme and port.
pub(crate) fn host_of(origin: &str) -> &str {
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    rest.split([':', '/']).next().unwrap_or(rest)
}

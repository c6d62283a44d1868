//! What people see and whom they may ask.

#[cfg(feature = "schema")]
use crate::bounds;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A text by language (`fr`, `ar`, `en`, …).
pub type Localized = BTreeMap<String, String>;

/// How the pages look.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Branding {
    /// The logo, an SVG file beside this one.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^[A-Za-z0-9._-]+\.svg$")))]
    pub logo: String,
    /// Colour of buttons and links, `#rrggbb`. White text on it must be readable (contrast 4.5).
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^#[0-9A-Fa-f]{6}$")))]
    pub primary: String,
    /// Colour of the sign-out button, `#rrggbb`. White text on it must be readable (contrast 4.5).
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^#[0-9A-Fa-f]{6}$")))]
    pub accent: String,
    /// Whose service the account is, shown on the other side of the header.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub partner: Option<String>,
    /// Languages whose names stand beside the logo on every page; the reader's own does anyway.
    #[serde(default)]
    pub names: Vec<String>,
}

/// The terms of use; their text stands in texts/.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Changes with the text; who accepted an older one is asked again.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[A-Za-z0-9._-]{1,32}$")))]
    pub version: String,
}

/// Who mails come from.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Sender, `Name <address>`.
    pub from: String,
}

/// Links.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Links {
    /// Where people sign in with the new password.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^https://")))]
    pub sign_in: String,
}

/// Who helps in person.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Its name.
    pub name: Localized,
    /// Its e-mail address.
    pub email: String,
    /// Where it is.
    #[serde(default)]
    pub place: Localized,
}

/// How a mail program is set up. Both connections begin with TLS.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MailClient {
    /// Host of incoming mail.
    pub imap_host: String,
    /// Its port, usually 993.
    #[cfg_attr(feature = "schema", schemars(range(min = bounds::PORT.least, max = bounds::PORT.most)))]
    pub imap_port: i64,
    /// Host of outgoing mail.
    pub smtp_host: String,
    /// Its port, usually 465.
    #[cfg_attr(feature = "schema", schemars(range(min = bounds::PORT.least, max = bounds::PORT.most)))]
    pub smtp_port: i64,
    /// What to type as the user name.
    pub user_name: Localized,
}

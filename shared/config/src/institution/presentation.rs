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
    /// Colour of buttons and links, `#rrggbb`. White text on it must be readable, and it
    /// itself on tinted areas: a contrast of 5.5 with white.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^#[0-9A-Fa-f]{6}$")))]
    pub primary: String,
    /// Colour of errors and ornaments, `#rrggbb`. White text on it must be readable, and it
    /// itself on tinted areas: a contrast of 5.5 with white.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^#[0-9A-Fa-f]{6}$")))]
    pub accent: String,
    /// The shapes and letters of the pages.
    #[serde(default)]
    pub look: Look,
    /// An SVG path in a box of 100 by 100, drawn in thin lines beside the first page's title.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "String", regex(pattern = "^[A-Za-z0-9 .,-]{1,600}$")))]
    pub motif: Option<String>,
    /// Whose service the account is, shown on the other side of the header.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub partner: Option<String>,
    /// Languages whose names stand beside the logo on every page; the reader's own does anyway.
    #[serde(default)]
    pub names: Vec<String>,
}

/// What pages can look like; each is a stylesheet of this name in static-site/looks.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Look {
    /// Headings with serifs, a frieze of tiles along the upper edge.
    #[default]
    Classic,
    /// Round shapes, light areas.
    Soft,
    /// Right angles on white, ruled.
    Plain,
}

impl Look {
    /// As the file and the stylesheet are named.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Soft => "soft",
            Self::Plain => "plain",
        }
    }
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

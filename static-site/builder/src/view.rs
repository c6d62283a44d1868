//! What the pages and their clients see of an institution.

use crate::{Result, read};
use indexmap::IndexMap;
use recupmail_config::{Institution, Localized};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The part of the institution's file that is for everyone: a member that is not named here stays private.
#[derive(Deserialize)]
pub(crate) struct Published {
    id: String,
    names: Localized,
    locales: Vec<String>,
    terms: Terms,
    pub(crate) profiles: BTreeMap<String, Profile>,
    pub(crate) schemes: IndexMap<String, Scheme>,
    pub(crate) methods: Methods,
    mail_client: Option<MailClientFile>,
}

#[derive(Deserialize)]
struct Terms {
    version: String,
}

#[derive(Deserialize)]
pub(crate) struct Profile {
    pub(crate) methods_required: u8,
}

#[derive(Deserialize)]
pub(crate) struct Methods {
    pub(crate) offered: Vec<String>,
}

/// A way of saying who one is; the first in the file is what the pages show first.
#[derive(Deserialize, Serialize)]
pub(crate) struct Scheme {
    pub(crate) kind: String,
    #[serde(skip_serializing)]
    pub(crate) profile: String,
    /// Only these of the methods offered.
    #[serde(skip_serializing)]
    pub(crate) methods: Option<Vec<String>>,
    #[serde(default, skip_serializing)]
    pub(crate) title: Localized,
    #[serde(default, skip_serializing)]
    pub(crate) lead: Localized,
    pub(crate) fields: Vec<Field>,
}

#[derive(Deserialize, Serialize)]
pub(crate) struct Field {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) label: Localized,
    #[serde(default)]
    pub(crate) hint: Localized,
}

#[derive(Deserialize)]
struct MailClientFile {
    imap_host: String,
    imap_port: u16,
    smtp_host: String,
    smtp_port: u16,
    user_name: Localized,
}

impl Published {
    /// Reads the institution's file.
    pub(crate) fn load(folder: &Path) -> Result<Self> {
        let path = folder.join("institution.toml");
        toml::from_str(&read(&path)?).map_err(|error| format!("{}: {error}", path.display()).into())
    }

    /// `/institution.json`, which clients read before they ask for anything.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "id": self.id,
            "names": self.names,
            "locales": self.locales,
            "terms_version": self.terms.version,
            "schemes": self.schemes,
            "methods": self.methods.offered,
        })
    }
}

/// The institution in one language.
#[derive(Serialize)]
pub(crate) struct View {
    short_name: String,
    names: Vec<Name>,
    partner: Option<String>,
    terms_version: String,
    sign_in: String,
    /// The commands of the SVG path beside the first page's title.
    motif: Option<String>,
    office: Office,
    /// Whether someone may come to find a forgotten identifier.
    finds_identifiers: bool,
    mail_client: Option<MailClient>,
    /// Days for which the log of changes is kept.
    audit_days: i64,
}

#[derive(Serialize)]
struct Name {
    lang: String,
    direction: &'static str,
    text: String,
}

#[derive(Serialize)]
struct Office {
    name: String,
    email: String,
    place: Option<String>,
}

#[derive(Serialize)]
struct MailClient {
    servers: [Server; 2],
    user_name: String,
}

#[derive(Serialize)]
struct Server {
    id: &'static str,
    host: String,
    port: u16,
}

impl View {
    /// The reader's language comes last among the names, where the eye goes from the logo to the title.
    pub(crate) fn new(institution: &Institution, published: &Published, locale: &str) -> Result<Self> {
        let mut names: Vec<Name> = institution
            .names
            .iter()
            .filter(|(lang, _)| *lang == locale || institution.branding.names.contains(lang))
            .map(|(lang, text)| Name { lang: lang.clone(), direction: direction(lang), text: text.clone() })
            .collect();
        names.sort_by_key(|name| name.lang == locale);
        Ok(Self {
            short_name: institution.short_name.clone(),
            names,
            partner: institution.branding.partner.clone(),
            motif: institution.branding.motif.clone(),
            terms_version: institution.terms.version.clone(),
            sign_in: institution.links.sign_in.clone(),
            office: Office {
                name: said(&institution.office.name, locale, "office.name")?,
                email: institution.office.email.clone(),
                place: institution.office.place.get(locale).cloned(),
            },
            finds_identifiers: published.schemes.values().any(|scheme| scheme.kind == "proof"),
            mail_client: match &published.mail_client {
                Some(file) => Some(MailClient {
                    servers: [
                        Server { id: "imap", host: file.imap_host.clone(), port: file.imap_port },
                        Server { id: "smtp", host: file.smtp_host.clone(), port: file.smtp_port },
                    ],
                    user_name: said(&file.user_name, locale, "mail_client.user_name")?,
                }),
                None => None,
            },
            audit_days: institution.privacy.audit_days,
        })
    }
}

fn direction(lang: &str) -> &'static str {
    if lang == "ar" { "rtl" } else { "ltr" }
}

/// A text of the institution's file in one language.
pub(crate) fn said(texts: &Localized, locale: &str, what: &str) -> Result<String> {
    texts
        .get(locale)
        .cloned()
        .ok_or_else(|| format!("institution.toml: {what} is not said in \"{locale}\"").into())
}

//! What the pages and their clients see of an institution.

use crate::{Result, read};
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
    schemes: BTreeMap<String, Scheme>,
    methods: Methods,
}

#[derive(Deserialize)]
struct Terms {
    version: String,
}

#[derive(Deserialize)]
struct Methods {
    offered: Vec<String>,
}

#[derive(Deserialize, Serialize)]
struct Scheme {
    kind: String,
    fields: Vec<Field>,
}

#[derive(Deserialize, Serialize)]
struct Field {
    id: String,
    kind: String,
    label: Localized,
    #[serde(default)]
    hint: Localized,
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

    /// The form that people fill in, in one language.
    pub(crate) fn form(&self, locale: &str) -> Result<Form> {
        let mut schemes = self.schemes.iter();
        let (Some((id, scheme)), None) = (schemes.next(), schemes.next()) else {
            return Err("the pages show exactly one identity scheme".into());
        };
        let fields = scheme.fields.iter().map(|field| {
            Ok(FormField {
                id: field.id.clone(),
                kind: field.kind.clone(),
                label: said(&field.label, locale, &field.id)?,
                hint: field.hint.get(locale).cloned().unwrap_or_default(),
            })
        });
        Ok(Form { id: id.clone(), fields: fields.collect::<Result<_>>()? })
    }
}

/// An identity scheme in one language.
#[derive(Serialize)]
pub(crate) struct Form {
    id: String,
    fields: Vec<FormField>,
}

#[derive(Serialize)]
struct FormField {
    id: String,
    kind: String,
    label: String,
    hint: String,
}

/// The institution in one language.
#[derive(Serialize)]
pub(crate) struct View {
    short_name: String,
    names: Vec<Name>,
    partner: Option<String>,
    terms_version: String,
    sign_in: String,
    office: Office,
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

impl View {
    /// The reader's language comes last among the names, where the eye goes from the logo to the title.
    pub(crate) fn new(institution: &Institution, locale: &str) -> Result<Self> {
        let mut names: Vec<Name> = institution
            .names
            .iter()
            .map(|(lang, text)| Name { lang: lang.clone(), direction: direction(lang), text: text.clone() })
            .collect();
        names.sort_by_key(|name| name.lang == locale);
        Ok(Self {
            short_name: institution.short_name.clone(),
            names,
            partner: institution.branding.partner.clone(),
            terms_version: institution.terms.version.clone(),
            sign_in: institution.links.sign_in.clone(),
            office: Office {
                name: said(&institution.office.name, locale, "office.name")?,
                email: institution.office.email.clone(),
                place: institution.office.place.get(locale).cloned(),
            },
        })
    }
}

fn direction(lang: &str) -> &'static str {
    if lang == "ar" { "rtl" } else { "ltr" }
}

fn said(texts: &Localized, locale: &str, what: &str) -> Result<String> {
    texts
        .get(locale)
        .cloned()
        .ok_or_else(|| format!("institution.toml: {what} is not said in \"{locale}\"").into())
}

//! Letters as one HTML file, a page for each person, ready to be printed.

mod printing;
mod qr;

use crate::ending::Failure;
use crate::issuing::grouped;
use crate::moment::{day_of_letter, zone};
use crate::place::Place;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use minijinja::{Environment, UndefinedBehavior, Value, context};
use qr::Qr;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::code::OneTimeCode;
use recupmail_domain::issued::IssuedCode;
use recupmail_domain::person::Profile;
use std::path::Path;

pub(crate) use printing::{Filter, Ids, Printed, Printing};

/// Letters by locale, and the path of the page for those who hold one. The first serves those whose locale has
/// none.
const LETTERS: [(&str, &str, &str); 1] = [("fr", include_str!("../../letters/fr.html"), "/courrier/")];
const DOCUMENT: &str = include_str!("../../letters/document.html");
/// What stands after the letters.
const END: &str = "</body>\n</html>\n";

/// The letters of one batch.
struct Letters {
    templates: Environment<'static>,
    /// What all letters say.
    common: Value,
    document: Value,
    place_zone: jiff::tz::TimeZone,
}

impl Letters {
    /// Prepares the letters of a batch.
    fn of(place: &Place, batch: &str, now: Timestamp) -> Result<Self, Failure> {
        let (lang, _, path) = LETTERS[0];
        let institution = &place.institution;
        let text = |by_locale: &std::collections::BTreeMap<String, String>| {
            by_locale.get(lang).or(by_locale.values().next()).cloned().unwrap_or_default()
        };
        let zone = zone(institution);
        let name = text(&institution.names);
        let address = format!("{}{path}", place.origin());
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.add_template("document.html", DOCUMENT)?;
        for (locale, letter, _) in LETTERS {
            templates.add_template_owned(format!("{locale}.html"), letter)?;
        }
        let qr = Qr::of(&address)?;
        let document = context! {
            lang, batch,
            institution => name.as_str(),
            colour => institution.branding.primary.as_str(),
            logo => data_url(&place.folder.join(&institution.branding.logo))?,
            qr => context! { side => qr.side, path => qr.path },
        };
        let common = context! {
            batch, address,
            institution => name.as_str(),
            office => text(&institution.office.name),
            office_email => institution.office.email.as_str(),
            printed => day_of_letter(now, &zone),
        };
        Ok(Self { templates, common, document, place_zone: zone })
    }

    /// What stands before the letters.
    fn start(&self) -> Result<String, Failure> {
        Ok(self.templates.get_template("document.html")?.render(&self.document)?)
    }

    /// One letter.
    fn letter(&self, profile: &Profile, code: &OneTimeCode, issued: &IssuedCode) -> Result<String, Failure> {
        let known = LETTERS.iter().find(|(locale, ..)| *locale == profile.locale);
        let (locale, ..) = known.unwrap_or(&LETTERS[0]);
        let personal = context! {
            name => profile.display_name.as_str(),
            email => profile.academic_email.as_str(),
            code => grouped(code),
            until => day_of_letter(issued.expires, &self.place_zone),
            ..self.common.clone()
        };
        Ok(self.templates.get_template(&format!("{locale}.html"))?.render(personal)?)
    }
}

/// A logo inside the page, so that the file is all there is to print. Logos are SVG, the institution's file says so.
fn data_url(logo: &Path) -> Result<String, Failure> {
    let picture = std::fs::read(logo).map_err(|cause| format!("{}: {cause}", logo.display()))?;
    Ok(format!("data:image/svg+xml;base64,{}", BASE64_STANDARD.encode(picture)))
}

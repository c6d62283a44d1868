//! What the terminal says once everything runs: where it is, and who can try it.

use crate::environment::{institution_folder, origins};
use crate::settings::Settings;
use recupmail_config::{Institution, Localized, SchemeFile};
use std::collections::HashMap;

/// A row of the registry file, by column.
type Row = HashMap<String, String>;

/// Says where everything is and who can try it.
pub(crate) fn greet(settings: &Settings, institution: &Institution) -> Result<(), csv::Error> {
    let origin = &origins(settings)[0];
    println!("\nRecupMail of {} runs at {origin}/", institution.short_name);
    println!("Mails, SMS and calls arrive at {origin}/outbox");
    println!("Function URLs: http://localhost:{}/lambda-url/<step>/", settings.lambda_port);
    let mut reader = csv::Reader::from_path(institution_folder(settings).join("registry.csv"))?;
    let people: Vec<Row> = reader.deserialize().filter_map(Result::ok).collect();
    for (id, scheme) in &institution.schemes {
        if let Some(person) = people.iter().find(|person| can_try(person, scheme)) {
            introduce(institution, id, scheme, person);
        }
    }
    println!("\nCtrl-C stops everything.");
    Ok(())
}

fn column<'a>(person: &'a Row, name: &str) -> &'a str {
    person.get(name).map(String::as_str).unwrap_or_default()
}

/// Whether a person may recover their account and has all that the scheme asks for.
fn can_try(person: &Row, scheme: &SchemeFile) -> bool {
    column(person, "recovery") == "allowed"
        && column(person, "profile") == scheme.profile
        && scheme.fields.iter().all(|field| !column(person, &field.id).is_empty())
}

fn introduce(institution: &Institution, id: &str, scheme: &SchemeFile, person: &Row) {
    let text = |texts: &Localized| institution.locales.first().and_then(|locale| texts.get(locale)).cloned();
    let typed = scheme.fields.iter().map(|field| {
        (text(&field.label).unwrap_or_else(|| field.id.clone()), column(person, &field.id).to_owned())
    });
    let contacts = ["recovery_email", "phone"].map(|name| column(person, name));
    let contacts: Vec<&str> = contacts.into_iter().filter(|contact| !contact.is_empty()).collect();
    let lines: Vec<(String, String)> =
        typed.chain([("codes go to".to_owned(), contacts.join(", "))]).collect();
    let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    let (name, person_id) = (column(person, "display_name"), column(person, "person_id"));
    println!("\nWith scheme {id}, be {name} ({person_id}):");
    for (name, value) in lines {
        println!("  {name:width$}  {value}");
    }
}

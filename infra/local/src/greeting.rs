//! What the terminal says once everything runs: where it is, and who can try it.

use crate::environment::{institution_folder, origins};
use crate::settings::Settings;
use recupmail_config::{Institution, Localized, MethodName, SchemeFile};
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
        let open = scheme.methods.as_ref().unwrap_or(&institution.methods.offered);
        let receives = open.iter().any(|method| !matches!(method, MethodName::Letter | MethodName::Desk));
        let candidates = people.iter().filter(|person| can_try(person, scheme));
        // A scheme that sends nothing is for who was never activated.
        if let Some(person) = candidates.min_by_key(|person| is_activated(person) != receives) {
            introduce(settings, institution, (id, scheme, open), person);
        }
    }
    println!("\nCtrl-C stops everything.");
    Ok(())
}

fn column<'a>(person: &'a Row, name: &str) -> &'a str {
    person.get(name).map(String::as_str).unwrap_or_default()
}

fn is_activated(person: &Row) -> bool {
    !column(person, "directory_id").is_empty()
}

/// Whether a person may recover their account and has all that the scheme asks for.
fn can_try(person: &Row, scheme: &SchemeFile) -> bool {
    column(person, "recovery") == "allowed"
        && column(person, "profile") == scheme.profile
        && scheme.fields.iter().all(|field| !column(person, &field.id).is_empty())
}

/// Says who can try a scheme, what they type, and where their codes come from.
fn introduce(
    settings: &Settings,
    institution: &Institution,
    (id, scheme, open): (&str, &SchemeFile, &[MethodName]),
    person: &Row,
) {
    let text = |texts: &Localized| institution.locales.first().and_then(|locale| texts.get(locale)).cloned();
    let mut lines: Vec<(String, String)> = scheme
        .fields
        .iter()
        .map(|field| (text(&field.label).unwrap_or_default(), column(person, &field.id).to_owned()))
        .collect();
    let by = |methods: &[MethodName], name| {
        methods.iter().any(|method| open.contains(method)).then(|| column(person, name))
    };
    let contacts =
        [by(&[MethodName::Email], "recovery_email"), by(&[MethodName::Sms, MethodName::Voice], "phone")];
    let contacts: Vec<&str> = contacts.into_iter().flatten().filter(|contact| !contact.is_empty()).collect();
    if !contacts.is_empty() {
        lines.push(("codes go to".to_owned(), contacts.join(", ")));
    }
    let (name, person_id) = (column(person, "display_name"), column(person, "person_id"));
    if open.contains(&MethodName::Desk) {
        let command = format!("cargo run --bin recupctl -- --local={} desk-code {person_id}", settings.port);
        lines.push(("for a desk code".to_owned(), command));
    }
    let title = text(&scheme.title).unwrap_or_else(|| format!("With scheme {id}"));
    println!("\n{title} – be {name} ({person_id}):");
    let width = lines.iter().map(|(label, _)| label.chars().count()).max().unwrap_or_default();
    for (label, value) in lines {
        println!("  {label:width$}  {value}");
    }
}

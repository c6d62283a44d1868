//! The registry file: one row, one person.

use crate::clock::Timestamp;
use crate::contact::Contact;
use crate::identity::FieldFault;
use crate::keys::{KeyedHash, RegistryKeys};
use crate::person::{COMMON_DOMAIN_PEOPLE, PersonRecord, Profile, RegistrySummary, Shapes};
use crate::rules::Rules;
use rand::Rng;
use std::collections::BTreeMap;

/// What a row says of a person, ready to be stored.
#[derive(Clone, Debug)]
pub struct RegistryEntry {
    /// Under which keys the person is found, one for each scheme of their profile.
    pub lookups: Vec<KeyedHash>,
    /// What is stored there.
    pub record: PersonRecord,
    /// The same as long as the row says the same, so that a repeated import writes nothing.
    pub fingerprint: KeyedHash,
    /// The contacts by which the person can be reached here, for the summary; none if recovery is denied.
    pub reachable: Vec<Contact>,
}

/// What is wrong with a row. It names columns, never what stands in them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRow {
    /// A column is empty that must not be.
    #[error("{0} is empty")]
    Empty(String),
    /// A column does not have the form it must have.
    #[error("{0} has not the right form")]
    Format(String),
    /// No profile or no scheme of this institution fits.
    #[error("profile is none of this institution's")]
    UnknownProfile,
}

/// A row's columns by name.
pub type Row = BTreeMap<String, String>;

impl RegistryEntry {
    /// Reads a row.
    pub fn read(row: &Row, rules: &Rules, keys: &RegistryKeys, rng: &mut impl Rng) -> Result<Self, BadRow> {
        let column = |name: &str| row.get(name).map_or("", String::as_str).trim();
        let required = |name: &str| match column(name) {
            "" => Err(BadRow::Empty(name.to_owned())),
            value => Ok(value.to_owned()),
        };
        let profile_name = required("profile")?;
        if !rules.methods_required.contains_key(&profile_name) {
            return Err(BadRow::UnknownProfile);
        }
        let recovery_allowed = match column("recovery") {
            "allowed" => true,
            "denied" => false,
            _ => return Err(BadRow::Format("recovery".into())),
        };
        let person = keys.person(&required("person_id")?);
        let contacts = contacts(row, rules)?;
        let profile = Profile {
            display_name: plain("display_name", required("display_name")?)?,
            academic_email: address("academic_email", &required("academic_email")?)?.as_str().to_owned(),
            directory_id: Some(plain("directory_id", column("directory_id").to_owned())?)
                .filter(|id| !id.is_empty()),
            locale: locale(column("locale"), rules),
            stand_ins: Vec::new(),
            contacts,
        };
        let lookups = lookups(row, rules, &profile_name, keys)?;
        let found_by: String = lookups.iter().map(|lookup| lookup.to_text()).collect();
        let reachable = profile.contacts.iter().filter(|contact| !rules.methods.of(contact).is_empty());
        let reachable = reachable.filter(|_| recovery_allowed).cloned().collect();
        Ok(Self {
            lookups,
            record: PersonRecord {
                person,
                profile: profile_name,
                recovery_allowed,
                sealed: profile.seal(person, keys, rng),
                contacts_since: vec![Timestamp::from_millis(0); profile.contacts.len()],
            },
            fingerprint: keys.counter("row", &format!("{row:?} {found_by}")),
            reachable,
        })
    }
}

/// The language that a person is written to in, where it is spoken here; else empty.
fn locale(asked: &str, rules: &Rules) -> String {
    rules.locales.iter().find(|known| *known == asked).cloned().unwrap_or_default()
}

/// A value that may stand in a line of a mail or SMS: no line break, and nothing that turns the line round.
fn plain(column: &str, value: String) -> Result<String, BadRow> {
    let sound = !value.chars().any(|c| c.is_control() || crate::input::is_invisible(c));
    if sound { Ok(value) } else { Err(BadRow::Format(column.to_owned())) }
}

fn address(column: &str, value: &str) -> Result<Contact, BadRow> {
    Contact::email(value).map_err(|_| BadRow::Format(column.to_owned()))
}

fn contacts(row: &Row, rules: &Rules) -> Result<Vec<Contact>, BadRow> {
    let filled = |name: &str| row.get(name).filter(|value| !value.trim().is_empty());
    let mut contacts = Vec::new();
    if let Some(email) = filled("recovery_email") {
        contacts.push(address("recovery_email", email)?);
    }
    if let Some(phone) = filled("phone") {
        let phone = Contact::phone(phone, &rules.calling_code).map_err(|_| BadRow::Format("phone".into()))?;
        contacts.push(phone);
    }
    Ok(contacts)
}

fn lookups(row: &Row, rules: &Rules, profile: &str, keys: &RegistryKeys) -> Result<Vec<KeyedHash>, BadRow> {
    let mut lookups = Vec::new();
    for scheme in rules.schemes.iter().filter(|scheme| scheme.profile == profile) {
        let given: BTreeMap<String, String> = scheme
            .fields
            .iter()
            .map(|field| (field.id.clone(), row.get(&field.id).cloned().unwrap_or_default()))
            .collect();
        let claim = scheme.claim(&given, &rules.calling_code).map_err(|errors| bad_column(&errors))?;
        lookups.push(claim.lookup(keys));
    }
    if lookups.is_empty() { Err(BadRow::UnknownProfile) } else { Ok(lookups) }
}

fn bad_column(errors: &[crate::identity::FieldError]) -> BadRow {
    errors.first().map_or(BadRow::UnknownProfile, |error| match error.fault {
        FieldFault::Required => BadRow::Empty(error.field.clone()),
        FieldFault::Format | FieldFault::Unknown => BadRow::Format(error.field.clone()),
    })
}

/// Counts what the summary tells, while rows pass by.
#[derive(Clone, Debug, Default)]
pub struct Census {
    people: u64,
    domains: BTreeMap<String, u64>,
    initials: BTreeMap<String, u64>,
    shapes: Shapes,
}

impl Census {
    /// Counts one entry.
    pub fn count(&mut self, entry: &RegistryEntry) {
        self.people += 1;
        let email = entry.reachable.iter().find(|contact| contact.domain().is_some());
        if let Some((email, domain)) = email.and_then(|email| Some((email, email.domain()?))) {
            *self.domains.entry(domain.to_owned()).or_default() += 1;
            let initial = email.as_str().chars().take(1).collect();
            *self.initials.entry(initial).or_default() += 1;
        }
        match (email.is_some(), entry.reachable.len()) {
            (true, 1) => self.shapes.email += 1,
            (true, _) => self.shapes.both += 1,
            (false, 1..) => self.shapes.phone += 1,
            (false, 0) => {}
        }
    }

    /// The summary of all that was counted.
    pub fn summary(self) -> RegistrySummary {
        let (common_domains, rare): (BTreeMap<_, _>, BTreeMap<_, _>) =
            self.domains.into_iter().partition(|(_, people)| *people >= COMMON_DOMAIN_PEOPLE);
        RegistrySummary {
            people: self.people,
            common_domains,
            rare_domains: rare.values().sum(),
            initials: self.initials,
            shapes: self.shapes,
        }
    }
}

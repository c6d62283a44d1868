//! People of the sample registries. Every test takes people of its own, so that limits stay apart.

use crate::stack::top;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

/// A row of a registry.
#[derive(Clone, Debug)]
pub struct Person {
    /// Whose registry it is.
    pub institution: &'static str,
    columns: BTreeMap<String, String>,
}

/// What kind of person a test needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Activated, allowed, with an e-mail address and a number that nobody shares.
    Complete,
    /// Activated and allowed, with an e-mail address that nobody shares, whatever else.
    EmailAlone,
    /// Activated and allowed, with nothing but a number.
    NumberOnly,
    /// Activated and allowed, without any contact.
    WithoutContact,
    /// Not allowed to recover.
    Denied,
    /// Allowed, but never activated.
    NeverActivated,
    /// Allowed and activated, with a number that SMS may not go to.
    ForeignNumber,
}

/// What people of one family share; of the other contact each has one to themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    /// A number.
    Phone,
    /// An e-mail address.
    Email,
}

impl std::ops::Index<&str> for Person {
    type Output = String;

    /// A column.
    fn index(&self, column: &str) -> &String {
        self.columns.get(column).unwrap_or_else(|| panic!("the registry has no column {column}"))
    }
}

/// An institution's file.
fn institution(id: &str) -> toml::Table {
    let file = top().join(format!("infra/institutions/{id}/institution.toml"));
    std::fs::read_to_string(file).unwrap().parse().unwrap()
}

/// Everybody in the sample registry of an institution.
pub fn people(institution: &'static str) -> Vec<Person> {
    let file = top().join(format!("infra/institutions/{institution}/registry.csv"));
    let rows = csv::Reader::from_path(file).unwrap().into_deserialize().map(Result::unwrap);
    rows.map(|columns| Person { institution, columns }).collect()
}

fn calling_code(institution: &str) -> &'static str {
    match institution {
        "usms" => "+212",
        "eceps" => "+32",
        "aix-marseille" => "+33",
        other => panic!("no institution {other}"),
    }
}

impl Kind {
    fn fits(self, person: &Person, contacts: &HashMap<String, usize>) -> bool {
        let alone = |contact: &str| contacts.get(contact) == Some(&1);
        let (phone, email) = (person.phone(), person.email());
        let allowed = person["recovery"] == "allowed";
        let activated = !person["directory_id"].is_empty();
        let at_home = phone.starts_with(calling_code(person.institution));
        let usual = allowed && activated;
        match self {
            Self::Complete => usual && at_home && alone(phone) && alone(email),
            Self::EmailAlone => usual && alone(email),
            Self::NumberOnly => usual && at_home && alone(phone) && email.is_empty(),
            Self::WithoutContact => usual && phone.is_empty() && email.is_empty(),
            Self::Denied => !allowed && activated && !email.is_empty(),
            Self::NeverActivated => allowed && !activated,
            Self::ForeignNumber => usual && !phone.is_empty() && !at_home,
        }
    }
}

/// Everybody of a kind at an institution, whoever else has them.
pub fn everybody(institution: &'static str, kind: Kind) -> Vec<Person> {
    let everybody = people(institution);
    let contacts = owners(&everybody);
    everybody.into_iter().filter(|person| kind.fits(person, &contacts)).collect()
}

/// How many people each contact belongs to.
fn owners(people: &[Person]) -> HashMap<String, usize> {
    let mut owners = HashMap::new();
    for contact in people.iter().flat_map(|person| [person.phone(), person.email()]) {
        *owners.entry(contact.to_owned()).or_insert(0) += 1;
    }
    owners
}

/// The people whom tests of this binary have.
static TAKEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl Shared {
    /// The contact that a person shares, and the one that is theirs alone.
    fn contacts(self, person: &Person) -> (&str, &str) {
        match self {
            Self::Phone => (person.phone(), person.email()),
            Self::Email => (person.email(), person.phone()),
        }
    }
}

impl Person {
    /// Two people of one family at an institution whom no other test of this binary has.
    pub fn siblings(institution: &'static str, shared: Shared) -> [Self; 2] {
        let everybody = people(institution);
        let owners = owners(&everybody);
        let mut families = BTreeMap::<&str, Vec<&Self>>::new();
        for person in &everybody {
            let (common, own) = shared.contacts(person);
            let activated = person["recovery"] == "allowed" && !person["directory_id"].is_empty();
            if activated && !common.is_empty() && owners[common] > 1 && owners[own] == 1 {
                families.entry(common).or_default().push(person);
            }
        }
        let mut taken = TAKEN.lock().unwrap();
        let family = families
            .into_values()
            .find(|family| family.len() > 1 && !family.iter().any(|one| taken.contains(&one["person_id"])))
            .unwrap_or_else(|| panic!("no family that shares a {shared:?} is left at {institution}"));
        taken.extend(family.iter().map(|one| one["person_id"].clone()));
        [family[0].clone(), family[1].clone()]
    }

    /// A student of this kind whom no other test of this binary has.
    pub fn take(kind: Kind) -> Self {
        Self::of("usms", kind)
    }

    /// A person of this kind at an institution whom no other test of this binary has.
    pub fn of(institution: &'static str, kind: Kind) -> Self {
        let mut taken = TAKEN.lock().unwrap();
        let person = everybody(institution, kind)
            .into_iter()
            .find(|person| !taken.contains(&person["person_id"]))
            .unwrap_or_else(|| panic!("nobody of kind {kind:?} is left at {institution}"));
        taken.push(person["person_id"].clone());
        person
    }

    /// The institutional address.
    pub fn academic_email(&self) -> &str {
        &self["academic_email"]
    }

    /// The recovery address; empty if there is none.
    pub fn email(&self) -> &str {
        &self["recovery_email"]
    }

    /// The number; empty if there is none.
    pub fn phone(&self) -> &str {
        &self["phone"]
    }

    /// What the identify page sends for this person, by the institution's first scheme.
    pub fn statement(&self) -> Value {
        let first = match self.institution {
            "usms" => "student",
            "eceps" => "email",
            _ => "identifiant",
        };
        self.statement_by(first)
    }

    /// What the identify page of a scheme sends for this person.
    pub fn statement_by(&self, scheme: &str) -> Value {
        let institution = institution(self.institution);
        let fields = institution["schemes"][scheme]["fields"].as_array().unwrap();
        let fields: BTreeMap<&str, &String> =
            fields.iter().map(|field| field["id"].as_str().unwrap()).map(|id| (id, &self[id])).collect();
        json!({
            "scheme": scheme,
            "fields": fields,
            "terms_accepted": true,
            "terms_version": institution["terms"]["version"].as_str(),
            "locale": "fr",
        })
    }

    /// Where a method's codes arrive.
    pub fn contact(&self, kind: &str) -> &str {
        match kind {
            "email" => self.email(),
            "sms" | "voice" => self.phone(),
            other => panic!("no contact for {other}"),
        }
    }
}

//! People of the sample registry. Every test takes people of its own, so that limits stay apart.

use crate::stack::top;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Mutex;

/// A row of the registry.
#[derive(Clone, Debug, Deserialize)]
#[expect(missing_docs, reason = "the columns of the registry file")]
pub struct Person {
    pub person_id: String,
    pub display_name: String,
    pub academic_email: String,
    pub directory_id: String,
    pub recovery: String,
    pub phone: String,
    pub recovery_email: String,
    pub apogee: String,
    pub massar: String,
    pub birth_date: String,
}

/// What kind of person a test needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Activated, allowed, with an e-mail address and a number that nobody shares.
    Complete,
    /// Activated and allowed, without any contact.
    WithoutContact,
    /// Not allowed to recover.
    Denied,
    /// Allowed, with contacts, but never activated.
    NeverActivated,
    /// Allowed and activated, with a number that SMS may not go to and no other contact than that and an
    /// e-mail address.
    ForeignNumber,
}

/// Everybody in the sample registry.
pub fn people() -> Vec<Person> {
    let file = top().join("infra/institutions/usms/registry.csv");
    csv::Reader::from_path(file).unwrap().deserialize().map(Result::unwrap).collect()
}

impl Kind {
    fn fits(self, person: &Person, contacts: &HashMap<String, usize>) -> bool {
        let alone = |contact: &str| contacts.get(contact) == Some(&1);
        let allowed = person.recovery == "allowed";
        let activated = !person.directory_id.is_empty();
        let both = !person.phone.is_empty() && !person.recovery_email.is_empty();
        let neither = person.phone.is_empty() && person.recovery_email.is_empty();
        let moroccan = person.phone.starts_with("+212");
        match self {
            Self::Complete => {
                allowed
                    && activated
                    && both
                    && moroccan
                    && alone(&person.phone)
                    && alone(&person.recovery_email)
            }
            Self::WithoutContact => allowed && activated && neither,
            Self::Denied => !allowed && activated && both,
            Self::NeverActivated => allowed && !activated && both,
            Self::ForeignNumber => allowed && activated && !person.phone.is_empty() && !moroccan,
        }
    }
}

impl Person {
    /// A person of this kind whom no other test of this binary has.
    pub fn take(kind: Kind) -> Self {
        static TAKEN: Mutex<Vec<String>> = Mutex::new(Vec::new());
        let everybody = people();
        let mut contacts = HashMap::new();
        for contact in everybody.iter().flat_map(|person| [&person.phone, &person.recovery_email]) {
            *contacts.entry(contact.clone()).or_insert(0) += 1;
        }
        let mut taken = TAKEN.lock().unwrap();
        let person = everybody
            .into_iter()
            .find(|person| kind.fits(person, &contacts) && !taken.contains(&person.person_id))
            .unwrap_or_else(|| panic!("nobody of kind {kind:?} is left"));
        taken.push(person.person_id.clone());
        person
    }

    /// What the identify page sends for this person.
    pub fn statement(&self) -> Value {
        json!({
            "scheme": "student",
            "fields": {"apogee": self.apogee, "massar": self.massar, "birth_date": self.birth_date},
            "terms_accepted": true,
            "terms_version": "2025-09-01",
            "locale": "fr",
        })
    }

    /// Where a method's codes arrive.
    pub fn contact(&self, kind: &str) -> &str {
        match kind {
            "email" => &self.recovery_email,
            "sms" => &self.phone,
            other => panic!("no contact for {other}"),
        }
    }
}

//! Who recovers: each person of the registry once, handed out in turn.

use crate::settings::Settings;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A row of the registry, as far as it is needed.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Person {
    #[serde(rename = "person_id")]
    id: String,
    pub(crate) recovery_email: String,
    apogee: String,
    massar: String,
    birth_date: String,
}

/// Everybody, and who is next.
#[derive(Debug)]
pub(crate) struct People {
    all: Vec<Person>,
    next: AtomicUsize,
    desk_codes: HashMap<String, String>,
}

impl People {
    /// Reads the registry, and the desk codes if there are any.
    pub(crate) fn read(settings: &Settings) -> Result<Self, csv::Error> {
        let all = csv::Reader::from_path(&settings.registry)?.into_deserialize().collect::<Result<_, _>>()?;
        let desk_codes = match &settings.desk_codes {
            Some(file) => csv::Reader::from_path(file)?.into_deserialize().collect::<Result<_, _>>()?,
            None => HashMap::new(),
        };
        Ok(Self { all, next: AtomicUsize::new(0), desk_codes })
    }

    /// Somebody who has not recovered yet; nobody when all have.
    pub(crate) fn next(&self) -> Option<&Person> {
        self.all.get(self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// The person at the end of the registry, whom attackers are after.
    pub(crate) fn victim(&self, number: usize) -> &Person {
        &self.all[self.all.len() - 1 - number % 50]
    }

    /// The code that the help desk gave to a person.
    pub(crate) fn desk_code(&self, person: &Person) -> Option<&str> {
        self.desk_codes.get(&person.id).map(String::as_str)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }
}

impl Person {
    /// What the page sends for them.
    pub(crate) fn statement(&self) -> Value {
        self.statement_born(&self.birth_date)
    }

    /// The same with a birth date that may be wrong.
    pub(crate) fn statement_born(&self, birth_date: &str) -> Value {
        json!({
            "scheme": "student",
            "fields": {"apogee": self.apogee, "massar": self.massar, "birth_date": birth_date},
            "terms_accepted": true,
            "terms_version": "2025-09-01",
            "locale": "fr",
        })
    }
}

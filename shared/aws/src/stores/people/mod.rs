//! The registry: people by identity claim, `S#…`; what is known of each, `P#…`; one summary.
//!
//! `P#` lists a person's `S#` keys, so that a correction or a denial replaces every one of them, at once.

mod import;
mod kept;
mod known;
mod summary;

use crate::table::DynamoTable;
use kept::KeptSummary;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::conditional::{Item, Value};
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::person::PersonRecord;
use recupmail_domain::ports::{FindPerson, Unavailable};
use std::sync::Arc;

pub use import::Imported;
pub use known::KnownPerson;
pub use summary::Root;

/// The table of people. The summary is kept for a while, since it changes with an import alone.
#[derive(Clone, Debug)]
pub struct People {
    table: DynamoTable,
    summary: Arc<KeptSummary>,
}

impl From<DynamoTable> for People {
    fn from(table: DynamoTable) -> Self {
        Self { table, summary: Arc::default() }
    }
}

fn lookup_key(lookup: KeyedHash) -> String {
    format!("S#{}", lookup.to_text())
}

fn person_key(person: KeyedHash) -> String {
    format!("P#{}", person.to_text())
}

fn hash_value(person: KeyedHash) -> Value {
    Value::Bytes(person.as_bytes().to_vec())
}

fn record_of(item: &Item) -> Option<PersonRecord> {
    let (Value::Bytes(person), Value::Text(profile), Value::Number(allowed), Value::Bytes(sealed)) =
        (item.get("p")?, item.get("prof")?, item.get("rec")?, item.get("box")?)
    else {
        return None;
    };
    Some(PersonRecord {
        person: KeyedHash::from_bytes(person)?,
        profile: profile.clone(),
        recovery_allowed: *allowed == 1,
        sealed: sealed.clone(),
        contacts_since: match item.get("since") {
            Some(Value::Numbers(since)) => since.values().map(|at| Timestamp::from_millis(*at)).collect(),
            _ => Vec::new(),
        },
    })
}

fn item_of(record: &PersonRecord) -> Item {
    let attributes = [
        ("p", Value::Bytes(record.person.as_bytes().to_vec())),
        ("prof", Value::from(record.profile.as_str())),
        ("rec", Value::Number(i64::from(record.recovery_allowed))),
        ("box", Value::Bytes(record.sealed.clone())),
    ];
    let since = record.contacts_since.iter().enumerate();
    let since = since.map(|(place, at)| (place.to_string(), at.as_millis())).collect();
    let attributes = attributes.into_iter().chain([("since", Value::Numbers(since))]);
    attributes.map(|(name, value)| (name.to_owned(), value)).collect()
}

impl FindPerson for People {
    async fn find_person(&self, key: KeyedHash) -> Result<Option<PersonRecord>, Unavailable> {
        let item = self.table.get(&lookup_key(key)).await?;
        item.map(|item| {
            record_of(&item).ok_or_else(|| Unavailable::new("the registry", "a person's item is damaged"))
        })
        .transpose()
    }
}

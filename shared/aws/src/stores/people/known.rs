//! What is known of each person beside their records, `P#…`.

use super::{People, person_key, record_of};
use crate::table::KEY;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::conditional::{Condition, Item, Value, absent, equal, exists};
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::person::PersonRecord;
use recupmail_domain::ports::Unavailable;
use recupmail_domain::registry::ContactsSince;
use std::collections::BTreeSet;

/// What is known of a person beside their records.
#[derive(Clone, Debug, Default)]
pub struct KnownPerson {
    pub(super) keys: BTreeSet<String>,
    pub(super) fingerprint: Option<Value>,
    pub(super) contacts_since: ContactsSince,
    /// The schemes by which they can say who they are.
    pub schemes: BTreeSet<String>,
}

impl KnownPerson {
    pub(super) fn of(item: &Item) -> Self {
        let texts = |name: &str| match item.get(name) {
            Some(Value::TextSet(texts)) => texts.clone(),
            _ => BTreeSet::new(),
        };
        Self {
            keys: texts("keys"),
            fingerprint: item.get("fp").cloned(),
            contacts_since: match item.get("since") {
                Some(Value::Numbers(since)) => {
                    since.iter().map(|(name, at)| (name.clone(), Timestamp::from_millis(*at))).collect()
                }
                _ => ContactsSince::new(),
            },
            schemes: texts("schemes"),
        }
    }

    /// Nobody wrote to the person since this was read.
    pub(super) fn unchanged(&self) -> Condition {
        match &self.fingerprint {
            Some(fingerprint) => equal("fp", fingerprint.clone()),
            None => exists(KEY).and(absent("fp")),
        }
    }
}

impl People {
    /// What is known of a person; `None` if the registry does not know them.
    pub async fn known(&self, person: KeyedHash) -> Result<Option<KnownPerson>, Unavailable> {
        Ok(self.table.get(&person_key(person)).await?.as_ref().map(KnownPerson::of))
    }

    /// A person's record, as their identity claims find it.
    pub async fn record(
        &self,
        person: KeyedHash,
        known: &KnownPerson,
    ) -> Result<Option<PersonRecord>, Unavailable> {
        for key in &known.keys {
            let record = self.table.get(key).await?.as_ref().and_then(record_of);
            if record.as_ref().is_some_and(|record| record.person == person) {
                return Ok(record);
            }
        }
        Ok(None)
    }
}

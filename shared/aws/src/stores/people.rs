//! The registry: people by identity claim, `S#…`; each person's list of those, `P#…`; one summary.

use crate::table::DynamoTable;
use recupmail_domain::conditional::{Item, Value, absent, equal};
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::person::{PersonRecord, RegistrySummary};
use recupmail_domain::ports::{DescribeRegistry, FindPerson, Unavailable};
use recupmail_domain::registry::RegistryEntry;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// The table of people. The summary is read once and kept, since it changes with an import alone.
#[derive(Clone, Debug)]
pub struct People {
    table: DynamoTable,
    summary: Arc<OnceLock<RegistrySummary>>,
}

/// What importing an entry did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// The registry already said so.
    Unchanged,
    /// The person is new or changed.
    Written,
    /// Somebody else can make the same claim, so neither would be proven by it. Nothing was written.
    Collides,
}

const SUMMARY: &str = "SUMMARY";

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
    })
}

fn item_of(record: &PersonRecord) -> Item {
    let attributes = [
        ("p", Value::Bytes(record.person.as_bytes().to_vec())),
        ("prof", Value::from(record.profile.as_str())),
        ("rec", Value::Number(i64::from(record.recovery_allowed))),
        ("box", Value::Bytes(record.sealed.clone())),
    ];
    attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
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

impl DescribeRegistry for People {
    async fn describe_registry(&self) -> Result<RegistrySummary, Unavailable> {
        if let Some(summary) = self.summary.get() {
            return Ok(summary.clone());
        }
        let Some(item) = self.table.get(SUMMARY).await? else { return Ok(RegistrySummary::default()) };
        let people = match item.get("people") {
            Some(Value::Number(people)) => u64::try_from(*people).unwrap_or_default(),
            _ => 0,
        };
        let common_domains = match item.get("domains") {
            Some(Value::TextSet(domains)) => domains.clone(),
            _ => BTreeSet::new(),
        };
        Ok(self.summary.get_or_init(|| RegistrySummary { people, common_domains }).clone())
    }
}

impl People {
    /// Writes a person under every claim they can make, and removes the claims they could make before.
    pub async fn import(&self, entry: &RegistryEntry) -> Result<Imported, Unavailable> {
        let own_key = person_key(entry.record.person);
        let known = self.table.get(&own_key).await?.unwrap_or_default();
        let fingerprint = Value::Bytes(entry.fingerprint.as_bytes().to_vec());
        if known.get("fp") == Some(&fingerprint) {
            return Ok(Imported::Unchanged);
        }
        let item = item_of(&entry.record);
        let ours = || Value::Bytes(entry.record.person.as_bytes().to_vec());
        let keys: BTreeSet<String> = entry.lookups.iter().map(|lookup| lookup_key(*lookup)).collect();
        for key in &keys {
            if !self.table.put_if(key, &item, absent("p").or(equal("p", ours()))).await? {
                return Ok(Imported::Collides);
            }
        }
        if let Some(Value::TextSet(before)) = known.get("keys") {
            for outdated in before.difference(&keys) {
                self.table.delete(outdated).await?;
            }
        }
        let own = [("keys", Value::TextSet(keys)), ("fp", fingerprint)];
        self.table.put(&own_key, &own.map(|(name, value)| (name.to_owned(), value)).into()).await?;
        Ok(Imported::Written)
    }

    /// Says what the registry is like, after an import.
    pub async fn summarise(&self, summary: &RegistrySummary) -> Result<(), Unavailable> {
        let mut item = Item::from([(
            "people".to_owned(),
            Value::Number(i64::try_from(summary.people).unwrap_or(i64::MAX)),
        )]);
        if !summary.common_domains.is_empty() {
            item.insert("domains".to_owned(), Value::TextSet(summary.common_domains.clone()));
        }
        self.table.put(SUMMARY, &item).await
    }
}

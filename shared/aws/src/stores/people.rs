//! The registry: people by identity claim, `S#…`; each person's list of those, `P#…`; one summary.

use crate::table::DynamoTable;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::conditional::{Item, Value, absent, equal};
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::person::{PersonRecord, RegistrySummary, Shapes};
use recupmail_domain::ports::{DescribeRegistry, FindPerson, Unavailable};
use recupmail_domain::registry::RegistryEntry;
use std::collections::{BTreeMap, BTreeSet};
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

fn counted(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn summary_item(summary: &RegistrySummary) -> Item {
    let counts = |map: &BTreeMap<String, u64>| {
        Value::Numbers(map.iter().map(|(name, count)| (name.clone(), counted(*count))).collect())
    };
    let Shapes { email, phone, both } = summary.shapes;
    [
        ("people", Value::Number(counted(summary.people))),
        ("domains", counts(&summary.common_domains)),
        ("rare", Value::Number(counted(summary.rare_domains))),
        ("initials", counts(&summary.initials)),
        ("email", Value::Number(counted(email))),
        ("phone", Value::Number(counted(phone))),
        ("both", Value::Number(counted(both))),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn summary_of(item: &Item) -> RegistrySummary {
    let count = |name: &str| match item.get(name) {
        Some(Value::Number(count)) => u64::try_from(*count).unwrap_or_default(),
        _ => 0,
    };
    let counts = |name: &str| match item.get(name) {
        Some(Value::Numbers(counts)) => counts
            .iter()
            .map(|(name, count)| (name.clone(), u64::try_from(*count).unwrap_or_default()))
            .collect(),
        _ => BTreeMap::new(),
    };
    RegistrySummary {
        people: count("people"),
        common_domains: counts("domains"),
        rare_domains: count("rare"),
        initials: counts("initials"),
        shapes: Shapes { email: count("email"), phone: count("phone"), both: count("both") },
    }
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
        Ok(self.summary.get_or_init(|| summary_of(&item)).clone())
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
        self.table.put(SUMMARY, &summary_item(summary)).await
    }
}

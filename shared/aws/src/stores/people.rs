//! The registry: people by identity claim, `S#…`; what is known of each, `P#…`; one summary.
//!
//! `P#` lists a person's `S#` keys, so that a correction or a denial replaces every one of them, at once.

use crate::item::from_attributes;
use crate::table::{DynamoTable, KEY, unavailable};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason, TransactWriteItem, Update};
use rand::Rng;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::conditional::{Condition, Item, Value, absent, equal, exists};
use recupmail_domain::keys::{KeyedHash, RegistryKeys};
use recupmail_domain::person::{Initials, PersonRecord, RegistrySummary, Shapes};
use recupmail_domain::ports::{DescribeRegistry, FindPerson, Unavailable};
use recupmail_domain::registry::{ContactsSince, RegistryEntry};
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
const MADE_WITH: &str = "root";

/// Tells one registry root from another, and says nothing of it.
fn made_with(keys: &RegistryKeys) -> Value {
    hash_value(keys.counter("root", "registry"))
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
        ("initials", counts(&summary.initials.others)),
        ("given", Value::Number(counted(summary.initials.given))),
        ("family", Value::Number(counted(summary.initials.family))),
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
        initials: Initials { given: count("given"), family: count("family"), others: counts("initials") },
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

/// What is known of a person beside their records.
#[derive(Clone, Debug, Default)]
pub struct KnownPerson {
    keys: BTreeSet<String>,
    fingerprint: Option<Value>,
    contacts_since: ContactsSince,
    /// The schemes by which they can say who they are.
    pub schemes: BTreeSet<String>,
}

impl KnownPerson {
    fn of(item: &Item) -> Self {
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
    fn unchanged(&self) -> Condition {
        match &self.fingerprint {
            Some(fingerprint) => equal("fp", fingerprint.clone()),
            None => exists(KEY).and(absent("fp")),
        }
    }
}

fn hash_value(person: KeyedHash) -> Value {
    Value::Bytes(person.as_bytes().to_vec())
}

/// The key is free or this person's.
fn free_or_of(person: KeyedHash) -> Condition {
    absent("p").or(equal("p", hash_value(person)))
}

/// What became of a transaction.
enum Replaced {
    Applied,
    /// Somebody else holds this key.
    HeldBy(String, KeyedHash),
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

    /// Writes a person under every claim they can make, and removes the claims they could make before, all at
    /// once. A key that somebody else holds is taken from them only if they give way: a file that has them
    /// with other fields, or with none of their own, says that it is not theirs any more.
    pub async fn import(
        &self,
        entry: &RegistryEntry,
        keys: &RegistryKeys,
        now: Timestamp,
        rng: &mut impl Rng,
        gives_way: impl Fn(KeyedHash) -> bool,
    ) -> Result<Imported, Unavailable> {
        let known = self.known(entry.person).await?;
        let fingerprint = hash_value(entry.fingerprint);
        if known.as_ref().is_some_and(|known| known.fingerprint.as_ref() == Some(&fingerprint)) {
            return Ok(Imported::Unchanged);
        }
        let since = entry.contacts_since(known.as_ref().map(|known| &known.contacts_since), keys, now);
        let item = item_of(&entry.record(&since, keys, rng));
        let since = since.into_iter().map(|(name, at)| (name, at.as_millis())).collect();
        let lookups: BTreeSet<String> = entry.lookups.values().map(|lookup| lookup_key(*lookup)).collect();
        let own = [
            ("keys", Value::TextSet(lookups.clone())),
            ("fp", fingerprint),
            ("since", Value::Numbers(since)),
            ("schemes", Value::TextSet(entry.lookups.keys().cloned().collect())),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value)).into();
        let mut taken = BTreeMap::new();
        loop {
            match self.replace(entry.person, known.as_ref(), &own, (&lookups, &item), &taken).await? {
                Replaced::Applied => return Ok(Imported::Written),
                Replaced::HeldBy(key, holder) if gives_way(holder) && !taken.contains_key(&key) => {
                    taken.insert(key, holder);
                }
                Replaced::HeldBy(..) => return Ok(Imported::Collides),
            }
        }
    }

    /// One transaction: the person's records, what is known of them, the end of outdated keys, and the marks on
    /// those from whom a key is taken, so that their next import looks at them anew.
    async fn replace(
        &self,
        person: KeyedHash,
        known: Option<&KnownPerson>,
        own: &Item,
        (lookups, item): (&BTreeSet<String>, &Item),
        taken: &BTreeMap<String, KeyedHash>,
    ) -> Result<Replaced, Unavailable> {
        let unchanged = known.map_or_else(|| absent(KEY), KnownPerson::unchanged);
        let puts = lookups.iter().map(|key| {
            let ours = match taken.get(key) {
                Some(holder) => free_or_of(person).or(equal("p", hash_value(*holder))),
                None => free_or_of(person),
            };
            self.table.transacted_put(key, item, ours)
        });
        let own = self.table.transacted_put(&person_key(person), own, unchanged);
        let puts = puts.chain([own]).map(|put| Ok(TransactWriteItem::builder().put(put?).build()));
        let outdated = known.into_iter().flat_map(|known| known.keys.difference(lookups));
        let deletes = outdated.map(|key| {
            let delete = self.table.transacted_delete(key, free_or_of(person))?;
            Ok(TransactWriteItem::builder().delete(delete).build())
        });
        let holders: BTreeSet<KeyedHash> = taken.values().copied().collect();
        let marks = holders.into_iter().map(|holder| {
            let lost = taken.iter().filter(|(_, of)| **of == holder).map(|(key, _)| key.clone()).collect();
            Ok(TransactWriteItem::builder().update(self.mark(holder, lost)?).build())
        });
        let writes = puts.chain(deletes).chain(marks).collect::<Result<Vec<_>, Unavailable>>()?;
        let request = self.table.client().transact_write_items().set_transact_items(Some(writes));
        let Err(error) = request.send().await else { return Ok(Replaced::Applied) };
        let reasons = match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                canceled.cancellation_reasons()
            }
            _ => &[],
        };
        let held = lookups.iter().zip(reasons).find_map(|(key, reason)| Some((key, holder(reason)?)));
        match held {
            Some((key, holder)) => Ok(Replaced::HeldBy(key.clone(), holder)),
            // Another import was at the same person; what is known of them must be read again.
            None => Err(unavailable(error)),
        }
    }

    /// What is left of somebody from whom keys were taken.
    fn mark(&self, holder: KeyedHash, lost: Vec<String>) -> Result<Update, Unavailable> {
        Update::builder()
            .table_name(self.table.name())
            .key(KEY, AttributeValue::S(person_key(holder)))
            .condition_expression("attribute_exists(#pk)")
            .update_expression("REMOVE #fp DELETE #keys :lost")
            .expression_attribute_names("#pk", KEY)
            .expression_attribute_names("#fp", "fp")
            .expression_attribute_names("#keys", "keys")
            .expression_attribute_values(":lost", AttributeValue::Ss(lost))
            .build()
            .map_err(|cause| Unavailable::new("DynamoDB", cause))
    }

    /// Removes a person altogether; `false` if the registry does not know them.
    pub async fn forget(&self, person: KeyedHash) -> Result<bool, Unavailable> {
        let Some(known) = self.known(person).await? else { return Ok(false) };
        let records = known.keys.iter().map(|key| self.table.transacted_delete(key, free_or_of(person)));
        let own = self.table.transacted_delete(&person_key(person), known.unchanged());
        let deletes =
            records.chain([own]).map(|delete| Ok(TransactWriteItem::builder().delete(delete?).build()));
        let writes = deletes.collect::<Result<Vec<_>, Unavailable>>()?;
        let request = self.table.client().transact_write_items().set_transact_items(Some(writes));
        request.send().await.map_err(unavailable)?;
        Ok(true)
    }

    /// Says what the registry is like and with which root it was made, after an import.
    pub async fn summarise(&self, summary: &RegistrySummary, keys: &RegistryKeys) -> Result<(), Unavailable> {
        let mut item = summary_item(summary);
        item.insert(MADE_WITH.to_owned(), made_with(keys));
        self.table.put(SUMMARY, &item).await
    }

    /// Whether the last import was made with these keys; `true` if there was none.
    pub async fn made_with(&self, keys: &RegistryKeys) -> Result<bool, Unavailable> {
        let summary = self.table.get(SUMMARY).await?.unwrap_or_default();
        Ok(summary.get(MADE_WITH).is_none_or(|mark| *mark == made_with(keys)))
    }
}

/// Who holds the key of a record that could not be put.
fn holder(reason: &CancellationReason) -> Option<KeyedHash> {
    let item = reason.item.clone().filter(|_| reason.code.as_deref() == Some("ConditionalCheckFailed"))?;
    match from_attributes(item).get("p")? {
        Value::Bytes(person) => KeyedHash::from_bytes(person),
        _ => None,
    }
}

//! Writing people, each in one transaction.

use super::{KnownPerson, People, hash_value, item_of, lookup_key, person_key};
use crate::expression::Expression;
use crate::item::{from_attributes, to_attribute};
use crate::table::{KEY, unavailable};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason, TransactWriteItem, Update};
use rand::Rng;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::conditional::{Change, Condition, Item, Value, Write, absent, contains, equal};
use recupmail_domain::keys::{KeyedHash, RegistryKeys};
use recupmail_domain::ports::Unavailable;
use recupmail_domain::registry::RegistryEntry;
use std::collections::{BTreeMap, BTreeSet};

/// How often a person is tried again at once while others write to the same people.
const TRIES: u32 = 8;

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

/// The key is free or this person's.
fn free_or_of(person: KeyedHash) -> Condition {
    absent("p").or(equal("p", hash_value(person)))
}

/// A person as they are to be stored.
struct Wanted {
    person: KeyedHash,
    /// Under which keys they are found.
    keys: BTreeSet<String>,
    /// What stands under each.
    record: Item,
    /// What is known of them.
    own: Item,
}

/// What became of a transaction.
enum Replaced {
    Applied,
    /// Somebody else holds this key.
    HeldBy(String, KeyedHash),
    /// Somebody else was at the same people; what is known of them must be read again.
    Meanwhile(Unavailable),
}

impl People {
    /// Writes a person under every claim they can make, and removes the claims they could make before, all at
    /// once. A key that somebody else holds is taken from them only if they give way: a file that has them
    /// with other fields says that it is not theirs any more.
    pub async fn import(
        &self,
        entry: &RegistryEntry,
        keys: &RegistryKeys,
        now: Timestamp,
        rng: &mut impl Rng,
        gives_way: impl Fn(KeyedHash) -> bool,
    ) -> Result<Imported, Unavailable> {
        let mut tries = TRIES;
        loop {
            let known = self.known(entry.person).await?;
            let fingerprint = Some(hash_value(entry.fingerprint));
            if known.as_ref().is_some_and(|known| known.fingerprint == fingerprint) {
                return Ok(Imported::Unchanged);
            }
            let wanted = Wanted::of(entry, known.as_ref(), keys, now, rng);
            let mut taken = BTreeMap::new();
            let meanwhile = loop {
                match self.replace(known.as_ref(), &wanted, &taken).await? {
                    Replaced::Applied => return Ok(Imported::Written),
                    Replaced::HeldBy(key, holder) if gives_way(holder) && !taken.contains_key(&key) => {
                        taken.insert(key, holder);
                    }
                    Replaced::HeldBy(..) => return Ok(Imported::Collides),
                    Replaced::Meanwhile(cause) => break cause,
                }
            };
            tries -= 1;
            if tries == 0 {
                return Err(meanwhile);
            }
        }
    }

    /// One transaction: the person's records, what is known of them, the end of outdated keys, and the marks on
    /// those from whom a key is taken, so that their next import looks at them anew.
    async fn replace(
        &self,
        known: Option<&KnownPerson>,
        wanted: &Wanted,
        taken: &BTreeMap<String, KeyedHash>,
    ) -> Result<Replaced, Unavailable> {
        let Wanted { person, keys, record, own } = wanted;
        let puts = keys.iter().map(|key| {
            let ours = match taken.get(key) {
                Some(holder) => free_or_of(*person).or(equal("p", hash_value(*holder))),
                None => free_or_of(*person),
            };
            self.table.transacted_put(key, record, ours)
        });
        let unchanged = known.map_or_else(|| absent(KEY), KnownPerson::unchanged);
        let own = self.table.transacted_put(&person_key(*person), own, unchanged);
        let puts = puts.chain([own]).map(|put| Ok(TransactWriteItem::builder().put(put?).build()));
        let outdated = known.into_iter().flat_map(|known| known.keys.difference(keys));
        let deletes = outdated.map(|key| {
            let delete = self.table.transacted_delete(key, free_or_of(*person))?;
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
        let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) = error.as_service_error()
        else {
            return Err(unavailable(error));
        };
        let reasons = canceled.cancellation_reasons();
        let held = keys.iter().zip(reasons).find_map(|(key, reason)| Some((key.clone(), holder(reason)?)));
        Ok(match held {
            Some((key, holder)) => Replaced::HeldBy(key, holder),
            None => Replaced::Meanwhile(unavailable(error)),
        })
    }

    /// What is left of somebody from whom keys were taken, if they still have them.
    fn mark(&self, holder: KeyedHash, lost: BTreeSet<String>) -> Result<Update, Unavailable> {
        let still = lost.iter().map(|key| contains("keys", Value::from(key.as_str()))).collect();
        let mut expression =
            Expression::of(&Write { condition: Condition::All(still), changes: vec![Change::Remove("fp")] });
        expression.values.insert(":lost".to_owned(), to_attribute(&Value::TextSet(lost)));
        Update::builder()
            .table_name(self.table.name())
            .key(KEY, AttributeValue::S(person_key(holder)))
            .condition_expression(expression.condition)
            .update_expression(format!("{} DELETE #keys :lost", expression.update))
            .set_expression_attribute_names(Some(expression.names))
            .set_expression_attribute_values(Some(expression.values))
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
}

impl Wanted {
    fn of(
        entry: &RegistryEntry,
        known: Option<&KnownPerson>,
        keys: &RegistryKeys,
        now: Timestamp,
        rng: &mut impl Rng,
    ) -> Self {
        let since = entry.contacts_since(known.map(|known| &known.contacts_since), keys, now);
        let record = item_of(&entry.record(&since, keys, rng));
        let since = since.into_iter().map(|(name, at)| (name, at.as_millis())).collect();
        let keys: BTreeSet<String> = entry.lookups.values().map(|lookup| lookup_key(*lookup)).collect();
        let own = [
            ("keys", Value::TextSet(keys.clone())),
            ("fp", hash_value(entry.fingerprint)),
            ("since", Value::Numbers(since)),
            ("schemes", Value::TextSet(entry.lookups.keys().cloned().collect())),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value)).into();
        Self { person: entry.person, keys, record, own }
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

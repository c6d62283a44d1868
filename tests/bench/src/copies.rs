//! Copies of items under other keys of the same form: as many as nobody could import in the time of a measurement.

use crate::cloud::name;
use crate::instance::Failed;
use dynoxide::actions::delete_item::DeleteItemRequest;
use dynoxide::actions::put_item::PutItemRequest;
use dynoxide::actions::scan::ScanRequest;
use dynoxide::{AttributeValue, Database, ImportOptions, Item};
use recupmail_config::Table;
use recupmail_domain::keys::KeyedHash;
use sha2::{Digest, Sha256};
use std::ops::Range;

/// The key of every item.
const KEY: &str = "pk";
/// The keys of other items, in an item that lists them.
const KEYS: &str = "keys";
/// The characters of what tells a key from others: a keyed hash, or a challenge's random name.
const HASH: usize = 22;
/// How many items are written in one transaction.
const AT_ONCE: usize = 10_000;

/// Items of a table of which there are to be copies.
pub(crate) struct Originals<'a> {
    database: &'a Database,
    table: String,
    items: Vec<Item>,
}

impl<'a> Originals<'a> {
    /// All that is in a table now.
    pub(crate) fn all(database: &'a Database, table: Table) -> Result<Self, Failed> {
        let (table, mut items, mut from) = (name(table), Vec::new(), None);
        loop {
            let page = ScanRequest {
                table_name: table.clone(),
                exclusive_start_key: from.take(),
                ..ScanRequest::default()
            };
            let page = database.scan(page)?;
            items.extend(page.items.unwrap_or_default());
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(Self { database, table, items });
            }
        }
    }

    /// Those of them that are not among others.
    pub(crate) fn without(mut self, others: &Self) -> Self {
        self.items.retain(|item| !others.items.contains(item));
        self
    }

    /// Writes copies, each under its number.
    pub(crate) fn copy(&self, numbers: Range<u32>) -> Result<(), Failed> {
        let copies = numbers.flat_map(|number| self.items.iter().filter_map(move |item| copy(item, number)));
        let mut copies = copies.peekable();
        while copies.peek().is_some() {
            let some = copies.by_ref().take(AT_ONCE).collect();
            self.database.import_items(&self.table, some, ImportOptions::default())?;
        }
        Ok(())
    }

    /// Removes copies by their numbers.
    pub(crate) fn remove(&self, numbers: Range<u32>) -> Result<(), Failed> {
        for copy in numbers.flat_map(|number| self.items.iter().filter_map(move |item| copy(item, number))) {
            let key = copy.into_iter().filter(|(name, _)| name == KEY).collect();
            let table_name = self.table.clone();
            let gone = DeleteItemRequest { table_name, key, ..DeleteItemRequest::default() };
            self.database.delete_item(gone)?;
        }
        Ok(())
    }

    /// Multiplies every number of the items that are the only ones of their kind.
    pub(crate) fn multiply_totals(&self, factor: u32) -> Result<(), Failed> {
        for total in self.items.iter().filter(|item| copy(item, 0).is_none()) {
            let item = total.iter().map(|(name, value)| Ok((name.clone(), times(value, factor)?)));
            let item = item.collect::<Result<_, Failed>>()?;
            let table_name = self.table.clone();
            self.database.put_item(PutItemRequest { table_name, item, ..PutItemRequest::default() })?;
        }
        Ok(())
    }
}

/// The copy of an item with this number; `None` if there can be only one such item.
fn copy(item: &Item, number: u32) -> Option<Item> {
    let AttributeValue::S(key) = item.get(KEY)? else { return None };
    let mut copy = item.clone();
    copy.insert(KEY.to_owned(), AttributeValue::S(renamed(key, number)?));
    if let Some(AttributeValue::SS(keys)) = copy.get_mut(KEYS) {
        *keys = keys.iter().filter_map(|key| renamed(key, number)).collect();
    }
    Some(copy)
}

/// A key with another hash in place of its own; `None` if it has none.
fn renamed(key: &str, number: u32) -> Option<String> {
    let hash = key.split(['#', '.']).find(|part| part.len() == HASH)?;
    let digest = Sha256::new().chain_update(hash).chain_update(number.to_be_bytes()).finalize();
    let other = KeyedHash::from_bytes(&digest[..16])?.to_text();
    Some(key.replace(hash, &other))
}

/// A number, or each of several, so many times; anything else as it is.
fn times(value: &AttributeValue, factor: u32) -> Result<AttributeValue, Failed> {
    Ok(match value {
        AttributeValue::N(number) => {
            AttributeValue::N((number.parse::<u64>()? * u64::from(factor)).to_string())
        }
        AttributeValue::M(several) => {
            let several = several.iter().map(|(name, one)| Ok((name.clone(), times(one, factor)?)));
            AttributeValue::M(several.collect::<Result<_, Failed>>()?)
        }
        other => other.clone(),
    })
}

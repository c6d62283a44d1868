//! Audit records, `A#<person>` by moment.

use crate::item::{from_attributes, to_attributes};
use crate::table::{DynamoTable, KEY, unavailable};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use recupmail_domain::audit::{AuditRecord, Notes};
use recupmail_domain::clock::Timestamp;
use recupmail_domain::conditional::{Item, Value};
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::ports::{RecordAudit, Unavailable};
use std::collections::BTreeMap;

/// The name of this table's range key: the moment in milliseconds.
pub(crate) const RANGE: &str = "at";
const DAY_SECONDS: i64 = 86_400;
/// How many records of one person one millisecond may see.
const AT_ONCE: i64 = 16;

/// The table of audit records.
#[derive(Clone, Debug)]
pub struct AuditLog {
    table: DynamoTable,
    kept_days: u32,
}

/// A stored record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// What, by the event's name.
    pub event: String,
    /// Whatever else was noted, by name.
    pub notes: BTreeMap<String, String>,
}

fn person_key(person: KeyedHash) -> AttributeValue {
    AttributeValue::S(format!("A#{}", person.to_text()))
}

impl AuditLog {
    /// Records in a table, kept for so many days.
    pub const fn new(table: DynamoTable, kept_days: u32) -> Self {
        Self { table, kept_days }
    }

    /// Stores a record with what is noted beside it.
    pub async fn record_with(&self, record: &AuditRecord, notes: &Notes) -> Result<(), Unavailable> {
        let kept_until = record.at.as_secs() + i64::from(self.kept_days) * DAY_SECONDS;
        let texts = notes.iter().map(|(name, text)| (*name, text.as_str()));
        let texts = texts.chain([("event", record.event.name()), ("tv", &record.terms_version)]);
        let texts = texts.filter(|(_, text)| !text.is_empty());
        let mut item: Item = texts.map(|(name, text)| (name.to_owned(), Value::from(text))).collect();
        item.insert("ttl".to_owned(), Value::Number(kept_until));
        for later in 0..AT_ONCE {
            if self.put(record.person, record.at.as_millis() + later, &item).await? {
                return Ok(());
            }
        }
        Err(Unavailable::new("the audit", "one person had too many records at once"))
    }

    /// Puts a record, unless there is another at that moment, which must not be lost.
    async fn put(&self, person: KeyedHash, at: i64, item: &Item) -> Result<bool, Unavailable> {
        let request = self
            .table
            .client()
            .put_item()
            .table_name(self.table.name())
            .set_item(Some(to_attributes(item)))
            .item(KEY, person_key(person))
            .item(RANGE, AttributeValue::N(at.to_string()))
            .condition_expression("attribute_not_exists(#pk)")
            .expression_attribute_names("#pk", KEY)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = request.send().await else { return Ok(true) };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(refusal)) => {
                // A repeat of our own, whose answer was lost, is no other record.
                let mut stored = refusal.item.clone().map(from_attributes).unwrap_or_default();
                stored.retain(|name, _| name != KEY && name != RANGE);
                Ok(stored == *item)
            }
            _ => Err(unavailable(error)),
        }
    }

    /// A person's records since then, oldest first.
    pub async fn entries(&self, person: KeyedHash, since: Timestamp) -> Result<Vec<AuditEntry>, Unavailable> {
        let request = self
            .table
            .client()
            .query()
            .table_name(self.table.name())
            .consistent_read(true)
            .key_condition_expression("#pk = :person AND #at >= :since")
            .expression_attribute_names("#pk", KEY)
            .expression_attribute_names("#at", RANGE)
            .expression_attribute_values(":person", person_key(person))
            .expression_attribute_values(":since", AttributeValue::N(since.as_millis().to_string()));
        let mut items = request.into_paginator().items().send();
        let mut entries = Vec::new();
        while let Some(item) = items.next().await {
            entries.extend(entry(from_attributes(item.map_err(unavailable)?)));
        }
        Ok(entries)
    }
}

fn entry(item: Item) -> Option<AuditEntry> {
    let (Some(Value::Number(at)), Some(Value::Text(event))) = (item.get(RANGE), item.get("event")) else {
        return None;
    };
    let (at, event) = (Timestamp::from_millis(*at), event.clone());
    let notes = item.into_iter().filter(|(name, _)| ![KEY, RANGE, "event", "ttl"].contains(&name.as_str()));
    let notes = notes.filter_map(|(name, value)| {
        let name = if name == "tv" { "terms_version".to_owned() } else { name };
        match value {
            Value::Text(text) => Some((name, text)),
            Value::Number(number) => Some((name, number.to_string())),
            _ => None,
        }
    });
    Some(AuditEntry { at, event, notes: notes.collect() })
}

impl RecordAudit for AuditLog {
    async fn record(&self, record: &AuditRecord) -> Result<(), Unavailable> {
        self.record_with(record, &Notes::new()).await
    }
}

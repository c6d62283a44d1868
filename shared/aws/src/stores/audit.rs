//! Audit records, `A#<person>` by moment.

use crate::table::{DynamoTable, KEY, unavailable};
use aws_sdk_dynamodb::types::AttributeValue;
use recupmail_domain::audit::{AUDIT_RETENTION_DAYS, AuditRecord};
use recupmail_domain::ports::{RecordAudit, Unavailable};

/// The name of this table's range key: the moment in milliseconds.
pub(crate) const RANGE: &str = "at";
const DAY_SECONDS: i64 = 86_400;

/// The table of audit records.
#[derive(Clone, Debug)]
pub struct AuditLog(DynamoTable);

impl From<DynamoTable> for AuditLog {
    fn from(table: DynamoTable) -> Self {
        Self(table)
    }
}

impl RecordAudit for AuditLog {
    async fn record(&self, record: &AuditRecord) -> Result<(), Unavailable> {
        let kept_until = record.at.as_secs() + AUDIT_RETENTION_DAYS * DAY_SECONDS;
        self.0
            .client()
            .put_item()
            .table_name(self.0.name())
            .item(KEY, AttributeValue::S(format!("A#{}", record.person.to_text())))
            .item(RANGE, AttributeValue::N(record.at.as_millis().to_string()))
            .item("event", AttributeValue::S(record.event.name().to_owned()))
            .item("tv", AttributeValue::S(record.terms_version.clone()))
            .item("ttl", AttributeValue::N(kept_until.to_string()))
            .send()
            .await
            .map_err(unavailable)?;
        Ok(())
    }
}

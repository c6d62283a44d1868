//! Tables.

use crate::asked::Asked;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::describe_table::DescribeTableError;
use aws_sdk_dynamodb::types::{PointInTimeRecoveryStatus, SseType, TableStatus, TimeToLiveStatus};
use recupmail_aws::key_of;
use recupmail_config::Table;

const SERVICE: &str = "DynamoDB";
/// The attribute that says until when an item is kept.
const TTL: &str = "ttl";

/// How a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is told apart from the others")]
pub struct TableState {
    /// It can be written to.
    pub active: bool,
    /// Its key is the one that the stores use.
    pub key_fits: bool,
    /// What is past its time is deleted.
    pub expires: bool,
    /// A key of KMS seals it.
    pub sealed: bool,
    /// It refuses to be deleted.
    pub protected: bool,
}

/// How a table is; `None` if it does not exist.
pub async fn inspect_table(client: &Client, table: Table, name: &str) -> Asked<Option<TableState>> {
    let described = match client.describe_table().table_name(name).send().await {
        Ok(answer) => answer.table,
        Err(error)
            if error.as_service_error().is_some_and(DescribeTableError::is_resource_not_found_exception) =>
        {
            return Asked::Told(None);
        }
        Err(error) => return Asked::not(SERVICE, error),
    };
    let keys = described.as_ref().map(aws_sdk_dynamodb::types::TableDescription::key_schema);
    let keys: Vec<&str> = keys.into_iter().flatten().map(|key| key.attribute_name.as_str()).collect();
    let answer = match client.describe_time_to_live().table_name(name).send().await {
        Ok(answer) => answer.time_to_live_description,
        Err(error) => return Asked::not(SERVICE, error),
    };
    let expires = answer.is_some_and(|ttl| {
        let on =
            matches!(ttl.time_to_live_status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling));
        on && ttl.attribute_name.as_deref() == Some(TTL)
    });
    let seal = described.as_ref().and_then(|table| table.sse_description.as_ref());
    Asked::Told(Some(TableState {
        active: described.as_ref().and_then(|table| table.table_status.as_ref())
            == Some(&TableStatus::Active),
        key_fits: keys == key_of(table),
        expires,
        sealed: seal.and_then(|seal| seal.sse_type.as_ref()) == Some(&SseType::Kms),
        protected: described.and_then(|table| table.deletion_protection_enabled) == Some(true),
    }))
}

/// How far back a table should be brought: what is short-lived is forgotten soon.
pub const fn recovery_days(table: Table) -> i32 {
    match table {
        Table::Challenges | Table::Limits => 1,
        Table::People | Table::Issued | Table::Accounts | Table::Audit => 35,
    }
}

/// How far back a table can be brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// Not at all.
    Off,
    /// To any second of so many days; emulators do not count them.
    Days(Option<i32>),
}

/// How far back a table can be brought.
pub async fn inspect_recovery(client: &Client, name: &str) -> Asked<Recovery> {
    let answer = match client.describe_continuous_backups().table_name(name).send().await {
        Ok(answer) => answer.continuous_backups_description,
        Err(error) => return Asked::not(SERVICE, error),
    };
    let recovery = answer.and_then(|backups| backups.point_in_time_recovery_description);
    let on = recovery.filter(|recovery| {
        recovery.point_in_time_recovery_status == Some(PointInTimeRecoveryStatus::Enabled)
    });
    Asked::Told(on.map_or(Recovery::Off, |recovery| Recovery::Days(recovery.recovery_period_in_days)))
}

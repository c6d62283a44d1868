//! Counters, `B#…`, and starts since success, `L#…`.

use crate::table::DynamoTable;
use recupmail_domain::conditional::Value;
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::limits::{Counter, Route, count_attribute, starts_key};
use recupmail_domain::ports::{ClearStarts, ReadLimit, Room, SpendLimit, Unavailable};

/// The table of counters.
#[derive(Clone, Debug)]
pub struct Counters(DynamoTable);

impl From<DynamoTable> for Counters {
    fn from(table: DynamoTable) -> Self {
        Self(table)
    }
}

impl SpendLimit for Counters {
    async fn spend(&self, counter: &Counter) -> Result<Room, Unavailable> {
        self.0.spend(&counter.key, &counter.write).await
    }
}

impl ReadLimit for Counters {
    async fn spent(&self, counter: &Counter) -> Result<u32, Unavailable> {
        let item = self.0.get(&counter.key).await?;
        Ok(match item.as_ref().and_then(|item| item.get(count_attribute())) {
            Some(Value::Number(count)) => u32::try_from(*count).unwrap_or(u32::MAX),
            _ => 0,
        })
    }
}

impl ClearStarts for Counters {
    async fn clear_starts(&self, person: KeyedHash, route: Route) -> Result<(), Unavailable> {
        self.0.delete(&starts_key(person, route)).await
    }
}

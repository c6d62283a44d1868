//! Letter and desk codes, `I#<person>#<kind>`.

use crate::table::DynamoTable;
use recupmail_domain::issued::{IssuedCode, IssuedKind, issued_key};
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::ports::{FindIssued, Unavailable};

/// The table of issued codes.
#[derive(Clone, Debug)]
pub struct IssuedCodes(DynamoTable);

impl From<DynamoTable> for IssuedCodes {
    fn from(table: DynamoTable) -> Self {
        Self(table)
    }
}

impl FindIssued for IssuedCodes {
    async fn find_issued(
        &self,
        person: KeyedHash,
        kind: IssuedKind,
    ) -> Result<Option<IssuedCode>, Unavailable> {
        let item = self.0.get(&issued_key(person, kind)).await?;
        let read = |item| {
            IssuedCode::from_item(&item).map_err(|damage| Unavailable::new("the issued codes", damage))
        };
        item.map(read).transpose()
    }
}

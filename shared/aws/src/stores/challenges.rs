//! Challenges, `C#<id>`.

use crate::table::DynamoTable;
use recupmail_domain::challenge::ChallengeId;
use recupmail_domain::conditional::{Item, Write};
use recupmail_domain::ports::{AddChallenge, ChangeChallenge, ReadChallenge, Unavailable, Written};

/// The table of challenges.
#[derive(Clone, Debug)]
pub struct Challenges(DynamoTable);

impl From<DynamoTable> for Challenges {
    fn from(table: DynamoTable) -> Self {
        Self(table)
    }
}

pub(crate) fn key(id: &ChallengeId) -> String {
    format!("C#{}", id.as_str())
}

impl Challenges {
    pub(crate) const fn table(&self) -> &DynamoTable {
        &self.0
    }
}

impl AddChallenge for Challenges {
    async fn add_challenge(&self, id: &ChallengeId, item: Item) -> Result<(), Unavailable> {
        self.0.put(&key(id), &item).await
    }
}

impl ReadChallenge for Challenges {
    async fn read_challenge(&self, id: &ChallengeId) -> Result<Option<Item>, Unavailable> {
        self.0.get(&key(id)).await
    }
}

impl ChangeChallenge for Challenges {
    async fn change_challenge(&self, id: &ChallengeId, write: &Write) -> Result<Written, Unavailable> {
        self.0.update(&key(id), write).await
    }
}

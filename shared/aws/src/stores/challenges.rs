//! Challenges, `C#<id>`.

use crate::table::{DynamoTable, KEY};
use recupmail_domain::challenge::ChallengeId;
use recupmail_domain::conditional::{Change, Condition, Item, Path, Write};
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

/// The same for a function that may update challenges and nothing else: it looks by a write that never applies, whose
/// refusal shows what is there.
#[derive(Clone, Debug)]
pub struct UpdatedChallenges(Challenges);

impl From<DynamoTable> for UpdatedChallenges {
    fn from(table: DynamoTable) -> Self {
        Self(table.into())
    }
}

impl ReadChallenge for UpdatedChallenges {
    async fn read_challenge(&self, id: &ChallengeId) -> Result<Option<Item>, Unavailable> {
        let key = Path::Attribute(KEY);
        let never = Condition::All(vec![Condition::Exists(key.clone()), Condition::Absent(key)]);
        let look = Write { condition: never, changes: vec![Change::Remove("nothing")] };
        match self.change_challenge(id, &look).await? {
            Written::Refused(item) => Ok(item),
            Written::Applied(_) => Ok(None),
        }
    }
}

impl ChangeChallenge for UpdatedChallenges {
    async fn change_challenge(&self, id: &ChallengeId, write: &Write) -> Result<Written, Unavailable> {
        self.0.change_challenge(id, write).await
    }
}

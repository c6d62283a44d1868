//! Accounts as they are known here, `D#<person>`: whatever name the registry gives an account, and however often
//! it changes, it stays its person's. The embedded directory keeps the password there; of other directories, when
//! it was changed last, and which challenge is at it.

use crate::item::from_attributes;
use crate::stores::challenges::{self, Challenges};
use crate::table::{DynamoTable, unavailable};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, TransactWriteItem};
use recupmail_domain::challenge::ChallengeId;
use recupmail_domain::conditional::{Value, Write};
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::ports::{ChangeAccount, Transacted, Unavailable};

/// The table of accounts, and the challenges and issued codes that are written together with them.
#[derive(Clone, Debug)]
pub struct Accounts {
    table: DynamoTable,
    challenges: Challenges,
    issued: DynamoTable,
}

fn key(account: KeyedHash) -> String {
    format!("D#{}", account.to_text())
}

impl Accounts {
    /// The accounts in a table, and where the codes lie that are used up with a change.
    pub const fn new(table: DynamoTable, challenges: Challenges, issued: DynamoTable) -> Self {
        Self { table, challenges, issued }
    }

    /// The hash of an account's password; `None` if it never got one here.
    pub async fn password_hash(&self, account: KeyedHash) -> Result<Option<String>, Unavailable> {
        let item = self.table.get(&key(account)).await?;
        Ok(match item.as_ref().and_then(|item| item.get("hash")) {
            Some(Value::Text(hash)) => Some(hash.clone()),
            _ => None,
        })
    }

    /// Removes an account, if there is one.
    pub async fn forget(&self, account: KeyedHash) -> Result<(), Unavailable> {
        self.table.delete(&key(account)).await
    }
}

impl ChangeAccount for Accounts {
    async fn change_account(
        &self,
        challenge: (&ChallengeId, &Write),
        account: (KeyedHash, &Write),
        issued: &[(String, Write)],
    ) -> Result<Transacted, Unavailable> {
        let challenge = self.challenges.table().transacted(&challenges::key(challenge.0), challenge.1)?;
        let account = self.table.transacted(&key(account.0), account.1)?;
        let issued = issued.iter().map(|(key, write)| self.issued.transacted(key, write));
        let writes = [challenge, account].into_iter().map(Ok).chain(issued);
        let writes =
            writes.map(|write| write.map(|write| TransactWriteItem::builder().update(write).build()));
        let writes: Vec<TransactWriteItem> = writes.collect::<Result<_, _>>()?;
        let request = self.table.client().transact_write_items().set_transact_items(Some(writes));
        let answer = request.send().await;
        match answer {
            Ok(_) => Ok(Transacted::Applied),
            Err(error) => match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                    let reasons = canceled.cancellation_reasons.clone().unwrap_or_default();
                    why_canceled(reasons).ok_or_else(|| unavailable(error))
                }
                _ => Err(unavailable(error)),
            },
        }
    }
}

/// Why neither write applied, in the order in which the two were given; `None` if it was a matter of the
/// service's.
fn why_canceled(reasons: Vec<CancellationReason>) -> Option<Transacted> {
    let is = |reason: &CancellationReason, code: &str| reason.code.as_deref() == Some(code);
    let conflict = reasons.iter().any(|reason| is(reason, "TransactionConflict"));
    let mut reasons = reasons.into_iter();
    let (challenge, account) = (reasons.next()?, reasons.next()?);
    if is(&challenge, "ConditionalCheckFailed") {
        Some(Transacted::ChallengeRefused(challenge.item.map(from_attributes)))
    } else if is(&account, "ConditionalCheckFailed") {
        Some(Transacted::AccountRefused(account.item.map(from_attributes)))
    } else if reasons.any(|reason| is(&reason, "ConditionalCheckFailed")) {
        Some(Transacted::IssuedRefused)
    } else {
        conflict.then_some(Transacted::Conflict)
    }
}

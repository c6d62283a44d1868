//! Letter and desk codes, `I#<person>#<kind>`; who is in a part of a batch of letters, `J#<batch>#<part>`.

use crate::item::{from_attributes, to_attributes};
use crate::table::{DynamoTable, KEY, unavailable};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use recupmail_domain::clock::Timestamp;
use recupmail_domain::conditional::{Item, Value, Write, equal};
use recupmail_domain::issued::{IssuedCode, IssuedKind, issued_key, revoke};
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::ports::{FindIssued, Unavailable, Written};

/// The table of issued codes.
#[derive(Clone, Debug)]
pub struct IssuedCodes(DynamoTable);

/// The most people that are noted in one part of a batch: an item of 20 KB, which one write can add.
pub const BATCH_PART: usize = 1000;

impl From<DynamoTable> for IssuedCodes {
    fn from(table: DynamoTable) -> Self {
        Self(table)
    }
}

/// Where a person of a batch is noted.
#[derive(Clone, Copy, Debug)]
pub struct BatchPart<'a> {
    /// The batch.
    pub batch: &'a str,
    /// Which part, from 0.
    pub number: u32,
}

impl BatchPart<'_> {
    fn key(self) -> String {
        format!("J#{}#{}", self.batch, self.number)
    }
}

const PART: &str = "part";

fn read(item: &Item) -> Result<IssuedCode, Unavailable> {
    IssuedCode::from_item(item).map_err(|damage| Unavailable::new("the issued codes", damage))
}

impl FindIssued for IssuedCodes {
    async fn find_issued(
        &self,
        person: KeyedHash,
        kind: IssuedKind,
    ) -> Result<Option<IssuedCode>, Unavailable> {
        self.0.get(&issued_key(person, kind)).await?.as_ref().map(read).transpose()
    }
}

impl IssuedCodes {
    /// Stores a code that the help desk tells; it takes the place of an earlier one.
    pub async fn issue_desk_code(&self, person: KeyedHash, code: &IssuedCode) -> Result<(), Unavailable> {
        self.0.put(&issued_key(person, IssuedKind::Desk), &code.item()).await
    }

    /// Notes who is in a part of a batch. It comes before their codes, so that each of these can be revoked.
    pub async fn note_batch(
        &self,
        part: BatchPart<'_>,
        people: impl IntoIterator<Item = KeyedHash>,
        kept_until: Timestamp,
    ) -> Result<(), Unavailable> {
        let people = people.into_iter().map(|person| person.as_bytes().to_vec()).collect();
        let item = [("people", Value::BytesSet(people)), ("ttl", Value::Number(kept_until.as_secs()))];
        self.0.put(&part.key(), &item.map(|(name, value)| (name.to_owned(), value)).into()).await
    }

    /// Stores a letter's code. It takes the place of an earlier one, whose batch then forgets the person.
    pub async fn issue_letter(
        &self,
        person: KeyedHash,
        code: &IssuedCode,
        part: BatchPart<'_>,
    ) -> Result<(), Unavailable> {
        let mut item = code.item();
        item.insert(PART.to_owned(), Value::Number(part.number.into()));
        let request = self.0.client().put_item().table_name(self.0.name());
        let request = request
            .set_item(Some(to_attributes(&item)))
            .item(KEY, AttributeValue::S(issued_key(person, IssuedKind::Letter)))
            .return_values(ReturnValue::AllOld);
        let before = request.send().await.map_err(unavailable)?.attributes.map(from_attributes);
        match before {
            Some(before) if before.get("batch") != item.get("batch") => {
                self.leave_batch(person, &before).await
            }
            _ => Ok(()),
        }
    }

    /// The people in a part of a batch; `None` if there is no such part.
    pub async fn batch(&self, part: BatchPart<'_>) -> Result<Option<Vec<KeyedHash>>, Unavailable> {
        let Some(item) = self.0.get(&part.key()).await? else { return Ok(None) };
        Ok(Some(match item.get("people") {
            Some(Value::BytesSet(people)) => {
                people.iter().filter_map(|person| KeyedHash::from_bytes(person)).collect()
            }
            _ => Vec::new(),
        }))
    }

    /// Revokes a person's code, of this batch if one is named; tells whether there was one to revoke.
    pub async fn revoke(
        &self,
        person: KeyedHash,
        kind: IssuedKind,
        batch: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, Unavailable> {
        let Write { mut condition, changes } = revoke(now);
        if let Some(batch) = batch {
            condition = condition.and(equal("batch", Value::from(batch)));
        }
        let written = self.0.update(&issued_key(person, kind), &Write { condition, changes }).await?;
        Ok(matches!(written, Written::Applied(_)))
    }

    /// Removes a person's codes.
    pub async fn forget(&self, person: KeyedHash) -> Result<(), Unavailable> {
        for kind in [IssuedKind::Letter, IssuedKind::Desk] {
            let key = issued_key(person, kind);
            if let Some(item) = self.0.get(&key).await? {
                self.leave_batch(person, &item).await?;
                self.0.delete(&key).await?;
            }
        }
        Ok(())
    }

    async fn leave_batch(&self, person: KeyedHash, letter: &Item) -> Result<(), Unavailable> {
        let (Some(Value::Text(batch)), Some(Value::Number(number))) = (letter.get("batch"), letter.get(PART))
        else {
            return Ok(());
        };
        let part = BatchPart { batch, number: u32::try_from(*number).unwrap_or_default() };
        let request = self.0.client().update_item().table_name(self.0.name());
        let request = request
            .key(KEY, AttributeValue::S(part.key()))
            .condition_expression("attribute_exists(#people)")
            .update_expression("DELETE #people :person")
            .expression_attribute_names("#people", "people")
            .expression_attribute_values(":person", AttributeValue::Bs(vec![Blob::new(*person.as_bytes())]));
        match request.send().await {
            Err(error)
                if !error
                    .as_service_error()
                    .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                Err(unavailable(error))
            }
            _ => Ok(()),
        }
    }
}

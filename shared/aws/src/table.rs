//! One table and the four things done to its items.

use crate::client::without_values;
use crate::expression::Expression;
use crate::item::{from_attributes, to_attributes};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, Put, ReturnValue, ReturnValuesOnConditionCheckFailure, Update,
};
use recupmail_domain::conditional::{Condition, Item, Write};
use recupmail_domain::ports::{Room, Unavailable, Written};
use std::collections::HashMap;

/// The name of every table's hash key.
pub(crate) const KEY: &str = "pk";

/// A table whose items have a text key.
#[derive(Clone, Debug)]
pub struct DynamoTable {
    client: Client,
    name: String,
}

pub(crate) fn unavailable<E>(error: SdkError<E>) -> Unavailable
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    Unavailable::new("DynamoDB", without_values(error))
}

/// No values at all must be left out: an empty map of them is refused.
fn unless_empty(values: HashMap<String, AttributeValue>) -> Option<HashMap<String, AttributeValue>> {
    Some(values).filter(|values| !values.is_empty())
}

fn malformed(error: aws_sdk_dynamodb::error::BuildError) -> Unavailable {
    Unavailable::new("DynamoDB", error)
}

impl DynamoTable {
    /// A table by name.
    pub const fn new(client: Client, name: String) -> Self {
        Self { client, name }
    }

    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The item as of now, never an older one.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<Item>, Unavailable> {
        let request =
            self.client.get_item().table_name(&self.name).key(KEY, AttributeValue::S(key.to_owned()));
        let answer = request.consistent_read(true).send().await.map_err(unavailable)?;
        Ok(answer.item.map(from_attributes))
    }

    /// Puts an item in whatever stood there.
    pub(crate) async fn put(&self, key: &str, item: &Item) -> Result<(), Unavailable> {
        let request = self.client.put_item().table_name(&self.name).set_item(Some(to_attributes(item)));
        request.item(KEY, AttributeValue::S(key.to_owned())).send().await.map_err(unavailable)?;
        Ok(())
    }

    /// Removes an item, if there is one.
    pub(crate) async fn delete(&self, key: &str) -> Result<(), Unavailable> {
        let request =
            self.client.delete_item().table_name(&self.name).key(KEY, AttributeValue::S(key.to_owned()));
        request.send().await.map_err(unavailable)?;
        Ok(())
    }

    /// Applies a conditional write.
    pub(crate) async fn update(&self, key: &str, write: &Write) -> Result<Written, Unavailable> {
        match self.apply(key, write, ReturnValue::AllNew).await? {
            Ok(item) => Ok(Written::Applied(item)),
            Err(item) => Ok(Written::Refused(item)),
        }
    }

    /// Applies the write of a counter, of which nobody asks what it made.
    pub(crate) async fn spend(&self, key: &str, write: &Write) -> Result<Room, Unavailable> {
        match self.apply(key, write, ReturnValue::None).await? {
            Ok(_) => Ok(Room::Counted),
            Err(item) => Ok(Room::Full(item)),
        }
    }

    /// What the item is now, as far as `told` asks, or what it still is.
    async fn apply(
        &self,
        key: &str,
        write: &Write,
        told: ReturnValue,
    ) -> Result<Result<Item, Option<Item>>, Unavailable> {
        let expression = Expression::of(write);
        let answer = self
            .client
            .update_item()
            .table_name(&self.name)
            .key(KEY, AttributeValue::S(key.to_owned()))
            .condition_expression(expression.condition)
            .update_expression(expression.update)
            .set_expression_attribute_names(Some(expression.names))
            .set_expression_attribute_values(unless_empty(expression.values))
            .return_values(told)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(Ok(answer.attributes.map(from_attributes).unwrap_or_default())),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => {
                    Ok(Err(refusal.item.clone().map(from_attributes)))
                }
                _ => Err(unavailable(error)),
            },
        }
    }

    /// The same write as part of a transaction.
    pub(crate) fn transacted(&self, key: &str, write: &Write) -> Result<Update, Unavailable> {
        let expression = Expression::of(write);
        Update::builder()
            .table_name(&self.name)
            .key(KEY, AttributeValue::S(key.to_owned()))
            .condition_expression(expression.condition)
            .update_expression(expression.update)
            .set_expression_attribute_names(Some(expression.names))
            .set_expression_attribute_values(unless_empty(expression.values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(malformed)
    }

    /// A put under a condition, as part of a transaction.
    pub(crate) fn transacted_put(
        &self,
        key: &str,
        item: &Item,
        condition: Condition,
    ) -> Result<Put, Unavailable> {
        let expression = Expression::of(&Write { condition, changes: Vec::new() });
        Put::builder()
            .table_name(&self.name)
            .set_item(Some(to_attributes(item)))
            .item(KEY, AttributeValue::S(key.to_owned()))
            .condition_expression(expression.condition)
            .set_expression_attribute_names(Some(expression.names))
            .set_expression_attribute_values(unless_empty(expression.values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(malformed)
    }

    /// A removal under a condition, as part of a transaction.
    pub(crate) fn transacted_delete(&self, key: &str, condition: Condition) -> Result<Delete, Unavailable> {
        let expression = Expression::of(&Write { condition, changes: Vec::new() });
        Delete::builder()
            .table_name(&self.name)
            .key(KEY, AttributeValue::S(key.to_owned()))
            .condition_expression(expression.condition)
            .set_expression_attribute_names(Some(expression.names))
            .set_expression_attribute_values(unless_empty(expression.values))
            .build()
            .map_err(malformed)
    }
}

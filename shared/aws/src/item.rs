//! Items as DynamoDB speaks them. A value that the domain has no kind for is left out, and whoever needs it
//! finds it missing.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use recupmail_domain::conditional::{Item, Value};
use std::collections::HashMap;

pub(crate) fn to_attribute(value: &Value) -> AttributeValue {
    match value {
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::Text(text) => AttributeValue::S(text.clone()),
        Value::Bytes(bytes) => AttributeValue::B(Blob::new(bytes.clone())),
        Value::BytesSet(set) => AttributeValue::Bs(set.iter().cloned().map(Blob::new).collect()),
        Value::TextSet(set) => AttributeValue::Ss(set.iter().cloned().collect()),
        Value::Numbers(map) => AttributeValue::M(
            map.iter().map(|(name, number)| (name.clone(), AttributeValue::N(number.to_string()))).collect(),
        ),
    }
}

fn from_attribute(value: AttributeValue) -> Option<Value> {
    Some(match value {
        AttributeValue::N(number) => Value::Number(number.parse().ok()?),
        AttributeValue::S(text) => Value::Text(text),
        AttributeValue::B(bytes) => Value::Bytes(bytes.into_inner()),
        AttributeValue::Bs(set) => Value::BytesSet(set.into_iter().map(Blob::into_inner).collect()),
        AttributeValue::Ss(set) => Value::TextSet(set.into_iter().collect()),
        AttributeValue::M(map) => Value::Numbers(
            map.into_iter()
                .map(|(name, value)| Some((name, value.as_n().ok()?.parse().ok()?)))
                .collect::<Option<_>>()?,
        ),
        _ => return None,
    })
}

pub(crate) fn to_attributes(item: &Item) -> HashMap<String, AttributeValue> {
    item.iter().map(|(name, value)| (name.clone(), to_attribute(value))).collect()
}

pub(crate) fn from_attributes(attributes: HashMap<String, AttributeValue>) -> Item {
    attributes.into_iter().filter_map(|(name, value)| Some((name, from_attribute(value)?))).collect()
}

//! The tables themselves, for the local stack and the tools; deployments make theirs from the template.

use crate::client::without_values;
use crate::stores::audit::RANGE;
use crate::table::{KEY, unavailable};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, TimeToLiveSpecification,
};
use recupmail_config::Table;
use recupmail_domain::ports::Unavailable;

/// Whether what a table holds is deleted after its time.
pub const fn should_expire(table: Table) -> bool {
    match table {
        Table::Challenges | Table::Limits | Table::Issued | Table::Audit => true,
        Table::People | Table::Accounts => false,
    }
}

/// The attributes that make a table's key.
pub const fn key_of(table: Table) -> &'static [&'static str] {
    match table {
        Table::Audit => &[KEY, RANGE],
        _ => &[KEY],
    }
}

fn attribute(name: &str, kind: ScalarAttributeType) -> Result<AttributeDefinition, Unavailable> {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(kind)
        .build()
        .map_err(|cause| Unavailable::new("DynamoDB", cause))
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, Unavailable> {
    KeySchemaElement::builder()
        .attribute_name(name)
        .key_type(kind)
        .build()
        .map_err(|cause| Unavailable::new("DynamoDB", cause))
}

/// Creates those tables that do not exist yet.
pub async fn ensure_tables(client: &Client, tables: &[(Table, String)]) -> Result<(), Unavailable> {
    let existing = client.list_tables().send().await.map_err(unavailable)?.table_names.unwrap_or_default();
    for (table, name) in tables {
        if existing.contains(name) {
            continue;
        }
        let mut request = client
            .create_table()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .attribute_definitions(attribute(KEY, ScalarAttributeType::S)?)
            .key_schema(key(KEY, KeyType::Hash)?);
        if *table == Table::Audit {
            request = request
                .attribute_definitions(attribute(RANGE, ScalarAttributeType::N)?)
                .key_schema(key(RANGE, KeyType::Range)?);
        }
        request.send().await.map_err(unavailable)?;
        if should_expire(*table) {
            let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name("ttl").build();
            let ttl = ttl.map_err(|cause| Unavailable::new("DynamoDB", cause))?;
            client
                .update_time_to_live()
                .table_name(name)
                .time_to_live_specification(ttl)
                .send()
                .await
                .map_err(unavailable)?;
        }
    }
    Ok(())
}

/// Every item of a table as the SDK shows it, for tests that look for what must not be there.
pub async fn dump_table(client: &Client, name: &str) -> Result<Vec<String>, Unavailable> {
    let mut pages = client.scan().table_name(name).into_paginator().items().send();
    let mut items = Vec::new();
    while let Some(item) = pages.next().await {
        items.push(format!("{:?}", item.map_err(unavailable)?));
    }
    Ok(items)
}

/// Makes a sender known to the mail service, which the local one asks for too.
pub async fn verify_sender(client: &aws_sdk_ses::Client, address: &str) -> Result<(), Unavailable> {
    let request = client.verify_email_identity().email_address(address);
    request.send().await.map_err(|error| Unavailable::new("SES", without_values(error)))?;
    Ok(())
}

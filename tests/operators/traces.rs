//! Where somebody left a trace in the tables.

use recupmail_aws::{dump_table, dynamodb};
use recupmail_config::{Environment, Table};
use recupmail_tests::Stack;

/// The items of a table that name this person.
pub(crate) async fn items_of(stack: &Stack, table: Table, person_id: &str) -> Vec<String> {
    let environment: Environment = stack.variables().into_iter().collect();
    let person = environment.registry_keys().unwrap().person(person_id);
    let bytes: Vec<String> = person.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let (text, bytes) = (person.to_text(), bytes.concat());
    let client = dynamodb(&environment.dynamodb().unwrap());
    let mut items = dump_table(&client, &environment.table(table).unwrap()).await.unwrap();
    items.retain(|item| item.contains(&text) || item.contains(&bytes));
    items.sort();
    items
}

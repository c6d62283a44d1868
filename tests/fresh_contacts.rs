//! A contact that was changed a short time ago may be an intruder's: it is sent no code (threat 21).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_tests::{Client, Kind, Person, Stack, variant};
use serde_json::Value;
use std::path::Path;

const CHANGED: &str = "nouvelle.adresse@example.com";

/// Imports the person's row with another recovery address.
fn change_address(stack: &Stack, person: &Person) {
    let folder = stack.variable("RECUPMAIL_INSTITUTION");
    let registry = std::fs::read_to_string(Path::new(&folder).join("registry.csv")).unwrap();
    let row = registry.lines().find(|row| row.starts_with(&format!("{},", person["person_id"]))).unwrap();
    let changed = row.replacen(&format!(",{},", person.email()), &format!(",{CHANGED},"), 1);
    assert_ne!(row, changed);
    let file = Path::new(&folder).join("changed.csv");
    std::fs::write(&file, format!("{}\n{changed}\n", registry.lines().next().unwrap())).unwrap();
    stack.recupctl(&["import", "--partial", file.to_str().unwrap()]);
}

fn hints(state: &Value) -> Vec<&str> {
    state["methods"].as_array().unwrap().iter().map(|method| method["hint"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_changed_address_gets_codes_after_the_days_that_the_file_says_and_not_before() {
    let file = variant("usms", "usms-fresh", &[("[links]", "[privacy]\nfresh_contact_days = 7\n\n[links]")]);
    let stack: &'static Stack = Box::leak(Box::new(Stack::start(&[("INSTITUTION", &file)])));
    let person = Person::take(Kind::Complete);
    let state = Client::of(stack).verify(&person).await;
    assert_eq!(hints(&state.is_at("choose-method").body).len(), 2, "a first import changes nothing");

    change_address(stack, &person);
    let number = format!("*****{}", &person.phone()[person.phone().len() - 2..]);
    let mut client = Client::of(stack);
    let state = client.verify(&person).await;
    assert_eq!(hints(&state.is_at("choose-method").body), [number.as_str()]);
    let code = client.send_and_read(&person, "sms").await;
    client.confirm(&code).await.is_at("set-password");
    client.set_password("Tagine-7-citrons").await.is_at("done");
    assert_eq!(stack.outbox(CHANGED).await.len(), 1, "and the new address is told of the change");

    stack.set_clock_ahead(6 * 86_400).await;
    assert_eq!(hints(&Client::of(stack).verify(&person).await.body).len(), 1);
    stack.set_clock_ahead(7 * 86_400 + 3600).await;
    assert_eq!(hints(&Client::of(stack).verify(&person).await.body).len(), 2);
}

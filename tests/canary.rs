//! Secrets and personal values leave no trace: neither in any log line nor, unsealed, in any table.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_aws::{dump_table, dynamodb};
use recupmail_config::{Environment, Table};
use recupmail_tests::{Client, Kind, Person, people, stack};
use serde_json::json;

/// One journey with every kind of mistake, and all that must not be found afterwards.
async fn journey() -> Vec<String> {
    let person = Person::take(Kind::Complete);
    let mut wrong = person.statement();
    wrong["fields"]["birth_date"] = json!("1968-05-13");
    let mut client = Client::of(stack());
    client.post("verify-identity", &wrong).await;
    client.verify(&person).await.is_at("choose-method");
    let token = client.token.clone().unwrap();
    client.post("send-code", &json!({"method": "m2", "confirm": "+212699999999"})).await;
    stack().take_away("ses").await;
    client.post("send-code", &json!({"method": "m1"})).await;
    stack().bring_back("ses").await;
    let code = client.send_and_read(&person, "sms").await;
    client.confirm("00000000").await;
    client.post("confirm-code", &json!({"code": code, "unknown": 1})).await;
    client.confirm(&code).await.is_at("set-password");
    let grant = client.token.clone().unwrap();
    client.set_password("canari-trop-simple").await;
    stack().take_away("dynamodb").await;
    client.set_password("Canari-7-citrons").await;
    stack().bring_back("dynamodb").await;
    client.set_password("Canari-7-citrons").await.is_at("done");
    let signature = |token: &str| token.rsplit('.').next().unwrap().to_owned();
    let columns = [
        "display_name",
        "academic_email",
        "directory_id",
        "recovery_email",
        "phone",
        "apogee",
        "massar",
        "birth_date",
    ];
    let secrets = vec![
        person.phone().trim_start_matches("+212").to_owned(),
        "1968-05-13".into(),
        "699999999".into(),
        code,
        "Canari-7-citrons".into(),
        "canari-trop-simple".into(),
        signature(&token),
        signature(&grant),
    ];
    columns.iter().map(|column| person[column].clone()).chain(secrets).collect()
}

#[tokio::test]
async fn no_secret_and_no_personal_value_is_in_any_log_line_or_unsealed_in_any_table() {
    let canaries = journey().await;
    let log = stack().functions_log();
    for step in ["verify-identity", "send-code", "confirm-code", "set-password"] {
        assert!(log.contains(&format!("\"step\":\"{step}\"")), "{step} logged something");
    }
    for canary in &canaries {
        assert!(!log.contains(canary.as_str()), "{canary} is in a log line");
    }

    let environment: Environment = stack().variables().into_iter().collect();
    let client = dynamodb(&environment.dynamodb().unwrap());
    for table in Table::ALL {
        let items = dump_table(&client, &environment.table(table).unwrap()).await.unwrap();
        // Nobody of this institution gets letters.
        assert!(!items.is_empty() || table == Table::Issued, "{table:?} holds something");
        let dump = items.join("\n");
        for canary in &canaries {
            assert!(!dump.contains(canary.as_str()), "{canary} is in {table:?}");
            let bytes: Vec<String> = canary.bytes().map(|byte| byte.to_string()).collect();
            assert!(!dump.contains(&bytes.join(", ")), "{canary} is in {table:?}, as bytes");
        }
    }
}

#[tokio::test]
async fn nobody_in_the_registry_is_readable_in_its_table() {
    let environment: Environment = stack().variables().into_iter().collect();
    let client = dynamodb(&environment.dynamodb().unwrap());
    let dump = dump_table(&client, &environment.table(Table::People).unwrap()).await.unwrap().join("\n");
    for person in people("usms") {
        for column in ["apogee", "massar", "display_name", "academic_email"] {
            assert!(!dump.contains(&person[column]), "{}", person[column]);
        }
    }
}

//! Secrets and personal values leave no trace: neither in any log line nor, unsealed, in any table.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_aws::{dump_table, dynamodb};
use recupmail_config::{Environment, Table};
use recupmail_tests::{Client, Kind, Person, Stack, issued_code_in, people, stack, stack_of};
use serde_json::json;

/// A student's journey with every kind of mistake, and all that must not be found afterwards.
async fn students_journey() -> Vec<String> {
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
    with_columns(&person, &["phone", "apogee", "massar", "birth_date"], secrets)
}

/// Somebody of the school is called, writes to nobody, and gets a code at the desk.
async fn schools_journey() -> Vec<String> {
    let school = stack_of("eceps");
    let person = Person::of("eceps", Kind::Complete);
    let nobody = json!({
        "scheme": "email", "fields": {"email": "canari.personne@eceps.be"},
        "terms_accepted": true, "terms_version": "2025-09-01", "locale": "fr",
    });
    let mut stranger = Client::of(school);
    stranger.post("verify-identity", &nobody).await.is_at("choose-method");
    stranger.send("email").await.is_at("enter-code");
    let (mut client, by_mail) = Client::with_code(school, &person, "email").await;
    client.confirm(&by_mail).await.is_at("choose-method");
    school.take_away("voice").await;
    client.send_typed("voice", person.phone()).await;
    school.bring_back("voice").await;
    let by_desk = school.recupctl(&["desk-code", &person["person_id"], "--reason", "canari vu"]);
    client.send("desk").await.is_at("enter-code");
    client.confirm(&issued_code_in(&by_desk)).await.is_at("set-password");
    client.set_password("Canari-8-gaufres").await.is_at("done");
    let digits = person.phone().trim_start_matches("+32").to_owned();
    let compact = issued_code_in(&by_desk).replace(' ', "");
    let secrets = vec![digits, by_mail, compact, issued_code_in(&by_desk), "Canari-8-gaufres".into()];
    with_columns(&person, &["phone"], [secrets, vec!["canari.personne".into()]].concat())
}

fn signature(token: &str) -> String {
    token.rsplit('.').next().unwrap().to_owned()
}

fn with_columns(person: &Person, own: &[&str], secrets: Vec<String>) -> Vec<String> {
    let columns = ["display_name", "academic_email", "directory_id", "recovery_email"];
    columns.iter().chain(own).map(|column| person[*column].clone()).chain(secrets).collect()
}

/// What a dump shows besides bytes: among the hexadecimal digits of many, a short number stands by chance.
fn words_of(dump: &str) -> String {
    let parts = dump.split("Blob { inner: ").enumerate();
    parts.map(|(place, part)| if place == 0 { part } else { part.split_once(" }").unwrap().1 }).collect()
}

/// Fails if any of these is in the log, or readable in a table. `empty` tables hold nothing here.
async fn leaves_no_trace(stack: &Stack, canaries: &[String], empty: &[Table]) {
    let log = stack.functions_log();
    for step in ["verify-identity", "send-code", "confirm-code", "set-password"] {
        assert!(log.contains(&format!("\"step\":\"{step}\"")), "{step} logged something");
    }
    for canary in canaries {
        assert!(!log.contains(canary.as_str()), "{canary} is in a log line");
    }
    let environment: Environment = stack.variables().into_iter().collect();
    let client = dynamodb(&environment.dynamodb().unwrap());
    for table in Table::ALL {
        let items = dump_table(&client, &environment.table(table).unwrap()).await.unwrap();
        assert_eq!(items.is_empty(), empty.contains(&table), "{table:?} holds something");
        let dump = items.join("\n");
        let words = words_of(&dump);
        for canary in canaries {
            assert!(!words.contains(canary.as_str()), "{canary} is in {table:?}");
            let bytes: Vec<String> = canary.bytes().map(|byte| format!("{byte:02x}")).collect();
            assert!(!dump.contains(&bytes.concat()), "{canary} is in {table:?}, as bytes");
        }
    }
}

#[tokio::test]
async fn no_secret_and_no_personal_value_is_in_any_log_line_or_unsealed_in_any_table() {
    leaves_no_trace(stack(), &students_journey().await, &[Table::Issued]).await;
}

#[tokio::test]
async fn nothing_of_calls_decoys_and_desk_codes_is_either() {
    leaves_no_trace(stack_of("eceps"), &schools_journey().await, &[]).await;
}

#[tokio::test]
async fn nobody_in_the_registry_is_readable_in_its_table() {
    let environment: Environment = stack().variables().into_iter().collect();
    let client = dynamodb(&environment.dynamodb().unwrap());
    let dump = dump_table(&client, &environment.table(Table::People).unwrap()).await.unwrap().join("\n");
    let words = words_of(&dump);
    for person in people("usms") {
        for column in ["apogee", "massar", "display_name", "academic_email"] {
            assert!(!words.contains(&person[column]), "{}", person[column]);
            let bytes: Vec<String> = person[column].bytes().map(|byte| format!("{byte:02x}")).collect();
            assert!(!dump.contains(&bytes.concat()), "{}, as bytes", person[column]);
        }
    }
}

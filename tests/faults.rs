//! Services that are away, and back again: 503 meanwhile, and the journey goes on. And what is stored garbled.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use recupmail_aws::{Challenges, DynamoTable, dynamodb};
use recupmail_config::{Environment, Table};
use recupmail_domain::challenge::ChallengeId;
use recupmail_domain::conditional::{Change, Write, exists};
use recupmail_domain::ports::{ChangeChallenge, Written};
use recupmail_tests::{Client, Kind, Person, stack};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// Services are away for everybody, so these tests run one after the other.
static SERVICES: Mutex<()> = Mutex::const_new(());

#[tokio::test]
async fn without_dynamodb_every_step_says_503_and_goes_on_once_it_is_back() {
    let _alone = SERVICES.lock().await;
    let person = Person::take(Kind::Complete);
    let mut stranger = Client::of(stack());

    stack().take_away("dynamodb").await;
    let away = stranger.verify(&person).await;
    assert!(away.is_problem(503, "unavailable").retry_after().is_some());
    stack().bring_back("dynamodb").await;
    let mut client = Client::identified(stack(), &person).await;

    stack().take_away("dynamodb").await;
    client.state().await.is_problem(503, "unavailable");
    client.post("send-code", &json!({"method": "m1"})).await.is_problem(503, "unavailable");
    stack().bring_back("dynamodb").await;
    assert_eq!(stack().outbox(person.email()).await.len(), 0, "nothing was sent");
    let code = client.send_and_read(&person, "email").await;

    stack().take_away("dynamodb").await;
    client.confirm(&code).await.is_problem(503, "unavailable");
    stack().bring_back("dynamodb").await;
    client.confirm(&code).await.is_at("set-password");

    stack().take_away("dynamodb").await;
    client.set_password("Tagine-7-citrons").await.is_problem(503, "unavailable");
    let mut leaving = client.clone();
    leaving.logout().await.is_problem(503, "unavailable");
    assert_eq!(leaving.token, None, "this browser has left all the same");
    stack().bring_back("dynamodb").await;
    assert!(!stack().signs_in(person.academic_email(), "Tagine-7-citrons").await);
    client.set_password("Tagine-7-citrons").await.is_at("done");
    assert!(stack().signs_in(person.academic_email(), "Tagine-7-citrons").await);
}

#[tokio::test]
async fn a_mail_that_could_not_leave_is_not_counted_and_the_other_method_works_meanwhile() {
    let _alone = SERVICES.lock().await;
    let person = Person::take(Kind::Complete);
    let mut client = Client::identified(stack(), &person).await;
    stack().take_away("ses").await;
    client.post("send-code", &json!({"method": "m1"})).await.is_problem(503, "delivery-unavailable");
    let state = client.state().await;
    assert_eq!(state.is_at("choose-method").body["methods"][0]["sends_left"], 3, "the send was given back");
    assert_eq!(state.body["methods"][0]["resend_in"], 0);
    client.confirm("12345678").await.is_problem(410, "code-expired");
    let by_sms = client.send_and_read(&person, "sms").await;
    stack().bring_back("ses").await;
    client.confirm(&by_sms).await.is_at("set-password");
}

#[tokio::test]
async fn once_the_mail_service_is_back_the_same_session_goes_on() {
    let _alone = SERVICES.lock().await;
    let person = Person::take(Kind::Complete);
    let mut client = Client::identified(stack(), &person).await;
    stack().take_away("ses").await;
    client.post("send-code", &json!({"method": "m1"})).await.is_problem(503, "delivery-unavailable");
    stack().bring_back("ses").await;
    let code = client.send_and_read(&person, "email").await;
    client.confirm(&code).await.is_at("set-password");
    client.set_password("Tagine-7-citrons").await.is_at("done");
}

#[tokio::test]
async fn an_sms_that_could_not_leave_is_not_counted() {
    let _alone = SERVICES.lock().await;
    let person = Person::take(Kind::Complete);
    let mut client = Client::identified(stack(), &person).await;
    stack().take_away("sns").await;
    client.post("send-code", &json!({"method": "m2"})).await.is_problem(503, "delivery-unavailable");
    stack().bring_back("sns").await;
    let code = client.send_and_read(&person, "sms").await;
    client.confirm(&code).await.is_at("set-password");
}

#[tokio::test]
async fn a_notice_that_cannot_leave_does_not_undo_the_change() {
    let _alone = SERVICES.lock().await;
    let person = Person::take(Kind::Complete);
    let mut client = Client::proven(stack(), &person).await;
    stack().take_away("ses").await;
    stack().take_away("sns").await;
    client.set_password("Tagine-7-citrons").await.is_at("done");
    stack().bring_back("ses").await;
    stack().bring_back("sns").await;
    assert!(stack().signs_in(person.academic_email(), "Tagine-7-citrons").await);
}

#[tokio::test]
async fn a_notice_that_could_not_leave_leaves_with_a_retry_of_the_same_password() {
    let _alone = SERVICES.lock().await;
    let person = Person::take(Kind::Complete);
    let mut client = Client::proven(stack(), &person).await;
    let kept = client.clone();
    stack().take_away("sns").await;
    client.set_password("Tagine-7-citrons").await.is_at("done");
    stack().bring_back("sns").await;
    assert_eq!(stack().outbox(person.phone()).await.len(), 0);
    kept.clone().set_password("Tagine-7-citrons").await.is_at("done");
    assert_eq!(stack().outbox(person.phone()).await.len(), 1, "now the person is told");
    kept.clone().set_password("Tagine-7-citrons").await.is_at("done");
    assert_eq!(stack().outbox(person.phone()).await.len(), 1, "and not again");
}

/// Writes to a client's challenge as nothing of ours would.
async fn tamper(client: &Client, changes: Vec<Change>) {
    let claims = client.token.as_ref().unwrap().split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    let id = ChallengeId::from_text(claims["sub"].as_str().unwrap());
    let environment: Environment = stack().variables().into_iter().collect();
    let table = DynamoTable::new(
        dynamodb(&environment.dynamodb().unwrap()),
        environment.table(Table::Challenges).unwrap(),
    );
    let write = Write { condition: exists("st"), changes };
    let written = Challenges::from(table).change_challenge(&id, &write).await.unwrap();
    assert!(matches!(written, Written::Applied(_)));
}

#[tokio::test]
async fn a_garbled_challenge_is_an_internal_problem_that_says_nothing_of_it() {
    let _alone = SERVICES.lock().await;
    let client = Client::identified(stack(), &Person::take(Kind::Complete)).await;
    tamper(&client, vec![Change::Remove("box")]).await;
    let answer = client.state().await;
    let shown = answer.is_problem(500, "internal").body.to_string();
    assert!(!shown.contains("box") && !shown.contains("garbles"), "{shown}");
}

#[tokio::test]
async fn while_a_change_is_being_told_of_the_same_password_waits_and_another_is_refused() {
    let _alone = SERVICES.lock().await;
    let person = Person::take(Kind::Complete);
    let client = Client::proven(stack(), &person).await;
    client.clone().set_password("Tagine-7-citrons").await.is_at("done");
    // As if who set it had not come to the end yet.
    let telling = Change::Set("telling".into(), 9_999_999_999_999.into());
    tamper(&client, vec![Change::Remove("told"), telling]).await;
    let waiting = client.clone().set_password("Tagine-7-citrons").await;
    assert_eq!(waiting.is_problem(503, "directory-unavailable").retry_after(), Some(2));
    client.clone().set_password("Couscous-8-olives").await.is_problem(409, "wrong-step");
}

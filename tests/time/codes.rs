//! Codes and sessions: their lives, and what a resend does to them.

use crate::Present;
use recupmail_tests::{Client, Kind, Person, stack};
use serde_json::json;

#[tokio::test]
async fn after_a_resend_the_old_code_is_refused_and_the_new_one_works() {
    let mut present = Present::hold().await;
    let person = Person::take(Kind::Complete);
    let (mut client, old) = Client::with_code(stack(), &person, "email").await;
    present.pass(30).await;
    let new = client.send_and_read(&person, "email").await;
    assert_ne!(old, new);
    let refused = client.confirm(&old).await;
    assert_eq!(refused.is_problem(422, "code-incorrect").body["attempts_left"], 4);
    client.confirm(&new).await.is_at("set-password");
}

#[tokio::test]
async fn guesses_spent_before_a_resend_stay_spent() {
    let mut present = Present::hold().await;
    let person = Person::take(Kind::Complete);
    let (mut client, old) = Client::with_code(stack(), &person, "email").await;
    let wrong: Vec<String> =
        (0..9).map(|n| format!("{n}0000000")).filter(|guess| *guess != old).take(3).collect();
    for guess in &wrong {
        client.confirm(guess).await.is_problem(422, "code-incorrect");
    }
    present.pass(30).await;
    let resent = client.send("email").await;
    assert_eq!(resent.is_at("enter-code").body["code"]["attempts_left"], 2);
}

#[tokio::test]
async fn a_code_expires_after_ten_minutes_and_costs_nothing_then() {
    let mut present = Present::hold().await;
    let person = Person::take(Kind::Complete);
    let (mut client, code) = Client::with_code(stack(), &person, "email").await;
    present.pass(601).await;
    client.confirm(&code).await.is_problem(410, "code-expired");
    assert_eq!(client.state().await.is_at("enter-code").body["code"]["expires_in"], 0);
    let fresh = client.send_and_read(&person, "email").await;
    client.confirm(&fresh).await.is_at("set-password");
}

#[tokio::test]
async fn a_session_expires_after_fifteen_minutes_whatever_happened_in_it() {
    let mut present = Present::hold().await;
    let person = Person::take(Kind::Complete);
    let mut waiting = Client::identified(stack(), &person).await;
    let mut proven = Client::proven(stack(), &Person::take(Kind::Complete)).await;
    present.pass(890).await;
    proven.state().await.is_at("set-password");
    present.pass(11).await;
    for answer in [
        waiting.state().await,
        waiting.post("send-code", &json!({"method": "m1"})).await,
        waiting.confirm("12345678").await,
        proven.set_password("Tagine-7-citrons").await,
    ] {
        answer.is_problem(401, "session-expired");
    }
    assert_eq!(waiting.logout().await.status, 204);
    assert!(!stack().signs_in(person.academic_email(), "Tagine-7-citrons").await);
}

#[tokio::test]
async fn the_right_code_is_repeated_even_after_the_code_itself_expired() {
    let mut present = Present::hold().await;
    let person = Person::take(Kind::Complete);
    let (mut client, code) = Client::with_code(stack(), &person, "email").await;
    let before = client.clone();
    client.confirm(&code).await.is_at("set-password");
    present.pass(601).await;
    before.clone().confirm(&code).await.is_at("set-password");
}

#[tokio::test]
async fn another_method_may_be_chosen_at_once_and_kills_the_first_code() {
    let _present = Present::hold().await;
    let person = Person::take(Kind::Complete);
    let (mut client, by_email) = Client::with_code(stack(), &person, "email").await;
    let by_sms = client.send_and_read(&person, "sms").await;
    client.confirm(&by_email).await.is_problem(422, "code-incorrect");
    client.confirm(&by_sms).await.is_at("set-password");
}

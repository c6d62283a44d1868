//! Destinations: what one number or address gets, whoever asks. `time` has the days and the spacing.

use crate::{HOUR, closed_for, eceps, member};
use futures_util::future::join_all;
use recupmail_tests::{Client, Kind, Person, Shared, Stack, stack};
use serde_json::json;

#[tokio::test]
async fn a_resend_too_soon_says_when() {
    let person = Person::take(Kind::Complete);
    let (mut client, code) = Client::with_code(stack(), &person, "sms").await;
    closed_for(&client.send("sms").await, "resend-too-soon", &(1..=30));
    assert_eq!(stack().outbox(person.phone()).await.len(), 1);
    client.confirm(&code).await.is_at("set-password");
}

#[tokio::test]
async fn a_number_gets_four_sms_an_hour_and_email_is_open_still() {
    let person = Person::take(Kind::Complete);
    for _ in 0..4 {
        Client::with_code(stack(), &person, "sms").await;
    }
    let mut fifth = Client::identified(stack(), &person).await;
    closed_for(&fifth.send("sms").await, "send-limit", &HOUR);
    assert_eq!(stack().outbox(person.phone()).await.len(), 4);
    fifth.send("email").await.is_at("enter-code");
}

#[tokio::test]
async fn an_address_gets_six_emails_an_hour_and_sms_is_open_still() {
    let [first, second] = Person::siblings("usms", Shared::Email);
    for person in [&first, &second, &first, &second, &first, &second] {
        Client::with_code(stack(), person, "email").await;
    }
    let mut seventh = Client::identified(stack(), &second).await;
    closed_for(&seventh.send("email").await, "send-limit", &HOUR);
    assert_eq!(stack().outbox(second.email()).await.len(), 6);
    seventh.send("sms").await.is_at("enter-code");
}

#[tokio::test]
async fn sms_and_calls_to_a_number_count_together() {
    let person = member();
    let asked = async |kind| {
        let mut client = Client::identified(eceps(), &person).await;
        (client.send_typed(kind, person.phone()).await, client)
    };
    for (answer, _) in join_all(["sms", "voice", "sms", "voice"].map(asked)).await {
        answer.is_at("enter-code");
    }
    let (refused, mut fifth) = asked("voice").await;
    closed_for(&refused, "send-limit", &HOUR);
    closed_for(&fifth.send_typed("sms", person.phone()).await, "send-limit", &HOUR);
    assert_eq!(eceps().outbox(person.phone()).await.len(), 4);
    fifth.send("email").await.is_at("enter-code");
}

#[tokio::test]
async fn a_closed_destination_costs_nothing_more_and_closes_nobody_elses() {
    let (greedy, stranger) = (Person::take(Kind::Complete), Person::take(Kind::Complete));
    for _ in 0..4 {
        Client::with_code(stack(), &greedy, "sms").await;
    }
    let mut fifth = Client::identified(stack(), &greedy).await;
    for _ in 0..120 {
        let refused = fifth.post("send-code", &json!({"method": "m2"})).await;
        closed_for(&refused, "send-limit", &HOUR);
    }
    Client::with_code(stack(), &stranger, "sms").await;
}

/// Somebody gets in with the one method that is asked for, or with the two.
async fn gets_in(stack: &'static Stack, person: &Person, password: &str) {
    let (mut client, code) = Client::with_code(stack, person, "sms").await;
    let state = client.confirm(&code).await;
    if state.body["methods_required"] == 2 {
        let code = client.send_and_read(person, "email").await;
        client.confirm(&code).await.is_at("set-password");
    }
    client.set_password(password).await.is_at("done");
    assert!(stack.signs_in(person.academic_email(), password).await);
}

#[tokio::test]
async fn siblings_who_share_a_phone_both_get_through() {
    for (institution, stack) in [("usms", stack()), ("eceps", eceps())] {
        for sibling in Person::siblings(institution, Shared::Phone) {
            gets_in(stack, &sibling, "Gaufres-8-tagines").await;
        }
    }
}

#[tokio::test]
async fn a_phone_that_one_sibling_used_up_leaves_the_other_the_email() {
    let [greedy, other] = Person::siblings("usms", Shared::Phone);
    for _ in 0..4 {
        Client::with_code(stack(), &greedy, "sms").await;
    }
    let mut client = Client::identified(stack(), &other).await;
    closed_for(&client.send("sms").await, "send-limit", &HOUR);
    let code = client.send_and_read(&other, "email").await;
    client.confirm(&code).await.is_at("set-password");
    client.set_password("Tagine-7-citrons").await.is_at("done");
}

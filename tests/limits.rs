//! Limits, provoked over the function URLs: what is counted, when it closes, and what stays open.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_tests::{Answer, Client, Kind, Person, Stack, stack};
use serde_json::json;

#[tokio::test]
async fn a_value_tried_ten_times_a_day_is_limited_right_or_wrong() {
    let person = Person::take(Kind::Complete);
    let mut wrong = person.statement();
    wrong["fields"]["birth_date"] = json!("1971-01-01");
    for _ in 0..10 {
        Client::of(stack()).post("verify-identity", &wrong).await.is_problem(401, "identity-not-recognised");
    }
    let limited = Client::of(stack()).verify(&person).await;
    let wait = limited.is_problem(429, "too-many-attempts").retry_after().unwrap();
    assert!((1..=86_400).contains(&wait), "{wait}");
}

#[tokio::test]
async fn the_second_anchor_counts_failures_whatever_the_first_one_says() {
    let person = Person::take(Kind::Complete);
    for guess in 0..10 {
        let mut wrong = person.statement();
        wrong["fields"]["apogee"] = json!(format!("9{guess}000001"));
        Client::of(stack()).post("verify-identity", &wrong).await.is_problem(401, "identity-not-recognised");
    }
    Client::of(stack()).verify(&person).await.is_problem(429, "too-many-attempts");
}

#[tokio::test]
async fn a_person_starts_five_challenges_a_day() {
    let person = Person::take(Kind::Complete);
    for _ in 0..5 {
        Client::identified(stack(), &person).await;
    }
    let limited = Client::of(stack()).verify(&person).await;
    assert!(limited.is_problem(429, "too-many-attempts").retry_after().is_some());
}

#[tokio::test]
async fn malformed_codes_cost_nothing_wrong_ones_a_guess_and_repeated_ones_nothing_more() {
    let person = Person::take(Kind::Complete);
    let (mut client, code) = Client::with_code(stack(), &person, "email").await;
    for malformed in ["", "1234567", "123456789", "abcdefgh", "1234567\u{0}"] {
        client.confirm(malformed).await.is_problem(422, "invalid-fields");
    }
    let wrong: Vec<String> =
        (0..9).map(|n| format!("{n}0000000")).filter(|guess| *guess != code).take(5).collect();
    let left =
        |answer: &Answer| answer.is_problem(422, "code-incorrect").body["attempts_left"].as_u64().unwrap();
    assert_eq!(left(&client.confirm(&wrong[0]).await), 4);
    assert_eq!(left(&client.confirm(&wrong[0]).await), 4);
    assert_eq!(client.state().await.body["code"]["attempts_left"], 4);
    for (guess, expected) in wrong[1..].iter().zip([3, 2, 1, 0]) {
        assert_eq!(left(&client.confirm(guess).await), expected);
    }
    let sixth = client.confirm(&code).await;
    assert_eq!(sixth.is_problem(429, "too-many-attempts").retry_after(), None, "waiting does not help");
    client.post("send-code", &json!({"method": "m2"})).await.is_problem(429, "too-many-attempts");
}

#[tokio::test]
async fn a_resend_too_soon_says_when() {
    let person = Person::take(Kind::Complete);
    let (mut client, _) = Client::with_code(stack(), &person, "sms").await;
    let wait = client.send("sms").await.is_problem(429, "resend-too-soon").retry_after().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    assert_eq!(stack().outbox(person.phone()).await.len(), 1);
}

#[tokio::test]
async fn a_number_gets_four_sms_an_hour_whoever_asks() {
    let person = Person::take(Kind::Complete);
    for _ in 0..4 {
        Client::with_code(stack(), &person, "sms").await;
    }
    let mut fifth = Client::identified(stack(), &person).await;
    let limited = fifth.send("sms").await;
    assert!(limited.is_problem(429, "send-limit").retry_after().is_some());
    assert_eq!(stack().outbox(person.phone()).await.len(), 4);
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
        let wait = fifth.post("send-code", &json!({"method": "m2"})).await;
        let wait = wait.is_problem(429, "send-limit").retry_after().unwrap();
        assert!(wait <= 3600, "only the hour is closed: {wait}");
    }
    Client::with_code(stack(), &stranger, "sms").await;
}

#[tokio::test]
async fn three_different_contacts_may_be_typed() {
    let person = Person::take(Kind::Complete);
    let mut client = Client::identified(stack(), &person).await;
    for (number, left) in
        [("+212600000001", 2), ("+212600000001", 2), ("0600000002", 1), ("+212600000003", 0)]
    {
        let answer = client.post("send-code", &json!({"method": "m2", "confirm": number})).await;
        assert_eq!(answer.is_problem(422, "contact-mismatch").body["attempts_left"], left);
    }
    let right = client.post("send-code", &json!({"method": "m2", "confirm": person.phone()})).await;
    assert_eq!(right.is_problem(429, "too-many-attempts").retry_after(), None);
    assert_eq!(stack().outbox(person.phone()).await.len(), 0);
}

#[tokio::test]
async fn a_network_that_fails_or_starts_too_often_is_limited_where_the_limit_is_set() {
    let stack: &'static Stack = Box::leak(Box::new(Stack::start(&[("RECUPMAIL_LOCAL_NETWORK_LIMIT", "12")])));
    for n in 0..12 {
        let mut stranger = Person::take(Kind::Complete).statement();
        stranger["fields"]["apogee"] = json!(format!("8000{n:04}"));
        stranger["fields"]["massar"] = json!(format!("X{n:09}"));
        Client::of(stack).post("verify-identity", &stranger).await.is_problem(401, "identity-not-recognised");
    }
    let limited = Client::of(stack).verify(&Person::take(Kind::Complete)).await;
    let wait = limited.is_problem(429, "too-many-attempts").retry_after().unwrap();
    assert!((1..=600).contains(&wait), "{wait}");
}

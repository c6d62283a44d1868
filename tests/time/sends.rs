//! Sends: how far apart, how many to a contact, in a challenge, in an hour and in a day.

use crate::Present;
use recupmail_tests::{Answer, Client, Kind, Person, Shared, stack};
use std::ops::RangeInclusive;

#[tokio::test]
async fn three_codes_go_to_a_contact_after_thirty_seconds_and_a_minute_and_never_a_fourth() {
    let mut present = Present::hold().await;
    let person = Person::take(Kind::Complete);
    let (mut client, _) = Client::with_code(stack(), &person, "email").await;
    for wait in [30, 60] {
        present.pass(wait - 5).await;
        client.send("email").await.is_problem(429, "resend-too-soon");
        present.pass(5).await;
        client.send("email").await.is_at("enter-code");
    }
    let method = client.method("email").await;
    let wait = method["resend_in"].as_u64().unwrap();
    assert!(method["sends_left"] == 0 && (61..=120).contains(&wait), "{method}");
    present.pass(121).await;
    let fourth = client.send("email").await;
    assert_eq!(fourth.is_problem(429, "send-limit").retry_after(), None);
    assert_eq!(stack().outbox(person.email()).await.len(), 3);
    client.send("sms").await.is_at("enter-code");
}

/// Three codes to a contact, by new sessions' first sends and resends.
async fn three_codes(present: &mut Present, person: &Person, kind: &str) -> (Client, String) {
    let mut client = Client::identified(present.stack, person).await;
    client.send(kind).await.is_at("enter-code");
    present.pass(30).await;
    client.send(kind).await.is_at("enter-code");
    present.pass(60).await;
    let code = client.send_and_read(person, kind).await;
    (client, code)
}

#[tokio::test]
async fn six_codes_go_out_in_a_challenge_and_a_letter_by_its_own_route_works_still() {
    let mut present = Present::hold_at("aix-marseille").await;
    let person = Person::of("aix-marseille", Kind::EmailAlone);
    let (mut client, _) = three_codes(&mut present, &person, "email").await;
    for wait in [30, 60, 0] {
        client.send("letter").await.is_at("enter-code");
        present.pass(wait).await;
    }
    let seventh = client.send("desk").await;
    assert_eq!(seventh.is_problem(429, "send-limit").retry_after(), None);
    for kind in ["email", "letter", "desk"] {
        assert_eq!(client.method(kind).await["sends_left"], 0, "{kind}");
    }
    let mut statement = person.statement();
    statement["route"] = "desk".into();
    client.post("verify-identity", &statement).await.is_at("choose-method");
    client.send("desk").await.is_at("enter-code");
}

/// Fails unless a destination takes no more for so long.
#[track_caller]
fn closed_for(answer: &Answer, wait: &RangeInclusive<u64>) {
    let told = answer.is_problem(429, "send-limit").retry_after();
    assert!(told.is_some_and(|told| wait.contains(&told)), "{told:?} and not {wait:?}");
}

/// The rest of the first hour of a day, and of the day in its second hour.
const HOUR: RangeInclusive<u64> = 1..=3600;
const DAY: RangeInclusive<u64> = 75_600..=82_800;

#[tokio::test]
async fn a_number_gets_four_sms_an_hour_and_eight_a_day_and_then_email_is_open() {
    let mut present = Present::hold().await;
    let [older, younger] = Person::siblings("usms", Shared::Phone);
    present.begin_day().await;
    for closed in [HOUR, DAY] {
        three_codes(&mut present, &older, "sms").await;
        let (mut client, _) = Client::with_code(stack(), &younger, "sms").await;
        present.pass(30).await;
        closed_for(&client.send("sms").await, &closed);
        client.send("email").await.is_at("enter-code");
        present.pass(3600).await;
    }
    assert_eq!(stack().outbox(younger.phone()).await.len(), 8);
    present.begin_day().await;
    Client::with_code(stack(), &younger, "sms").await;
}

#[tokio::test]
async fn an_address_gets_six_emails_an_hour_and_twelve_a_day_besides_the_notices_of_change() {
    let mut present = Present::hold().await;
    let [older, younger] = Person::siblings("usms", Shared::Email);
    present.begin_day().await;
    for closed in [HOUR, DAY] {
        three_codes(&mut present, &older, "email").await;
        let (mut client, code) = three_codes(&mut present, &younger, "email").await;
        client.confirm(&code).await.is_at("set-password");
        client.set_password("Tagine-7-citrons").await.is_at("done");
        let mut client = Client::identified(stack(), &older).await;
        closed_for(&client.send("email").await, &closed);
        client.send("sms").await.is_at("enter-code");
        present.pass(3600).await;
    }
    assert_eq!(stack().outbox(older.email()).await.len(), 12 + 2, "and the notices");
    present.begin_day().await;
    Client::with_code(stack(), &older, "email").await;
}

//! What time does to a recovery. The functions' clock is set ahead instead of waiting; since all of them
//! share it, these tests run one after the other and time goes forward only.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_tests::{Client, Kind, Person, stack};
use serde_json::json;
use tokio::sync::{Mutex, MutexGuard};

/// The present, held by one test at a time.
struct Present(MutexGuard<'static, u64>);

impl Present {
    async fn hold() -> Self {
        static AHEAD: Mutex<u64> = Mutex::const_new(0);
        Self(AHEAD.lock().await)
    }

    async fn pass(&mut self, seconds: u64) {
        *self.0 += seconds;
        stack().set_clock_ahead(*self.0).await;
    }
}

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
    present.pass(121).await;
    let fourth = client.send("email").await;
    assert_eq!(fourth.is_problem(429, "send-limit").retry_after(), None);
    assert_eq!(stack().outbox(person.email()).await.len(), 3);
    client.send("sms").await.is_at("enter-code");
}

#[tokio::test]
async fn limits_are_given_back_by_the_next_day() {
    let mut present = Present::hold().await;
    let person = Person::take(Kind::Complete);
    for _ in 0..5 {
        Client::identified(stack(), &person).await;
    }
    let wait =
        Client::of(stack()).verify(&person).await.is_problem(429, "too-many-attempts").retry_after().unwrap();
    present.pass(wait).await;
    Client::identified(stack(), &person).await;
}

#[tokio::test]
async fn twenty_starts_without_a_success_need_the_office_and_a_success_resets_them() {
    let mut present = Present::hold().await;
    let (person, lucky) = (Person::take(Kind::Complete), Person::take(Kind::Complete));
    for day in 0..4 {
        for _ in 0..5 {
            Client::identified(stack(), &person).await;
        }
        for _ in 0..4 {
            Client::identified(stack(), &lucky).await;
        }
        if day == 3 {
            Client::proven(stack(), &lucky).await.set_password("Tagine-7-citrons").await.is_at("done");
        }
        present.pass(86_400).await;
    }
    let refused = Client::of(stack()).verify(&person).await;
    assert_eq!(refused.is_problem(429, "too-many-attempts").retry_after(), None, "waiting does not help");
    Client::identified(stack(), &lucky).await;
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

//! How long an answer takes at least, where its time would tell whether a person exists.

use crate::{eceps, member, with};
use futures_util::future::join;
use recupmail_tests::{Answer, Client, Kind, Person, Stack, stack};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[expect(clippy::disallowed_methods, reason = "these tests are about real time")]
async fn timed(client: &mut Client, step: &str, body: &Value) -> (Answer, Duration) {
    let began = Instant::now();
    (client.post(step, body).await, began.elapsed())
}

const VERIFY: Duration = Duration::from_millis(300);
const SEND: Duration = Duration::from_secs(1);

async fn takes_its_time(statement: Value) {
    let mut client = Client::of(eceps());
    let (answer, took) = timed(&mut client, "verify-identity", &statement).await;
    assert!(took >= VERIFY, "{took:?}");
    answer.is_at("choose-method");
    for (body, status) in [
        (json!({"method": "m1"}), 200),
        (json!({"method": "m1"}), 429),
        (json!({"method": "m9"}), 422),
        (json!({"method": "m2", "confirm": "+32470000001"}), 422),
    ] {
        let (answer, took) = timed(&mut client, "send-code", &body).await;
        assert_eq!(answer.status, status, "{body}");
        assert!(took >= SEND, "{body} took {took:?}");
    }
}

#[tokio::test]
async fn no_answer_comes_sooner_than_the_floor_whatever_it_says() {
    let known = member().statement();
    let unknown = with(known.clone(), "email", "trop.vite@eceps.be");
    join(takes_its_time(known), takes_its_time(unknown)).await;
}

/// The fastest of some answers: other tests may slow some of them down.
async fn fastest(stack: &'static Stack) -> Duration {
    let person = Person::take(Kind::Complete);
    let mut fastest = Duration::MAX;
    for _ in 0..5 {
        let (answer, took) = timed(&mut Client::of(stack), "verify-identity", &person.statement()).await;
        answer.is_at("choose-method");
        fastest = fastest.min(took);
    }
    fastest
}

#[tokio::test]
async fn where_people_prove_who_they_are_no_answer_waits() {
    let took = fastest(stack()).await;
    assert!(took < VERIFY, "{took:?}");
}

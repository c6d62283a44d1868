//! What a new day gives back, and what it does not.

use crate::Present;
use recupmail_tests::{Client, Kind, Person, stack};
use serde_json::json;

#[tokio::test]
async fn the_next_day_gives_back_starts_and_identifications_and_not_sooner() {
    let mut present = Present::hold().await;
    present.begin_day().await;
    let (person, guessed) = (Person::take(Kind::Complete), Person::take(Kind::Complete));
    for _ in 0..5 {
        Client::identified(stack(), &person).await;
    }
    let mut wrong = guessed.statement();
    wrong["fields"]["birth_date"] = json!("1971-01-01");
    for _ in 0..10 {
        Client::of(stack()).post("verify-identity", &wrong).await.is_problem(401, "identity-not-recognised");
    }
    let refused = Client::of(stack()).verify(&person).await;
    let wait = refused.is_problem(429, "too-many-attempts").retry_after().unwrap();
    present.pass(wait - 60).await;
    for closed in [&person, &guessed] {
        Client::of(stack()).verify(closed).await.is_problem(429, "too-many-attempts");
    }
    present.pass(60).await;
    for open in [&person, &guessed] {
        Client::identified(stack(), open).await;
    }
}

#[tokio::test]
async fn twenty_starts_are_given_back_by_a_success_or_the_office_and_by_no_day() {
    let mut present = Present::hold().await;
    let (person, lucky) = (Person::take(Kind::Complete), Person::take(Kind::Complete));
    present.begin_day().await;
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
        present.begin_day().await;
    }
    let refused = Client::of(stack()).verify(&person).await;
    assert_eq!(refused.is_problem(429, "too-many-attempts").retry_after(), None, "waiting does not help");
    assert!(
        stack().text_of("/identifier/").await.contains("Attendre n'y changera rien"),
        "and the page says so"
    );
    Client::identified(stack(), &lucky).await;
    stack().recupctl(&["unlock", &person["person_id"], "--reason", "venue au guichet"]);
    Client::identified(stack(), &person).await;
}

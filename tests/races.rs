//! Parallel requests on one challenge, over the function URLs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use futures_util::future::join_all;
use recupmail_tests::{Client, Kind, Person, stack};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn of_200_parallel_guesses_at_most_5_are_evaluated_and_the_right_code_is_refused_afterwards() {
    let person = Person::take(Kind::Complete);
    let (client, code) = Client::with_code(stack(), &person, "email").await;
    let guesses: Vec<String> =
        (0..201).map(|n| format!("{:08}", n * 7)).filter(|g| *g != code).take(200).collect();
    let answers = join_all(guesses.iter().map(|guess| {
        let mut client = client.clone();
        async move { client.confirm(guess).await }
    }))
    .await;
    let evaluated = answers.iter().filter(|answer| answer.body["code"] == "code-incorrect").count();
    let refused = answers.iter().filter(|answer| answer.body["code"] == "too-many-attempts").count();
    assert_eq!((evaluated, refused), (5, 195));
    let mut left: Vec<u64> =
        answers.iter().filter_map(|answer| answer.body["attempts_left"].as_u64()).collect();
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2, 3, 4], "each guess is told how many remain");
    client.clone().confirm(&code).await.is_problem(429, "too-many-attempts");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_20_parallel_passwords_exactly_one_works() {
    let person = Person::take(Kind::Complete);
    let client = Client::proven(stack(), &person).await;
    let passwords: Vec<String> = (0..20).map(|n| format!("Tagine-{n}-citrons-verts")).collect();
    let answers = join_all(passwords.iter().map(|password| {
        let mut client = client.clone();
        async move { client.set_password(password).await }
    }))
    .await;
    let won: Vec<&String> =
        answers.iter().zip(&passwords).filter(|(a, _)| a.status == 200).map(|(_, p)| p).collect();
    assert_eq!(won.len(), 1, "{:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.is_problem(409, "wrong-step");
    }
    let mut signing_in = Vec::new();
    for password in &passwords {
        if stack().signs_in(person.academic_email(), password).await {
            signing_in.push(password);
        }
    }
    assert_eq!(signing_in, won, "the one that was told so, and no other");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_password_twenty_times_at_once_is_set_and_told_once_and_never_refused_for_good() {
    let person = Person::take(Kind::Complete);
    let client = Client::proven(stack(), &person).await;
    let answers = join_all((0..20).map(|_| {
        let mut client = client.clone();
        async move { client.set_password("Tagine-7-citrons").await }
    }))
    .await;
    for answer in &answers {
        if answer.status != 200 {
            assert_eq!(answer.is_problem(503, "directory-unavailable").retry_after(), Some(2), "in flight");
        }
    }
    assert!(answers.iter().any(|answer| answer.status == 200));
    client.clone().set_password("Tagine-7-citrons").await.is_at("done");
    assert_eq!(stack().outbox(person.phone()).await.len(), 1, "told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_20_parallel_sends_one_goes_out_and_its_code_is_the_live_one() {
    let person = Person::take(Kind::Complete);
    let client = Client::identified(stack(), &person).await;
    let answers = join_all((0..20).map(|_| {
        let mut client = client.clone();
        async move { client.post("send-code", &json!({"method": "m1"})).await }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(answer.status, 429, "{:#}", answer.body);
    }
    let messages = stack().outbox(person.email()).await;
    assert_eq!(messages.len(), 1);
    let text = messages[0]["text"].as_str().unwrap();
    let code = text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 8).unwrap();
    client.clone().confirm(code).await.is_at("set-password");
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_guesses_at_a_typed_contact_are_counted_before_they_are_compared() {
    let person = Person::take(Kind::Complete);
    let client = Client::identified(stack(), &person).await;
    let answers = join_all((0..40).map(|n| {
        let mut client = client.clone();
        async move {
            client.post("send-code", &json!({"method": "m2", "confirm": format!("+2126000000{n:02}")})).await
        }
    }))
    .await;
    let compared = answers.iter().filter(|answer| answer.body["code"] == "contact-mismatch").count();
    assert_eq!(compared, 3);
    let right = client.clone().post("send-code", &json!({"method": "m2", "confirm": person.phone()})).await;
    right.is_problem(429, "too-many-attempts");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_60_parallel_identifications_ten_are_looked_up() {
    let mut wrong = Person::take(Kind::Complete).statement();
    wrong["fields"]["birth_date"] = json!("1971-01-01");
    let answers =
        join_all((0..60).map(|_| async { Client::of(stack()).post("verify-identity", &wrong).await })).await;
    let looked_up = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(looked_up, 10);
    assert!(answers.iter().all(|answer| [401, 429].contains(&answer.status)));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_10_parallel_starts_of_one_person_five_get_a_session() {
    let person = Person::take(Kind::Complete);
    let answers = join_all((0..10).map(|_| async { Client::of(stack()).verify(&person).await })).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 5);
    assert_eq!(answers.iter().filter(|answer| answer.status == 429).count(), 5);
}

//! Typed contacts: three different ones in a challenge. Foreign numbers: none is reached at all.

use crate::{closed_for_good, eceps, member};
use futures_util::future::join_all;
use recupmail_tests::{Answer, Client, Kind, Person, stack};
use serde_json::{Value, json};

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
    closed_for_good(&right, "too-many-attempts");
    assert_eq!(stack().outbox(person.phone()).await.len(), 0);
}

/// What a session is told that asks for a code.
async fn asked(client: &Client, body: Value) -> Answer {
    client.clone().post("send-code", &body).await
}

#[tokio::test]
async fn an_unknown_method_spends_no_typed_contact_and_three_wrong_numbers_leave_the_email_open() {
    let person = member();
    let mut client = Client::identified(eceps(), &person).await;
    let unknown = (0..3).map(|n| json!({"method": "m9", "confirm": format!("+3247000001{n}")}));
    for answer in join_all(unknown.map(|body| asked(&client, body))).await {
        answer.is_problem(422, "unknown-method");
    }
    for (kind, left) in [("sms", 2), ("voice", 1), ("sms", 0)] {
        let wrong = client.send_typed(kind, &format!("+3247000000{left}")).await;
        assert_eq!(wrong.is_problem(422, "contact-mismatch").body["attempts_left"], left);
    }
    let right = ["m2", "m2-voice"].map(|method| json!({"method": method, "confirm": person.phone()}));
    for answer in join_all(right.map(|body| asked(&client, body))).await {
        closed_for_good(&answer, "too-many-attempts");
    }
    assert!(eceps().outbox(person.phone()).await.is_empty());
    let code = client.send_and_read(&person, "email").await;
    client.confirm(&code).await.is_at("choose-method");
}

#[tokio::test]
async fn neither_sms_nor_calls_go_to_a_country_that_is_not_listed() {
    let student = Person::take(Kind::ForeignNumber);
    let mut client = Client::of(stack());
    let methods = client.verify(&student).await.is_at("choose-method").body["methods"].clone();
    assert!(methods.as_array().unwrap().iter().all(|method| method["kind"] == "email"), "{methods}");
    for method in ["m2", "m2-voice", "m1-voice"] {
        client.post("send-code", &json!({"method": method})).await.is_problem(422, "unknown-method");
    }
    assert!(stack().outbox(student.phone()).await.is_empty());

    // Who has too few contacts is shown stand-ins, and their own number is not the right one.
    let member = Person::of("eceps", Kind::ForeignNumber);
    let mut client = Client::identified(eceps(), &member).await;
    for kind in ["sms", "voice"] {
        client.send_typed(kind, member.phone()).await.is_problem(422, "contact-mismatch");
    }
    client.send("email").await.is_at("enter-code");
    assert!(eceps().outbox(member.phone()).await.is_empty());
    assert!(eceps().outbox(member.email()).await.is_empty());
}

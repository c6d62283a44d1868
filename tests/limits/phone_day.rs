//! The institution's and each country's SMS and calls in a day, on institutions with short days.

use crate::closed_for;
use crate::university::{Today, university};
use futures_util::future::join_all;
use recupmail_tests::{Client, Kind, Person, Stack, everybody, variant};
use serde_json::json;
use std::ops::RangeInclusive;

/// Until midnight, for who asks in the first hour of the day.
const THE_WHOLE_DAY: RangeInclusive<u64> = 82_800..=86_400;

async fn gets_sms(person: &Person) {
    Client::with_code(university(), person, "sms").await;
}

async fn gets_none(person: &Person) -> Client {
    let mut client = Client::identified(university(), person).await;
    let before = university().outbox(person.phone()).await.len();
    closed_for(&client.send("sms").await, "send-limit", &THE_WHOLE_DAY);
    assert_eq!(university().outbox(person.phone()).await.len(), before);
    client
}

#[tokio::test]
async fn a_countrys_day_closes_it_alone_and_email_is_offered_instead() {
    let _today = Today::begin().await;
    let foreigners = everybody("usms", Kind::ForeignNumber);
    for _ in 0..4 {
        gets_sms(&Person::take(Kind::Complete)).await;
    }
    let late = Person::take(Kind::Complete);
    let mut client = gets_none(&late).await;
    gets_sms(&foreigners[0]).await;
    let code = client.send_and_read(&late, "email").await;
    client.confirm(&code).await.is_at("set-password");
}

#[tokio::test]
async fn the_institutions_day_closes_every_country_and_email_is_offered_instead() {
    let _today = Today::begin().await;
    let foreigners = everybody("usms", Kind::ForeignNumber);
    for _ in 0..3 {
        gets_sms(&Person::take(Kind::Complete)).await;
    }
    for foreigner in &foreigners[..2] {
        gets_sms(foreigner).await;
    }
    gets_none(&foreigners[2]).await;
    let late = Person::take(Kind::Complete);
    let mut client = gets_none(&late).await;
    let code = client.send_and_read(&late, "email").await;
    client.confirm(&code).await.is_at("set-password");
}

#[tokio::test]
async fn a_closed_day_leaves_a_code_in_hand_good_and_spends_no_send() {
    let _today = Today::begin().await;
    let person = Person::take(Kind::Complete);
    for _ in 0..4 {
        gets_sms(&Person::take(Kind::Complete)).await;
    }
    let (mut client, code) = Client::with_code(university(), &person, "email").await;
    closed_for(&client.send("sms").await, "send-limit", &THE_WHOLE_DAY);
    let sms = client.method("sms").await;
    assert_eq!((&sms["sends_left"], &sms["resend_in"]), (&json!(3), &json!(0)));
    client.confirm(&code).await.is_at("set-password");
}

#[tokio::test]
async fn decoys_spend_nothing_of_the_institutions_day_and_see_it_closed() {
    let changes = [
        ("confirm_contact = [\"sms\", \"voice\"]", "confirm_contact = []"),
        ("[office]", "[limits]\nsms_per_day = 0\nsms_per_day_percent = 1\n\n[office]"),
    ];
    let folder = variant("eceps", "eceps-with-short-days", &changes);
    let school: &'static Stack = Box::leak(Box::new(Stack::start(&[("INSTITUTION", &folder)])));
    let people: Vec<Person> = (0..4).map(|_| Person::of("eceps", Kind::Complete)).collect();
    let asking = async |address: &str, kind: &str| {
        let mut statement = people[0].statement();
        statement["fields"]["email"] = json!(address);
        let mut client = Client::of(school);
        client.post("verify-identity", &statement).await.is_at("choose-method");
        (client.send(kind).await, client)
    };
    let nobodys = join_all((0..5).map(async |n| asking(&format!("leurre{n}@eceps.be"), "sms").await)).await;
    for (answer, _) in &nobodys {
        answer.is_at("enter-code");
    }
    // One in a hundred of 250 people is three.
    let kinds = ["sms", "voice", "sms"].into_iter().zip(&people);
    for (answer, _) in join_all(kinds.map(|(kind, one)| asking(one.academic_email(), kind))).await {
        answer.is_at("enter-code");
    }
    let late =
        join_all([people[3].academic_email(), "leurre9@eceps.be"].map(|address| asking(address, "voice")));
    for (answer, mut client) in late.await {
        closed_for(&answer, "send-limit", &crate::DAY);
        client.send("email").await.is_at("enter-code");
    }
    assert!(school.outbox(people[3].phone()).await.is_empty());
}

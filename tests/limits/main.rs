//! Every limit of the handbook (`challenge.md`, Numbers), provoked over the function URLs: what is counted, when
//! it closes, and what stays open. `time` has those that take hours or days.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

mod codes;
mod contacts;
mod destinations;
mod floor;
mod identifications;
mod issued;
mod network;
mod passwords;
mod phone_day;
mod starts;
mod university;

use recupmail_tests::{Answer, Client, Kind, Person, Stack, stack_of};
use serde_json::{Value, json};
use std::ops::RangeInclusive;

/// Waits that end with the ten minutes, the hour or the day.
const TEN_MINUTES: RangeInclusive<u64> = 1..=600;
const HOUR: RangeInclusive<u64> = 1..=3600;
const DAY: RangeInclusive<u64> = 1..=86_400;

fn eceps() -> &'static Stack {
    stack_of("eceps")
}

fn aix() -> &'static Stack {
    stack_of("aix-marseille")
}

fn member() -> Person {
    Person::of("eceps", Kind::Complete)
}

fn teacher() -> Person {
    Person::of("aix-marseille", Kind::EmailAlone)
}

/// A statement with another value in a field.
fn with(mut statement: Value, field: &str, value: &str) -> Value {
    statement["fields"][field] = json!(value);
    statement
}

/// A statement that opens a route.
fn by_route(mut statement: Value, route: &str) -> Value {
    statement["route"] = json!(route);
    statement
}

/// What a new client is told on a statement.
async fn told(stack: &'static Stack, statement: &Value) -> Answer {
    Client::of(stack).post("verify-identity", statement).await
}

/// Eight digits that are not this code, as many as may be tried.
fn wrong_codes(right: &str) -> Vec<String> {
    (0..6).map(|n| format!("{n}0000000")).filter(|guess| guess != right).take(5).collect()
}

/// Fails unless this limit is reached and waiting helps, for so long.
#[track_caller]
fn closed_for(answer: &Answer, code: &str, wait: &RangeInclusive<u64>) {
    let told = answer.is_problem(429, code).retry_after();
    assert!(told.is_some_and(|told| wait.contains(&told)), "{told:?} and not {wait:?}");
}

/// Fails unless this limit is reached for good.
#[track_caller]
fn closed_for_good(answer: &Answer, code: &str) {
    assert_eq!(answer.is_problem(429, code).retry_after(), None, "waiting does not help");
}

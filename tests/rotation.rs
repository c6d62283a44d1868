//! The session root is rotated while people are in the middle of their recovery.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure here is a failed test")]

mod wired;

use confirm_code::ConfirmCode;
use recupmail_aws::{RotationError, with_roots};
use recupmail_config::Environment;
use recupmail_http::Step;
use recupmail_tests::{Kind, Person, stack};
use rotate_secret::{Call, rotate};
use send_code::SendCode;
use serde_json::json;
use set_password::SetPassword;
use verify_identity::VerifyIdentity;
use wired::{answer, call, refused};

/// The stack's environment, but with both roots in Secrets Manager, as the template keeps them.
async fn deployed(name: &str) -> Environment {
    stack().variables_with_root_secrets(name).await.into_iter().collect()
}

/// What a function that starts now works with.
async fn started(environment: &Environment) -> Environment {
    with_roots(environment.clone()).await.unwrap()
}

/// One of Secrets Manager's calls.
async fn asked(environment: &Environment, step: &str, version: &str) -> Result<(), RotationError> {
    let secrets = environment.root_secrets().unwrap().unwrap();
    let event = json!({"Step": step, "SecretId": secrets.session, "ClientRequestToken": version});
    let event: Call = serde_json::from_value(event).unwrap();
    rotate(&environment.secrets_manager().unwrap(), event).await
}

/// A whole rotation, each call made twice, as Secrets Manager may.
async fn rotated(environment: &Environment, version: &str) {
    for step in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
        asked(environment, step, version).await.unwrap();
        asked(environment, step, version).await.unwrap();
    }
}

/// A version's id, as Secrets Manager gives one.
fn version(number: u8) -> String {
    format!("00000000-0000-4000-8000-0000000000{number:02}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_goes_on_across_two_rotations_whenever_its_functions_started() {
    let environment = deployed("two-rotations").await;
    let person = Person::take(Kind::Complete);
    let mut token = None;
    let before = started(&environment).await;
    call(&VerifyIdentity::wire(&before).unwrap(), &person.statement(), &mut token).await;

    rotated(&environment, &version(1)).await;
    let between = started(&environment).await;
    call(&SendCode::wire(&between).unwrap(), &json!({"method": "m1"}), &mut token).await;
    let text = stack().outbox(person.email()).await[0]["text"].as_str().unwrap().to_owned();
    let code = text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 8).unwrap();

    rotated(&environment, &version(2)).await;
    let after = started(&environment).await;
    call(&ConfirmCode::wire(&after).unwrap(), &json!({"code": code}), &mut token).await;

    // Signed with the newest root by a function that started last, read by one that started before it.
    let password = json!({"password": "Tagine-7-citrons"});
    call(&SetPassword::wire(&between).unwrap(), &password, &mut token).await;
    assert!(stack().signs_in(person.academic_email(), "Tagine-7-citrons").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_that_was_rotated_out_opens_nothing() {
    let environment = deployed("rotated-out").await;
    let person = Person::take(Kind::Complete);
    let mut token = None;
    call(&VerifyIdentity::wire(&started(&environment).await).unwrap(), &person.statement(), &mut token).await;
    for number in 1..=2 {
        rotated(&environment, &version(number)).await;
        let now = SendCode::wire(&started(&environment).await).unwrap();
        // The session is good, the method is not.
        refused(&now, &json!({"method": "unknown"}), &mut token).await;
    }
    rotated(&environment, &version(3)).await;
    let now = SendCode::wire(&started(&environment).await).unwrap();
    assert_eq!(answer(&now, &json!({"method": "m1"}), &mut token).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_was_never_begun_ends_nothing() {
    let environment = deployed("never-begun").await;
    let before = started(&environment).await;
    for step in ["testSecret", "finishSecret"] {
        asked(&environment, step, &version(1)).await.unwrap_err();
    }
    let mut token = None;
    let person = Person::take(Kind::Complete);
    call(&VerifyIdentity::wire(&started(&environment).await).unwrap(), &person.statement(), &mut token).await;
    refused(&SendCode::wire(&before).unwrap(), &json!({"method": "unknown"}), &mut token).await;
}

//! The session root is rotated by the deployed function while somebody is in the middle of their recovery.

use crate::deployed::{Deployed, STACK, deployed};
use crate::session::Session;
use recupmail_tests::{Kind, Person};
use serde_json::{Value, json};

async fn rotate(deployed: &Deployed, number: u8) {
    let version = format!("00000000-0000-4000-8000-0000000002{number:02}");
    for step in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
        let secret = &deployed.outputs["SessionRootSecret"];
        let event = json!({"Step": step, "SecretId": secret, "ClientRequestToken": version});
        deployed.place.emulator.invoke(&format!("{STACK}-rotate-secret"), &event).await.unwrap();
    }
}

async fn current(deployed: &Deployed) -> Value {
    let roots = deployed.place.emulator.secret(&deployed.outputs["SessionRootSecret"]).await;
    let roots: Value = serde_json::from_str(&roots).unwrap();
    roots["current"].clone()
}

#[tokio::test]
async fn a_recovery_goes_on_across_rotations_whenever_its_functions_started() {
    let (deployed, _turn) = deployed().await;
    let emulator = &deployed.place.emulator;
    // The first rotation after a deployment publishes a root alone; then each promotes the one before.
    rotate(deployed, 1).await;
    deployed.restart().await;
    let before = current(deployed).await;
    let person = Person::take(Kind::Complete);
    let (mut session, code) = Session::with_code(deployed, &person, "email").await;

    rotate(deployed, 2).await;
    assert_ne!(current(deployed).await, before);
    // One function starts with the new root, the next has been running for a while.
    emulator.restart(&format!("{STACK}-confirm-code")).await;
    session.post("confirm-code", &json!({"code": code})).await.is_at("set-password");
    session.post("set-password", &json!({"password": "Tagine-7-citrons"})).await.is_at("done");

    let mut late = Session::identified(deployed, &Person::take(Kind::Complete)).await;
    for number in 3..=4 {
        rotate(deployed, number).await;
    }
    deployed.restart().await;
    late.state().await.is_problem(401, "session-missing");
}

//! A student recovers their account where everything is deployed, and nobody calls a function unsigned.

use crate::deployed::{STACK, STEPS, deployed};
use crate::session::Session;
use recupmail_tests::{Kind, Person};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_student_recovers_by_mail_through_the_deployed_functions() {
    let (deployed, _turn) = deployed().await;
    let person = Person::take(Kind::Complete);
    let mut session = Session::proven(deployed, &person, "email").await;
    let done = session.post("set-password", &json!({"password": "Tagine-7-citrons"})).await;
    done.is_at("done");
    assert_eq!(session.mails(person.email()).await.len(), 2, "the code and the notice");
    assert_eq!(session.post("logout", &json!({})).await.status, 204);
    session.state().await.is_problem(401, "session-missing");

    let audit = deployed.recupctl(&["audit", &person["person_id"], "--json"]).ends(0).out;
    assert!(audit.contains("password-changed"), "{audit}");
}

#[tokio::test]
async fn a_student_recovers_by_sms_through_the_deployed_functions() {
    let (deployed, _turn) = deployed().await;
    let person = Person::take(Kind::NumberOnly);
    let mut session = Session::proven(deployed, &person, "sms").await;
    session.post("set-password", &json!({"password": "Tagine-7-citrons"})).await.is_at("done");
}

#[tokio::test]
async fn no_function_answers_who_does_not_sign_signs_wrongly_or_may_not_call_it() {
    let (deployed, _turn) = deployed().await;
    let emulator = &deployed.place.emulator;
    let (id, secret) = emulator.user("somebody").await;
    let asked = (&Method::POST, "/");
    for step in STEPS {
        let host = deployed.host(step);
        let unsigned = emulator.unsigned(asked.0, host, asked.1).body("{}").send().await.unwrap();
        assert_eq!(unsigned.status(), 403, "{step}");
        let signed = async |id: &str, secret: &str| {
            let signed = emulator.signed((id, secret), ("lambda", host), asked, &[], "{}");
            signed.send().await.unwrap().status().as_u16()
        };
        assert_eq!(signed(&id, &secret).await, 403, "{step} answers who may not call it");
        emulator.let_call("somebody", &format!("{STACK}-{step}")).await;
        assert_eq!(signed(&id, &secret).await, 415, "{step} does not answer who may call it");
        assert_eq!(signed(&id, "another secret").await, 403, "{step} answers who signs wrongly");
        assert_eq!(signed("AKIANOBODYKNOWSIT000", &secret).await, 403, "{step} answers an unknown key");
    }
}

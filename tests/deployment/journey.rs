//! A student recovers their account where everything is deployed, and nobody calls a function unsigned.

use crate::deployed::deployed;
use crate::emulator::KEY;
use crate::session::Session;
use recupmail_tests::{Kind, Person};
use reqwest::Method;
use serde_json::json;

const STEPS: [&str; 5] = ["verify-identity", "send-code", "confirm-code", "set-password", "logout"];

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
async fn no_function_answers_a_call_that_is_not_signed_or_signed_by_somebody_else() {
    let (deployed, _turn) = deployed().await;
    let emulator = &deployed.place.emulator;
    for step in STEPS {
        let host = deployed.host(step);
        let asked = (&Method::POST, "/");
        let unsigned = emulator.unsigned(asked.0, host, asked.1).body("{}").send().await.unwrap();
        assert_eq!(unsigned.status(), 403, "{step}");
        for (key, status) in [(("test", "other"), 403), (("somebody", "test"), 403), (KEY, 415)] {
            let signed = emulator.signed(key, ("lambda", host), asked, &[], "{}").send().await.unwrap();
            assert_eq!(signed.status(), status, "{step} {key:?}: {:?}", signed.text().await);
        }
        // Signed for one function, sent to another.
        let other = if step == "logout" { "send-code" } else { "logout" };
        let signed = emulator.signed(KEY, ("lambda", deployed.host(other)), asked, &[], "{}");
        let (client, request) = signed.build_split();
        let mut request = request.unwrap();
        request.headers_mut().insert("host", host.parse().unwrap());
        assert_eq!(client.execute(request).await.unwrap().status(), 403, "{step}");
    }
}

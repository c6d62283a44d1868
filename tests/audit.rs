//! What the functions' logs and the audit records tell of a recovery: everything that matters, nobody's name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_tests::{Client, Kind, Person, Stack, issued_code_in, stack_of};
use serde_json::{Value, json};

/// The events of a challenge, oldest first: step, event, and what else is said. Asking for the state is none.
fn events(stack: &Stack, reference: &str) -> Vec<String> {
    let log = stack.functions_log();
    // What cargo says of its progress may stand before a line.
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(&line[line.find('{')?..]).ok());
    let ours = lines.filter(|line| line["challenge"] == reference && line["event"] != "state");
    let told = |line: Value| {
        let members = ["step", "event", "code", "method", "attempts_left", "confirmed"];
        let said = members.iter().filter_map(|member| line.get(*member));
        said.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(" ")
    };
    ours.map(told).collect()
}

/// The start of the challenge's random name, as the session token names it.
fn reference(client: &Client) -> String {
    use base64::Engine;
    let token = client.token.as_ref().unwrap();
    let claims = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let challenge = claims["sub"].as_str().unwrap();
    challenge.split_once('.').unwrap().1.chars().take(8).collect()
}

#[tokio::test]
async fn the_log_tells_every_step_of_a_recovery_without_a_name() {
    let eceps = stack_of("eceps");
    let person = Person::of("eceps", Kind::Complete);
    let mut client = Client::identified(eceps, &person).await;
    let reference = reference(&client);
    let by_mail = client.send_and_read(&person, "email").await;
    client.send("email").await.is_problem(429, "resend-too-soon");
    client.send_typed("sms", "+32470000009").await.is_problem(422, "contact-mismatch");
    client.confirm("00000000").await.is_problem(422, "code-incorrect");
    client.confirm(&by_mail).await.is_at("choose-method");
    let by_call = client.send_and_read(&person, "voice").await;
    client.confirm(&by_call).await.is_at("set-password");
    client.set_password("court").await.is_problem(422, "password-rejected");
    client.set_password("Gaufres-8-Meuse").await.is_at("done");
    assert_eq!(
        events(eceps, &reference),
        [
            "verify-identity started 0",
            "send-code sent email 0",
            "send-code limited resend-too-soon",
            "send-code failed contact-mismatch 2",
            "confirm-code failed code-incorrect 4",
            "confirm-code confirmed 1",
            "send-code sent voice 1",
            "confirm-code confirmed 2",
            "set-password refused password-rejected",
            "set-password changed 2",
        ]
    );
    let mut leaving = Client::identified(eceps, &person).await;
    let reference = self::reference(&leaving);
    leaving.logout().await;
    assert_eq!(events(eceps, &reference), ["verify-identity started 0", "logout revoked"]);
}

#[tokio::test]
async fn what_was_issued_changed_refused_and_revoked_is_kept_for_the_person_with_the_terms() {
    let aix = stack_of("aix-marseille");
    let person = Person::of("aix-marseille", Kind::EmailAlone);
    let id = &person["person_id"];
    let with_desk_code = async || {
        let code = issued_code_in(&aix.recupctl(&["desk-code", id, "--reason", "carte vue"]));
        let mut statement = person.statement();
        statement["route"] = json!("desk");
        let mut client = Client::of(aix);
        client.post("verify-identity", &statement).await.is_at("choose-method");
        client.send("desk").await.is_at("enter-code");
        client.confirm(&code).await.is_at("set-password");
        client
    };
    let mut client = with_desk_code().await;
    aix.recupctl(&["revoke", id, "--desk", "--reason", "carte volée"]);
    client.set_password("Calanques-7-Mistral").await.is_problem(401, "session-missing");
    with_desk_code().await.set_password("Calanques-7-Mistral").await.is_at("done");

    let told: Value = serde_json::from_str(&aix.recupctl(&["audit", id, "--json"])).unwrap();
    let entries = told.as_array().or_else(|| told["events"].as_array()).unwrap();
    let brief: Vec<String> = entries
        .iter()
        .map(|entry| {
            let said = ["event", "terms_version", "reason"].map(|name| entry[name].as_str().unwrap_or("-"));
            said.join(" ")
        })
        .collect();
    let version = person.statement()["terms_version"].as_str().unwrap().to_owned();
    assert_eq!(
        brief,
        [
            "desk-code-issued - carte vue".to_owned(),
            "codes-revoked - carte volée".to_owned(),
            format!("password-refused {version} -"),
            "desk-code-issued - carte vue".to_owned(),
            format!("password-changed {version} -"),
        ]
    );
    assert!(!told.to_string().contains(person.academic_email()));
}

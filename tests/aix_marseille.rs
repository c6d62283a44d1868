//! Académie d'Aix-Marseille: the rows A1 to A7 of the mission, over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_tests::{Client, Kind, Person, Stack, issued_code_in, stack_of};
use serde_json::{Value, json};

const PASSWORD: &str = "Calanques-7-Mistral";

fn aix() -> &'static Stack {
    stack_of("aix-marseille")
}

fn with_address() -> Person {
    Person::of("aix-marseille", Kind::EmailAlone)
}

async fn proven(person: &Person) -> Client {
    let (mut client, code) = Client::with_code(aix(), person, "email").await;
    client.confirm(&code).await.is_at("set-password");
    client
}

/// Prints letters for these people and reads the first code, as its owner would.
fn letter(person: &Person, name: &str) -> String {
    let file = std::env::temp_dir().join(format!("recupmail-{}-{name}.html", std::process::id()));
    let _ = std::fs::remove_file(&file);
    aix().recupctl(&["letters", "--out", file.to_str().unwrap(), "--person", &person["person_id"]]);
    let html = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    issued_code_in(&html)
}

fn kinds(state: &Value) -> Vec<&str> {
    state["methods"].as_array().unwrap().iter().map(|method| method["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a1_identifier_or_numen_with_birth_date_and_recovery_address_prove_a_teacher() {
    let person = with_address();
    for scheme in ["identifiant", "numen"] {
        let state = Client::of(aix()).post("verify-identity", &person.statement_by(scheme)).await;
        assert_eq!(kinds(&state.is_at("choose-method").body), ["email", "letter", "desk"]);
        let mut wrong = person.statement_by(scheme);
        wrong["fields"]["recovery_email"] = json!("quelquun@example.com");
        Client::of(aix()).post("verify-identity", &wrong).await.is_problem(401, "identity-not-recognised");
    }
}

#[tokio::test]
async fn a2_a_letters_secret_activates_an_account_that_never_had_a_password() {
    let person = Person::of("aix-marseille", Kind::NeverActivated);
    let code = letter(&person, "a2");
    let mut client = Client::of(aix());
    let state = client.post("verify-identity", &person.statement_by("activation")).await;
    assert_eq!(kinds(&state.is_at("choose-method").body), ["letter", "desk"]);
    let armed = client.send("letter").await;
    assert_eq!(armed.is_at("enter-code").body["code"]["length"], 12);
    let slip = if code.starts_with('2') { code.replacen('2', "3", 1) } else { format!("2{}", &code[1..]) };
    client.confirm(&slip).await.is_problem(422, "invalid-fields");
    let state = client.confirm(&code.to_lowercase().replace(' ', "-")).await;
    assert_eq!(state.is_at("set-password").body["account"]["email"], person.academic_email());
    client.set_password(PASSWORD).await.is_at("done");
    assert!(aix().signs_in(person.academic_email(), PASSWORD).await);
}

#[tokio::test]
async fn a2_a_letter_is_good_once_and_not_after_it_was_revoked() {
    let (used, revoked) = (
        Person::of("aix-marseille", Kind::NeverActivated),
        Person::of("aix-marseille", Kind::NeverActivated),
    );
    let begin = async |person: &Person, code: &str| {
        let mut client = Client::of(aix());
        client.post("verify-identity", &person.statement_by("activation")).await.is_at("choose-method");
        client.send("letter").await.is_at("enter-code");
        (client.confirm(code).await, client)
    };
    let code = letter(&used, "once");
    let (proven, mut client) = begin(&used, &code).await;
    proven.is_at("set-password");
    let (proven, mut late) = begin(&used, &code).await;
    proven.is_at("set-password");
    client.set_password(PASSWORD).await.is_at("done");
    late.set_password("Sainte-Victoire-9").await.is_problem(401, "session-missing");
    begin(&used, &code).await.0.is_problem(422, "code-incorrect");
    assert!(!aix().signs_in(used.academic_email(), "Sainte-Victoire-9").await);

    let code = letter(&revoked, "revoked");
    let (proven, mut client) = begin(&revoked, &code).await;
    proven.is_at("set-password");
    aix().recupctl(&["revoke", &revoked["person_id"], "--letter", "--reason", "lettre revenue"]);
    client.set_password(PASSWORD).await.is_problem(401, "session-missing");
    begin(&revoked, &code).await.0.is_problem(422, "code-incorrect");
    assert!(!aix().signs_in(revoked.academic_email(), PASSWORD).await);
}

#[tokio::test]
async fn a3_letter_assistance_and_recovery_address_are_three_ways_in() {
    let text = aix().text_of("/").await;
    for way in ["M'auto dépanner", "Par mon adresse de secours", "Par courrier", "Par l'assistance technique"]
    {
        assert!(text.contains(way), "{way}");
    }
    let person = with_address();
    proven(&person).await;

    let issued = [
        ("letter", letter(&person, "a3")),
        ("desk", issued_code_in(&aix().recupctl(&["desk-code", &person["person_id"], "--reason", "appel"]))),
    ];
    for (route, code) in issued {
        let mut statement = person.statement_by("activation");
        statement["route"] = json!(route);
        let mut client = Client::of(aix());
        let state = client.post("verify-identity", &statement).await;
        assert_eq!(kinds(&state.is_at("choose-method").body), [route]);
        client.send(route).await.is_at("enter-code");
        client.confirm("12345678").await.is_problem(422, "invalid-fields");
        client.confirm(&code).await.is_at("set-password");
        client.set_password(&format!("{PASSWORD}-{route}")).await.is_at("done");
    }
    assert!(aix().signs_in(person.academic_email(), "Calanques-7-Mistral-desk").await);
}

#[tokio::test]
async fn a3_letter_and_desk_stay_open_when_the_ordinary_way_is_used_up() {
    let person = with_address();
    for _ in 0..5 {
        Client::identified(aix(), &person).await;
    }
    Client::of(aix()).verify(&person).await.is_problem(429, "too-many-attempts");
    for route in ["letter", "desk"] {
        let mut statement = person.statement();
        statement["route"] = json!(route);
        Client::of(aix()).post("verify-identity", &statement).await.is_at("choose-method");
    }
    let mut unknown = person.statement();
    unknown["route"] = json!("pigeon");
    Client::of(aix()).post("verify-identity", &unknown).await.is_problem(422, "invalid-fields");
}

#[tokio::test]
async fn a4_a_code_of_six_characters_is_typed_back_as_people_type() {
    let person = with_address();
    let (mut client, code) = Client::with_code(aix(), &person, "email").await;
    let format = client.state().await.body["code"].clone();
    assert_eq!((&format["length"], &format["alphabet"]), (&json!(6), &json!("letters-and-digits")));
    let typed = format!(" {}-{} ", code[..3].to_lowercase(), &code[3..]);
    client.confirm(&typed).await.is_at("set-password");
}

#[tokio::test]
async fn a5_a_password_is_set_and_reset() {
    let person = with_address();
    proven(&person).await.set_password(PASSWORD).await.is_at("done");
    proven(&person).await.set_password("Sainte-Victoire-9").await.is_at("done");
    assert!(aix().signs_in(person.academic_email(), "Sainte-Victoire-9").await);
    assert!(!aix().signs_in(person.academic_email(), PASSWORD).await);
}

#[tokio::test]
async fn a6_the_help_page_knows_sign_in_trouble_and_mail_settings() {
    let text = aix().text_of("/aide/").await;
    for word in
        ["imap.ac-aix-marseille.fr", "993", "smtp.ac-aix-marseille.fr", "465", "cookies", "rectorat", "NUMEN"]
    {
        assert!(text.contains(word), "{word}");
    }
}

#[tokio::test]
async fn a7_a_forgotten_identifier_is_shown_and_the_person_may_stop_there() {
    let person = with_address();
    proven(&person).await.set_password(PASSWORD).await.is_at("done");
    let (mut client, code) = {
        let mut client = Client::of(aix());
        client.post("verify-identity", &person.statement_by("numen")).await.is_at("choose-method");
        let code = client.send_and_read(&person, "email").await;
        (client, code)
    };
    let state = client.confirm(&code).await;
    assert_eq!(state.is_at("set-password").body["account"]["email"], person.academic_email());
    assert_eq!(client.logout().await.status, 204);
    assert!(aix().signs_in(person.academic_email(), PASSWORD).await, "nothing was changed");
    assert!(aix().text_of("/mot-de-passe/").await.contains("identifiant"));
}

//! ECEPS, a school on Microsoft 365: the rows E1 to E8 of the mission, over HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_tests::{Client, Kind, Person, Stack, issued_code_in, stack_of};
use serde_json::{Value, json};

const PASSWORD: &str = "Gaufres-8-Meuse";

fn eceps() -> &'static Stack {
    stack_of("eceps")
}

fn complete() -> Person {
    Person::of("eceps", Kind::Complete)
}

/// A client of somebody who proved one method by e-mail.
async fn halfway(person: &Person) -> Client {
    let (mut client, code) = Client::with_code(eceps(), person, "email").await;
    client.confirm(&code).await.is_at("choose-method");
    client
}

/// A client of somebody who proved both methods.
async fn proven(person: &Person) -> Client {
    let mut client = halfway(person).await;
    let code = client.send_and_read(person, "sms").await;
    client.confirm(&code).await.is_at("set-password");
    client
}

#[tokio::test]
async fn e1_a_recovery_starts_from_the_sign_in_address_alone() {
    let text = eceps().text_of("/identifier/").await;
    assert!(text.contains("Votre compte n'est pas accessible ?"), "{text}");
    let person = complete();
    let mut typed = person.statement();
    typed["fields"]["email"] = json!(format!("  {} ", person.academic_email().to_uppercase()));
    let state = Client::of(eceps()).post("verify-identity", &typed).await;
    assert_eq!(state.is_at("choose-method").body["methods_required"], 2);
    assert!(!state.body.to_string().contains(person.academic_email()), "nothing is shown before proof");
}

#[tokio::test]
async fn e2_mail_sms_and_call_are_offered_with_masked_hints() {
    let person = complete();
    let state = Client::of(eceps()).verify(&person).await;
    let shown = |kind: &str, member: &str| {
        let methods = state.body["methods"].as_array().unwrap();
        methods.iter().find(|method| method["kind"] == kind).unwrap()[member].clone()
    };
    let (local, domain) = person.email().split_once('@').unwrap();
    let first = local.chars().next().unwrap();
    assert_eq!(shown("email", "hint"), format!("{first}*****@{domain}"));
    let end = &person.phone()[person.phone().len() - 2..];
    assert_eq!(
        (shown("sms", "hint"), shown("voice", "hint")),
        (json!(format!("*****{end}")), shown("sms", "hint"))
    );
    assert_eq!(shown("desk", "hint"), "");
    let asked = ["email", "sms", "voice", "desk"].map(|kind| shown(kind, "confirm_required"));
    assert_eq!(asked, [false, true, true, false].map(Value::from));
}

#[tokio::test]
async fn e3_nothing_goes_to_a_number_that_was_not_typed_in_full() {
    let person = complete();
    let mut client = Client::identified(eceps(), &person).await;
    for kind in ["sms", "voice"] {
        client.send(kind).await.is_problem(422, "invalid-fields");
        let wrong = client.send_typed(kind, "+32470000001").await;
        assert_eq!(wrong.is_problem(422, "contact-mismatch").body["attempts_left"], 2);
    }
    assert!(eceps().outbox(person.phone()).await.is_empty());
    let national = person.phone().replace("+32", "0");
    client.send_typed("sms", &national).await.is_at("enter-code");
    assert_eq!(eceps().outbox(person.phone()).await.len(), 1);
}

#[tokio::test]
async fn e3_a_call_says_the_code_for_the_number_that_was_typed() {
    let person = complete();
    let mut client = Client::identified(eceps(), &person).await;
    let code = client.send_and_read(&person, "voice").await;
    assert_eq!(eceps().outbox(person.phone()).await[0]["channel"], "voice");
    client.confirm(&code).await.is_at("choose-method");
}

#[tokio::test]
async fn e4_a_code_is_asked_for_again_replaced_by_another_method_or_given_up() {
    let text = eceps().text_of("/code/").await;
    for word in ["Réessayer", "courriers indésirables", "Contacter l'administrateur", "Annuler"] {
        assert!(text.contains(word), "{word}");
    }
    let person = complete();
    let (mut client, by_mail) = Client::with_code(eceps(), &person, "email").await;
    let wait = client.send("email").await.is_problem(429, "resend-too-soon").retry_after().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    let by_sms = client.send_and_read(&person, "sms").await;
    client.confirm(&by_mail).await.is_problem(422, "code-incorrect");
    let before = client.clone();
    assert_eq!(client.logout().await.status, 204);
    before.clone().confirm(&by_sms).await.is_problem(401, "session-missing");
}

#[tokio::test]
async fn e5_two_different_contacts_are_proven_in_turn() {
    let person = complete();
    let mut client = halfway(&person).await;
    let state = client.state().await;
    assert_eq!((&state.body["methods_confirmed"], &state.body["methods_required"]), (&json!(1), &json!(2)));
    client.send("email").await.is_problem(409, "wrong-step");
    client.set_password(PASSWORD).await.is_problem(409, "wrong-step");
    let code = client.send_and_read(&person, "sms").await;
    client.confirm(&code).await.is_at("set-password");
}

#[tokio::test]
async fn e5_an_sms_and_a_call_to_one_number_are_one_proof() {
    let person = complete();
    let mut client = Client::identified(eceps(), &person).await;
    let code = client.send_and_read(&person, "sms").await;
    client.confirm(&code).await.is_at("choose-method");
    assert_eq!(client.method("voice").await["confirmed"], true);
    client.send_typed("voice", person.phone()).await.is_problem(409, "wrong-step");
}

#[tokio::test]
async fn e6_eight_characters_of_three_classes_without_the_name_are_accepted() {
    let person = complete();
    let mut client = proven(&person).await;
    let rules = &client.state().await.body["password"].clone();
    assert_eq!(*rules, json!({"min": 8, "max": 256, "classes": 3, "unicode": false}));
    let refused = async |client: &mut Client, password: &str, code: &str| {
        let answer = client.set_password(password).await;
        let errors = answer.is_problem(422, "password-rejected").body["errors"].to_string();
        assert!(errors.contains(code), "{password}: {errors}");
    };
    refused(&mut client, "tR7#kq2", "too-short").await;
    refused(&mut client, "tr7hkq2zpw", "too-few-classes").await;
    refused(&mut client, &"tR7#".repeat(65), "too-long").await;
    let family = person["display_name"].split(' ').next_back().unwrap().to_owned();
    let plain: String = family.chars().filter(char::is_ascii_alphabetic).collect();
    if plain.len() == family.len() && plain.len() > 3 {
        refused(&mut client, &format!("{plain}-7Kq#w"), "contains-personal-data").await;
    }
    client.set_password("tR7#kq2Z").await.is_at("done");
    assert!(eceps().signs_in(person.academic_email(), "tR7#kq2Z").await);
}

#[tokio::test]
async fn e7_success_leads_to_the_sign_in_page_and_both_contacts_are_told() {
    let person = complete();
    let done = proven(&person).await.set_password(PASSWORD).await;
    assert!(done.is_at("done").body["sign_in_url"].as_str().unwrap().starts_with("https://"));
    assert!(eceps().text_of("/termine/").await.contains("Votre mot de passe"));
    for contact in [person.email(), person.phone()] {
        let newest = eceps().outbox(contact).await[0]["text"].as_str().unwrap().to_owned();
        assert!(newest.contains("chang"), "{newest}");
    }
    assert!(eceps().signs_in(person.academic_email(), PASSWORD).await);
}

#[tokio::test]
async fn e8_who_recognises_no_method_goes_to_the_office_and_comes_back_with_a_desk_code() {
    assert!(eceps().text_of("/methode/").await.contains("Je n'ai plus accès à ces moyens"));
    for kind in [Kind::Complete, Kind::WithoutContact] {
        let person = Person::of("eceps", kind);
        let told = eceps().recupctl(&["desk-code", &person["person_id"], "--reason", "carte vue"]);
        let code = issued_code_in(&told);
        let mut statement = person.statement();
        statement["route"] = json!("desk");
        let mut client = Client::of(eceps());
        let state = client.post("verify-identity", &statement).await;
        assert_eq!(state.is_at("choose-method").body["methods_required"], 1);
        assert_eq!(state.body["methods"].as_array().unwrap().len(), 1, "{}", state.body);
        let armed = client.send("desk").await;
        assert_eq!(armed.is_at("enter-code").body["code"]["alphabet"], "base32");
        client.confirm(&code).await.is_at("set-password");
        client.set_password(PASSWORD).await.is_at("done");
        assert!(eceps().signs_in(person.academic_email(), PASSWORD).await);

        let mut again = Client::of(eceps());
        again.post("verify-identity", &statement).await.is_at("choose-method");
        again.send("desk").await.is_at("enter-code");
        again.confirm(&code).await.is_problem(422, "code-incorrect");
    }
}

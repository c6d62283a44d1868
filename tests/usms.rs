//! Université Sultan Moulay Slimane: the rows U1 to U7 of the mission, over HTTP. `journeys.rs` goes further.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_aws::{dump_table, dynamodb};
use recupmail_config::{Environment, Table};
use recupmail_tests::{Client, Kind, Person, Stack, stack, usms_without_codes};
use serde_json::json;
use std::path::Path;

const PASSWORD: &str = "Tagine-7-citrons";

#[tokio::test]
async fn u1_the_presentation_page_names_the_university_in_three_scripts() {
    let text = stack().text_of("/").await;
    for name in ["Université Sultan Moulay Slimane", "جامعة السلطان مولاي سليمان", "ⵜⴰⵎⴻⵔⴰⵏⵜ ⵏ ⵓⵎⵓⵏⵓⵏ ⵓⵙⵎⵓⵙ"]
    {
        assert!(text.contains(name), "{name}");
    }
    assert!(text.contains("Microsoft Office 365") && text.contains("Tous droits réservés"), "{text}");
    let page = stack().page("/").await;
    let logo = page.split("src=\"").nth(2).and_then(|rest| rest.split('"').next()).unwrap();
    assert!(stack().page(logo).await.contains("<svg"), "{logo}");
}

#[tokio::test]
async fn u2_apogee_massar_and_birth_date_prove_a_student_and_no_wrong_field_is_named() {
    let person = Person::take(Kind::Complete);
    let text = stack().text_of("/identifier/").await;
    for label in ["N° Apogée", "Code Massar", "Date de naissance", "AAAA-MM-JJ"] {
        assert!(text.contains(label), "{label}");
    }
    let mut answers = Vec::new();
    for (field, value) in [("apogee", "29999999"), ("massar", "Z999999999"), ("birth_date", "1968-05-13")] {
        let mut wrong = person.statement();
        wrong["fields"][field] = json!(value);
        let mut answer = Client::of(stack()).post("verify-identity", &wrong).await;
        answer.is_problem(401, "identity-not-recognised");
        answer.body["request_id"] = json!("");
        answers.push(answer.body);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
    Client::of(stack()).verify(&person).await.is_at("choose-method");
}

#[tokio::test]
async fn u3_the_terms_are_required_never_ticked_beforehand_and_their_version_is_kept() {
    let page = stack().page("/identifier/").await;
    let checkbox = page.split("type=\"checkbox\"").nth(1).and_then(|rest| rest.split('>').next()).unwrap();
    assert!(checkbox.contains("required") && !checkbox.contains("checked"), "{checkbox}");
    let text = stack().text_of("/identifier/").await;
    assert!(text.contains("09-08") && text.contains("CNDP"), "{text}");

    let person = Person::take(Kind::Complete);
    let mut statement = person.statement();
    statement["terms_accepted"] = json!(false);
    Client::of(stack()).post("verify-identity", &statement).await.is_problem(422, "terms-not-accepted");
    statement["terms_accepted"] = json!(true);
    statement["terms_version"] = json!("2019-01-01");
    Client::of(stack()).post("verify-identity", &statement).await.is_problem(422, "terms-not-accepted");

    Client::proven(stack(), &person).await.set_password(PASSWORD).await.is_at("done");
    let environment: Environment = stack().variables().into_iter().collect();
    let client = dynamodb(&environment.dynamodb().unwrap());
    let records = dump_table(&client, &environment.table(Table::Audit).unwrap()).await.unwrap();
    let changed: Vec<&String> = records.iter().filter(|record| record.contains("password-changed")).collect();
    assert!(!changed.is_empty() && changed.iter().all(|record| record.contains("S(\"2025-09-01\")")));
}

#[tokio::test]
async fn u4_name_and_academic_address_are_shown_once_the_student_is_proven_and_not_before() {
    let person = Person::take(Kind::Complete);
    let (mut client, code) = Client::with_code(stack(), &person, "sms").await;
    assert!(!client.state().await.body.to_string().contains(person.academic_email()));
    let state = client.confirm(&code).await;
    assert_eq!(state.is_at("set-password").body["account"]["email"], person.academic_email());
    assert_eq!(state.body["account"]["display_name"], person["display_name"]);
}

#[tokio::test]
async fn u5_a_new_password_replaces_the_old_one_and_the_power_button_signs_out() {
    let person = Person::take(Kind::Complete);
    Client::proven(stack(), &person).await.set_password(PASSWORD).await.is_at("done");
    let mut client = Client::proven(stack(), &person).await;
    client.set_password("Couscous-4-pruneaux").await.is_at("done");
    assert!(stack().signs_in(person.academic_email(), "Couscous-4-pruneaux").await);
    assert!(!stack().signs_in(person.academic_email(), PASSWORD).await);

    let mut leaving = Client::proven(stack(), &person).await;
    let before = leaving.clone();
    assert_eq!(leaving.logout().await.status, 204);
    before.clone().set_password(PASSWORD).await.is_problem(401, "session-missing");
    for word in ["Masquer", "Mettre à jour le mot de passe", "Se déconnecter"] {
        assert!(stack().page("/mot-de-passe/").await.contains(word), "{word}");
    }
}

#[tokio::test]
async fn u6_the_last_page_says_how_to_sign_in_and_another_what_the_account_brings() {
    let text = stack().text_of("/termine/").await;
    for step in ["https://www.office.com/?auth=2", "Suivant", "Se connecter"] {
        assert!(text.contains(step), "{step}");
    }
    let text = stack().text_of("/avantages/").await;
    for benefit in ["Outlook", "OneDrive", "Teams", "ELOGHA-SUP", "Moodle", "Word, Excel, PowerPoint"] {
        assert!(text.contains(benefit), "{benefit}");
    }
    let done = Client::proven(stack(), &Person::take(Kind::Complete)).await.set_password(PASSWORD).await;
    assert_eq!(done.is_at("done").body["sign_in_url"], "https://www.office.com/?auth=2");
}

#[tokio::test]
async fn u7_no_code_is_asked_where_the_file_says_so_and_the_checks_warn_of_it() {
    let folder = usms_without_codes();
    let stack: &'static Stack = Box::leak(Box::new(Stack::start(&[("INSTITUTION", &folder)])));
    let person = Person::take(Kind::Complete);
    let mut client = Client::of(stack);
    let state = client.verify(&person).await;
    assert_eq!(state.is_at("set-password").body["methods_required"], 0);
    assert_eq!(state.body["account"]["email"], person.academic_email());
    client.set_password(PASSWORD).await.is_at("done");
    assert!(stack.signs_in(person.academic_email(), PASSWORD).await);
    let institution = recupmail_config::Institution::load(Path::new(&folder)).unwrap();
    let warned = institution.warnings();
    assert!(warned.iter().any(|fault| fault.place.contains("methods_required")), "{warned:?}");
}

//! The help desk: codes, starts, and what is known of a person.

use crate::ctl::recupctl;
use crate::registry::{Student, file_of};
use recupmail_domain::code::ISSUED_CODE;
use recupmail_tests::{Client, Kind, Person, Stack, stack, stack_of};
use serde_json::json;

fn aix() -> &'static Stack {
    stack_of("aix-marseille")
}

#[test]
fn a_desk_code_is_told_once_with_a_reason_and_the_audit_knows() {
    let person = Person::of("aix-marseille", Kind::Complete);
    let id = person["person_id"].as_str();
    let ran = recupctl(aix(), &["desk-code", id]).ends(2);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", "recupctl: a reason is needed: --reason TEXT\n"));
    recupctl(aix(), &["desk-code", id, "--reason", " "]).ends(2);

    let ran = recupctl(aix(), &["desk-code", id, "--reason", "carte vue", "--by", "Zoé"]).ends(0);
    let code = ISSUED_CODE.parse(&ran.out).expect("standard output is the code alone");
    assert!(ran.err.contains(&person["display_name"]) && !ran.err.contains(code.reveal()), "{}", ran.err);
    let known = recupctl(aix(), &["lookup", id, "--json"]).ends(0);
    assert!(!known.out.contains(code.reveal()) && !known.out.contains(ran.out.trim()));
    let known = known.json();
    assert_eq!((&known["issued"][0]["kind"], &known["issued"][0]["state"]), (&json!("desk"), &json!("good")));

    let audit = recupctl(aix(), &["audit", id, "--json"]).ends(0).json();
    assert_eq!(audit[0]["event"], "desk-code-issued");
    assert_eq!((&audit[0]["reason"], &audit[0]["operator"]), (&json!("carte vue"), &json!("Zoé")));
    assert_eq!(known["audit"], audit);
    let shown = recupctl(aix(), &["audit", id]).ends(0).out;
    assert!(shown.contains("desk-code-issued  operator: Zoé  reason: carte vue"), "{shown}");
    recupctl(aix(), &["audit", id, "--since", "2099-01-01"]).ends(1);

    recupctl(aix(), &["revoke", id, "--letter", "--reason", "rien"]).ends(1);
    recupctl(aix(), &["revoke", id, "--all", "--reason", "sac volé"]).ends(0);
    let known = recupctl(aix(), &["lookup", id, "--json"]).ends(0).json();
    assert_eq!(known["issued"][0]["state"], "revoked");
}

#[test]
fn who_may_not_recover_gets_no_desk_code() {
    let denied = Person::of("aix-marseille", Kind::Denied);
    let ran = recupctl(aix(), &["desk-code", &denied["person_id"], "--reason", "insiste"]).ends(2);
    assert!(ran.err.contains("gets no code: recovery is denied to them"), "{}", ran.err);
    let ran = recupctl(aix(), &["desk-code", "nobody", "--reason", "insiste"]).ends(2);
    assert!(ran.err.contains("the registry knows no person_id \"nobody\""), "{}", ran.err);
    let ran = recupctl(stack(), &["desk-code", "usms-0001", "--reason", "insiste"]).ends(2);
    assert!(ran.err.contains("usms takes no desk codes"), "{}", ran.err);
}

#[tokio::test]
async fn who_started_too_often_may_begin_again_once_the_desk_says_so() {
    let person = Person::take(Kind::Complete);
    let id = person["person_id"].as_str();
    for _ in 0..5 {
        Client::identified(stack(), &person).await;
    }
    Client::of(stack()).verify(&person).await.is_problem(429, "too-many-attempts");
    let known = recupctl(stack(), &["lookup", id, "--json"]).ends(0).json();
    assert_eq!(known["starts"][0], json!({"route": "usual", "since_success": 5, "of": 20}));
    recupctl(stack(), &["unlock", id, "--reason", "s'est trompé de numéro"]).ends(0);
    Client::identified(stack(), &person).await;
    let audit = recupctl(stack(), &["audit", id, "--json"]).ends(0).json();
    assert_eq!(audit[0]["event"], "unlocked");
}

#[tokio::test]
async fn a_person_is_found_as_the_site_finds_them_and_shown_without_their_contacts() {
    let person = Person::take(Kind::Complete);
    let fields =
        ["apogee", "massar", "birth_date"].map(|name| format!("{name}={}", person[name].to_lowercase()));
    let mut words = vec!["lookup", "--scheme", "student"];
    words.extend(fields.iter().flat_map(|field| ["--field", field.as_str()]));
    let shown = recupctl(stack(), &words).ends(0).out;
    assert!(shown.contains(&person["display_name"]) && shown.contains("recovery allowed"), "{shown}");
    for contact in [person.email(), person.phone()] {
        assert!(!shown.contains(contact), "{shown}");
    }
    let state = Client::identified(stack(), &person).await.state().await;
    let by_sms =
        state.body["methods"].as_array().unwrap().iter().find(|method| method["kind"] == "sms").unwrap();
    assert!(shown.contains(by_sms["hint"].as_str().unwrap()), "{shown}");
    words.truncate(5);
    let ran = recupctl(stack(), &words).ends(2);
    assert!(
        ran.err.contains("these fields are missing, wrong or unknown: massar, birth_date"),
        "{}",
        ran.err
    );
    words.extend(["--field", "massar=Z000000001", "--field", "birth_date=2004-03-27"]);
    let ran = recupctl(stack(), &words).ends(1);
    assert!(ran.err.contains("the registry knows nobody with these fields together"), "{}", ran.err);
}

#[test]
fn an_import_is_in_the_audit_with_its_counts() {
    let path = crate::ctl::file("audited.csv", file_of(&[&Student::new(3000), &Student::new(3001)]));
    recupctl(stack(), &["import", "--partial", path.to_str().unwrap(), "--by", "Zoé"]).ends(0);
    let audit = recupctl(stack(), &["audit", "--imports", "--json"]).ends(0).json();
    let mut records = audit.as_array().unwrap().iter();
    let ours = records.find(|record| record["operator"] == "Zoé").unwrap();
    assert_eq!((&ours["event"], &ours["written"]), (&json!("registry-imported"), &json!("2")));
}

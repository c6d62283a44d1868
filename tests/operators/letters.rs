//! Letters: what is printed, what is stored, how a batch is ended.

use crate::ctl::{Ran, file, program, recupctl, scratch};
use crate::traces::items_of;
use recupmail_config::Table;
use recupmail_domain::code::ISSUED_CODE;
use recupmail_tests::{Kind, Person, Stack, issued_code_in, stack, stack_of};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn aix() -> &'static Stack {
    stack_of("aix-marseille")
}

/// The names of the batch at the feet of the letters, one for each.
fn batches(html: &str) -> Vec<String> {
    html.split("Lot ").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

fn letter_of(id: &str) -> serde_json::Value {
    let known = recupctl(aix(), &["lookup", id, "--json"]).ends(0).json();
    known["issued"].as_array().unwrap().iter().find(|code| code["kind"] == "letter").unwrap().clone()
}

#[tokio::test]
async fn a_letter_is_all_there_is_to_print_and_the_code_stands_nowhere_else() {
    let person = Person::of("aix-marseille", Kind::NeverActivated);
    let path = scratch("letter.html");
    let words = ["letters", "--out", path.to_str().unwrap(), "--person", &person["person_id"], "--by", "Zoé"];
    let ran = recupctl(aix(), &words).ends(0);
    let html = std::fs::read_to_string(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

    let code = issued_code_in(&html);
    assert_eq!(
        ISSUED_CODE.parse(&code).unwrap().reveal(),
        &code.replace(' ', ""),
        "its check character is right"
    );
    let escaped = person["display_name"].replace('\'', "&#x27;");
    for text in [&escaped, person.academic_email(), "svg+xml;base64,", "@page { size: A4"] {
        assert!(html.contains(text), "{text}");
    }
    assert!(html.contains("<use href=\"#qr\"/>") && html.contains("<symbol id=\"qr\""));
    for source in ["src=\"", "<script", "<link", "url("] {
        assert!(!html.contains(source), "nothing is fetched: {source}");
    }
    let address = format!("{}/courrier/", aix().origin()).replace('/', "&#x2f;");
    assert!(html.contains(&address), "{address}");
    assert!(aix().page("/courrier/").await.contains("NUMEN"), "the address of the letter is a page");

    let batch = batches(&html).pop().unwrap();
    assert!(ran.out.contains(&batch), "{}", ran.out);
    let plain = code.replace(' ', "");
    for said in [&ran.out, &ran.err] {
        assert!(!said.contains(&code) && !said.contains(&plain), "{said}");
    }
    let stored = items_of(aix(), Table::Issued, &person["person_id"]).await;
    assert_eq!(stored.len(), 2, "the code's hash, and who is in the batch");
    assert!(!stored.concat().contains(&plain));
    let audit = recupctl(aix(), &["audit", &person["person_id"], "--json"]).ends(0).json();
    let last = audit.as_array().unwrap().last().unwrap();
    assert_eq!((&last["event"], &last["batch"]), (&"letter-issued".into(), &batch.as_str().into()));
    assert_eq!(last["operator"], "Zoé");

    let ran = recupctl(aix(), &words).ends(2);
    assert!(ran.err.contains("File exists"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), html, "an existing file is never overwritten");
}

#[test]
fn letters_go_to_whom_they_are_meant_for_and_a_letter_in_the_post_stays_good() {
    let (activated, waiting) =
        (Person::of("aix-marseille", Kind::Complete), Person::of("aix-marseille", Kind::NeverActivated));
    let denied = Person::of("aix-marseille", Kind::Denied);
    let ids: Vec<&str> = [&waiting, &activated, &denied].map(|person| person["person_id"].as_str()).into();
    let people = file("people.csv", format!("person_id\n{}\nnobody\n{}\n", ids.join("\n"), ids[0]));
    let print = |name: &str, more: &[&str]| {
        let path = scratch(name);
        let words = ["letters", "--out", path.to_str().unwrap(), "--people", people.to_str().unwrap()];
        let ran = recupctl(aix(), &[words.as_slice(), more].concat()).ends(1);
        (ran, std::fs::read_to_string(&path).unwrap_or_default())
    };
    let (ran, html) = print("waiting.html", &["--never-activated"]);
    assert_eq!(batches(&html).len(), 1, "one page for one person");
    assert!(ran.err.contains("nobody: the registry knows no such person_id"), "{}", ran.err);
    assert!(!ran.err.contains(ids[1]), "who has an account is not meant: {}", ran.err);
    let first = letter_of(ids[0]);

    let (ran, html) = print("others.html", &[]);
    assert_eq!(batches(&html).len(), 1);
    assert!(ran.err.contains(&format!("{}: holds a good letter already", ids[0])), "{}", ran.err);
    assert!(ran.err.contains(&format!("{}: recovery is denied to them", ids[2])), "{}", ran.err);
    assert_eq!(letter_of(ids[0]), first, "the letter in the post is the same");

    let (_, html) = print("replaced.html", &["--replace", "--profile", "staff"]);
    assert_eq!(batches(&html).len(), 2);
    assert_ne!(letter_of(ids[0])["batch"], first["batch"]);
    let former = first["batch"].as_str().unwrap();
    let ran = recupctl(aix(), &["revoke", "--batch", former, "--reason", "remplacée"]).ends(1);
    assert_eq!(ran.out, "0 revoked\n", "an ended letter's batch has no say in the new one");
    assert_eq!(letter_of(ids[0])["state"], "good");
}

#[test]
fn a_batch_is_ended_as_a_whole_and_once() {
    let people = [0; 3].map(|_| Person::of("aix-marseille", Kind::NeverActivated));
    let path = scratch("batch.html");
    let mut words = vec!["letters", "--out", path.to_str().unwrap()];
    for person in &people {
        words.extend(["--person", person["person_id"].as_str()]);
    }
    recupctl(aix(), &words).ends(0);
    let batch = batches(&std::fs::read_to_string(&path).unwrap()).pop().unwrap();
    let ended_before = people[0]["person_id"].as_str();
    recupctl(aix(), &["revoke", ended_before, "--letter", "--reason", "lettre revenue"]).ends(0);

    let revoke = ["revoke", "--batch", &batch, "--reason", "sac postal perdu"];
    assert_eq!(recupctl(aix(), &revoke).ends(0).out, "2 revoked\n");
    assert_eq!(recupctl(aix(), &revoke).ends(1).out, "0 revoked\n");
    for person in &people {
        assert_eq!(letter_of(&person["person_id"])["state"], "revoked");
        let audit = recupctl(aix(), &["audit", &person["person_id"], "--json"]).ends(0).json();
        let ends = audit.as_array().unwrap().iter().filter(|record| record["event"] == "codes-revoked");
        assert_eq!(ends.count(), 1, "{audit}");
    }
    let ran = recupctl(aix(), &["revoke", "--batch", "2026-01-01-0000", "--reason", "rien"]).ends(2);
    assert!(ran.err.contains("there is no batch \"2026-01-01-0000\""), "{}", ran.err);
}

#[test]
fn letters_that_could_not_all_be_printed_are_not_kept_and_can_be_ended() {
    let person = Person::of("aix-marseille", Kind::NeverActivated);
    let path = scratch("failed.html");
    let mut program = program();
    program.args(["letters", "--out", path.to_str().unwrap(), "--person", &person["person_id"]]);
    program.envs(aix().variables()).env("AUDIT_TABLE", "nowhere");
    let ran = Ran::of(program.output().unwrap()).ends(2);
    assert!(!path.exists(), "{}", ran.err);
    let batch = ran.err.split("revoke --batch ").nth(1).unwrap().split(' ').next().unwrap();
    recupctl(aix(), &["revoke", "--batch", batch, "--reason", "not printed"]).ends(1);
    assert_eq!(
        recupctl(aix(), &["lookup", &person["person_id"], "--json"]).json()["issued"],
        serde_json::json!([])
    );
}

#[test]
fn where_no_letter_is_taken_none_is_printed() {
    let path = scratch("usms.html");
    let ran =
        recupctl(stack(), &["letters", "--out", path.to_str().unwrap(), "--person", "usms-0001"]).ends(2);
    assert!(ran.err.contains("usms takes no letter codes: methods.offered"), "{}", ran.err);
    let words = ["letters", "--out", path.to_str().unwrap(), "--person", "nobody"];
    let ran = recupctl(aix(), &words).ends(1);
    assert!(ran.out.starts_with("nobody is to get a letter"), "{}", ran.out);
    assert!(!Path::new(&path).exists());
}

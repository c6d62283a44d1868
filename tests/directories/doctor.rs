//! The doctor looks at directories and changes nobody.

use crate::places::{Place, both};
use recupmail_tests::slapd::{OLD_PASSWORD, SERVICE, SERVICE_PASSWORD, base};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the doctor says of the directories where this stack's variables are changed like this, and its exit code.
fn examine(place: &Place, changes: &[(&str, &str)]) -> (i32, Vec<Value>) {
    let binaries = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned();
    let mut doctor = Command::new(binaries.join("recupctl"));
    doctor.args(["doctor", "--json"]).envs(place.stack.variables()).env("USER", "tests");
    let output = doctor.envs(changes.iter().copied()).output().unwrap();
    for secret in [SERVICE_PASSWORD, OLD_PASSWORD] {
        assert!(!String::from_utf8_lossy(&output.stdout).contains(secret), "no secret is shown");
    }
    let findings: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let directories = |finding: &Value| finding["what"].as_str().unwrap().starts_with("directory");
    (output.status.code().unwrap(), findings.into_iter().filter(directories).collect())
}

/// The stack's institution with this text instead of that.
fn institution_with(place: &Place, name: &str, that: &str, this: &str) -> String {
    let from = PathBuf::from(place.stack.variable("RECUPMAIL_INSTITUTION"));
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&to).unwrap();
    for file in ["ca.pem", "logo.svg"] {
        std::fs::copy(from.join(file), to.join(file)).unwrap();
    }
    let text = std::fs::read_to_string(from.join("institution.toml")).unwrap();
    assert!(text.contains(that), "{that}");
    std::fs::write(to.join("institution.toml"), text.replace(that, this)).unwrap();
    to.display().to_string()
}

#[tokio::test]
async fn directories_in_good_health_are_well_and_nobody_was_changed() {
    let (_alone, place) = both().await;
    place.proxy.take_requests();
    let before = place.slapd.passwords().await;
    let (code, findings) = examine(place, &[]);
    assert!(findings.iter().all(|finding| finding["level"] == "ok"), "{findings:#?}");
    assert_eq!(code, 0);
    let said: Vec<&str> = findings.iter().map(|finding| finding["said"].as_str().unwrap()).collect();
    for words in [
        "the service account signed in",
        "the service account may write passwords",
        "the application was granted a token",
        "the application has the permissions",
        "its clock and ours differ by",
    ] {
        assert!(said.iter().any(|said| said.contains(words)), "{words}: {said:#?}");
    }
    assert!(!place.proxy.take_requests().is_empty(), "the right to write was asked for");
    assert_eq!(place.slapd.passwords().await, before, "nobody was changed");
}

#[tokio::test]
async fn what_is_wrong_with_a_directory_is_found_with_what_to_do() {
    let (_alone, place) = both().await;
    let folder = |name: &str, that: &str, this: &str| institution_with(place, name, that, this);
    let people = base("usms");
    let port = format!("localhost:{}", place.proxy.port);
    let bystander = format!("cn=bystander,ou=services,{}", "dc=univ,dc=example");
    place.slapd.add_service(&bystander, SERVICE_PASSWORD).await;
    let secret = "RECUPMAIL_DIRECTORY_SECRET_ANNUAIRE";
    let institution = "RECUPMAIL_INSTITUTION";
    for (variable, value, directory, said) in [
        (
            secret,
            "another".to_owned(),
            "directory annuaire",
            "the service account was refused with result code 49",
        ),
        (secret, String::new(), "directory annuaire", "there is no password to sign in with"),
        (
            institution,
            folder("stranger", SERVICE, &bystander),
            "directory annuaire",
            "may not write passwords",
        ),
        (
            institution,
            folder("nowhere", &people, "ou=nowhere,dc=univ,dc=example"),
            "directory annuaire",
            "there is nobody with uid",
        ),
        (institution, folder("closed", &port, "localhost:9"), "directory annuaire", "connecting"),
        (institution, folder("no-ca", "\"ca.pem\"", "\"other.pem\""), "directory", "other.pem"),
        (institution, folder("untrusted", ", ca_file = \"ca.pem\"", ""), "directory annuaire", "connecting"),
        ("RECUPMAIL_DIRECTORY_SECRET_M365", "another".to_owned(), "directory m365", "AADSTS7000215"),
        ("RECUPMAIL_ENTRA_ENDPOINT", "http://127.0.0.1:9".to_owned(), "directory m365", "connect"),
    ] {
        let (code, findings) = examine(place, &[(variable, &value)]);
        let found = findings.iter().find(|finding| {
            finding["level"] == "error"
                && finding["what"] == directory
                && finding["said"].as_str().unwrap().contains(said)
        });
        let found = found.unwrap_or_else(|| panic!("{variable}={value}: {said}\n{findings:#?}"));
        assert!(!found["remedy"].as_str().unwrap().is_empty(), "{found}");
        assert_eq!(code, 2, "{variable}={value}");
    }
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_found() {
    let (_alone, place) = both().await;
    // The clock of a stack of tests is set ahead; without that file the doctor's is not.
    let (_, findings) = examine(place, &[("RECUPMAIL_CLOCK_OFFSET_FILE", "")]);
    let clock = |finding: &&Value| finding["said"].as_str().unwrap().contains("ahead of ours");
    let found = findings.iter().find(clock).unwrap_or_else(|| panic!("{findings:#?}"));
    assert_eq!(
        (found["what"].as_str(), found["remedy"].as_str().map(str::is_empty)),
        (Some("directory m365"), Some(false))
    );
}

//! Mistakes in an institution's file: each is made to a shipped one by a small edit, and the message must
//! name the place and say what would be right.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure here is a failed test")]

mod codes;
mod directories;
mod form;
mod limits;
mod presentation;
mod schemes;

use recupmail_config::{Fault, Institution, InstitutionError};
use std::path::Path;

const FILE: &str = "institution.toml";

/// The shipped file, but of pages in French alone: a mistake in a text is then one mistake.
fn shipped(institution: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/institutions");
    let text = std::fs::read_to_string(folder.join(institution).join(FILE)).unwrap();
    edited(&text, "[\"fr\", \"ar\", \"en\"]", "[\"fr\"]")
}

/// The text with the first occurrence replaced; an edit that changes nothing would prove nothing.
fn edited(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from:?} does not stand in the file");
    text.replacen(from, to, 1)
}

fn faults(text: &str) -> Vec<Fault> {
    match Institution::parse(text, Path::new(FILE)) {
        Ok(_) => Vec::new(),
        Err(InstitutionError::Invalid { faults, .. }) => faults,
        Err(other) => panic!("{other}"),
    }
}

/// From the shipped text, to the mistake, the place, and words of the message.
type Mistake = (&'static str, &'static str, &'static str, &'static str);

/// Makes each mistake alone: it is the only fault, and named as it should be.
fn check(institution: &str, mistakes: &[Mistake]) {
    check_text(&shipped(institution), mistakes);
}

fn check_text(text: &str, mistakes: &[Mistake]) {
    assert_eq!(faults(text), []);
    for (from, to, place, words) in mistakes {
        let faults = faults(&edited(text, from, to));
        let [Fault { place: named, reason }] = faults.as_slice() else {
            panic!("{from:?} to {to:?}: not one fault, but {faults:#?}");
        };
        assert_eq!(named, place, "{to:?}: {reason}");
        assert!(reason.contains(words), "{to:?}: {named}: {reason}");
    }
}

#[test]
fn are_all_reported_at_once_one_on_a_line() {
    let mut text = shipped("usms");
    for (from, to) in [("\"+212\"", "\"212\""), ("#0b4f8a", "blue"), ("length = 8", "length = 6")] {
        text = edited(&text, from, to);
    }
    let message = Institution::parse(&text, Path::new("usms/institution.toml")).unwrap_err().to_string();
    let places: Vec<&str> = message.lines().filter_map(|line| line.split(": ").nth(1)).collect();
    assert_eq!(places, ["calling_code", "branding.primary", "code.length"]);
    assert!(message.lines().all(|line| line.starts_with("usms/institution.toml: ")), "{message}");
}

#[test]
fn that_are_allowed_are_warned_of() {
    for (institution, from, to, place, words) in [
        (
            "usms",
            "methods_required = 1",
            "methods_required = 0",
            "profiles.student.methods_required",
            "whoever knows the identity fields gets the account",
        ),
        ("usms", "[\"email\", \"sms\"]", "[\"sms\"]", "methods.offered", "lacks \"email\""),
        ("usms", "[\"email\", \"sms\"]", "[\"email\"]", "methods.countries", "is without effect"),
        ("usms", "\"+212\" = 1000", "\"+33\" = 1000", "methods.countries", "lacks +212"),
    ] {
        let text = edited(&shipped(institution), from, to);
        let institution =
            Institution::parse(&text, Path::new(FILE)).unwrap_or_else(|error| panic!("{error}"));
        let warnings = institution.warnings();
        let [warning] = warnings.as_slice() else { panic!("{to:?}: not one warning, but {warnings:#?}") };
        assert_eq!(warning.place, place);
        assert!(warning.reason.contains(words), "{warning}");
    }
}

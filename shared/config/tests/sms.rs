//! The longest names that a file may hold leave an SMS in one segment.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use recupmail_config::Institution;
use recupmail_texts::{ChangeText, CodeText, Texts};
use std::path::Path;

/// An SMS in the alphabet of GSM 03.38, of which all these texts are.
const SEGMENT: usize = 160;

/// The shipped file with a site's host, an office's address and a short name of these lengths.
fn with_names(host: usize, office: usize, short: usize) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/institutions/usms/institution.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let longer = |end: &str, length: usize| format!("{}{end}", "x".repeat(length - end.len()));
    text.replace("recupmail.usms.ac.ma\" #", &format!("{}\" #", longer(".usms.ac.ma", host)))
        .replace("recupmail-aide@usms.ac.ma", &longer("@usms.ac.ma", office))
        .replace("short_name = \"USMS\"", &format!("short_name = \"{}\"", "X".repeat(short)))
        .replace("length = 8", "length = 10")
}

#[test]
fn the_longest_names_leave_an_sms_in_one_segment() {
    let institution = Institution::parse(&with_names(36, 50, 11), Path::new("institution.toml")).unwrap();
    let texts = Texts::load(&institution.locales).unwrap();
    let code = texts.code_sms(
        "fr",
        &CodeText {
            institution: &institution.short_name,
            institution_name: "",
            display_name: "",
            code: "1234567890",
            minutes: 10,
            began: "14:05",
            host: institution.site.strip_prefix("https://").unwrap(),
            office: "",
        },
    );
    let change = texts.change_sms(
        "fr",
        &ChangeText {
            institution: &institution.short_name,
            institution_name: "",
            when: "21/11/2026 14:05",
            office: &institution.office.email,
        },
    );
    for sms in [code.unwrap(), change.unwrap()] {
        assert!((150..=SEGMENT).contains(&sms.chars().count()), "{}: {sms}", sms.chars().count());
    }
}

#[test]
fn longer_ones_are_refused() {
    for (host, office, short) in [(37, 50, 11), (36, 51, 11), (36, 50, 12)] {
        let text = with_names(host, office, short);
        assert!(Institution::parse(&text, Path::new("institution.toml")).is_err(), "{host} {office} {short}");
    }
}

//! The longest names that a file may hold leave an SMS in one segment.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use jiff::tz::TimeZone;
use recupmail_config::Institution;
use recupmail_domain::clock::Timestamp;
use recupmail_texts::{ChangeText, CodeText, Texts};
use std::ops::RangeInclusive;
use std::path::Path;

/// How long the longest SMS are: one segment in the alphabet of GSM 03.38, two in UCS-2, which Arabic takes.
const LENGTHS: [(&str, RangeInclusive<usize>); 3] = [("fr", 150..=160), ("en", 145..=160), ("ar", 90..=134)];

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
fn the_longest_names_leave_an_sms_in_one_segment_and_an_arabic_one_in_two() {
    let institution = Institution::parse(&with_names(36, 50, 11), Path::new("institution.toml")).unwrap();
    let texts = Texts::load(&LENGTHS.map(|(locale, _)| locale.to_owned())).unwrap();
    let code = CodeText {
        institution: &institution.short_name,
        institution_name: "",
        colour: "",
        display_name: "",
        code: "1234567890",
        minutes: 10,
        began: "14:05",
        host: institution.site.strip_prefix("https://").unwrap(),
        office: "",
    };
    for (locale, lengths) in LENGTHS {
        let noon = Timestamp::from_millis(1_795_262_400_000);
        let change = ChangeText {
            institution: &institution.short_name,
            institution_name: "",
            colour: "",
            when: &texts.day_and_time(locale, noon, &TimeZone::UTC).unwrap(),
            office: &institution.office.email,
        };
        for sms in [texts.code_sms(locale, &code).unwrap(), texts.change_sms(locale, &change).unwrap()] {
            assert!(lengths.contains(&sms.encode_utf16().count()), "{}: {sms}", sms.encode_utf16().count());
        }
    }
}

#[test]
fn longer_ones_are_refused() {
    for (host, office, short) in [(37, 50, 11), (36, 51, 11), (36, 50, 12)] {
        let text = with_names(host, office, short);
        assert!(Institution::parse(&text, Path::new("institution.toml")).is_err(), "{host} {office} {short}");
    }
}

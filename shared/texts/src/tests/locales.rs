//! Locale files say the same things, and times are those of the institution.

use super::*;
use std::collections::BTreeSet;

/// The files as translators write them.
const FILES: [(&str, &str); 3] = [
    ("fr", include_str!("../../locales/fr.toml")),
    ("ar", include_str!("../../locales/ar.toml")),
    ("en", include_str!("../../locales/en.toml")),
];

/// The names of all that a file says.
fn keys(file: &str) -> BTreeSet<String> {
    fn of(table: &toml::Table, path: &str, keys: &mut BTreeSet<String>) {
        for (name, value) in table {
            let path = format!("{path}.{name}");
            match value {
                toml::Value::Table(table) => of(table, &path, keys),
                _ => assert!(keys.insert(path)),
            }
        }
    }
    let mut keys = BTreeSet::new();
    of(&file.parse().unwrap(), "", &mut keys);
    keys
}

#[test]
fn every_locale_has_every_key_and_no_other() {
    let [(_, french), others @ ..] = FILES;
    for (name, file) in others {
        let differing: Vec<_> = keys(file).symmetric_difference(&keys(french)).cloned().collect();
        assert!(differing.is_empty(), "{name}: {differing:?}");
    }
}

#[test]
fn a_missing_and_an_unknown_key_are_refused() {
    for (name, file) in FILES {
        let refused = |file: &str| toml::from_str::<Locale>(file).is_err();
        assert!(!refused(file), "{name}");
        for line in file.lines().filter(|line| line.contains(" = \"")) {
            assert!(refused(&file.replace(line, "")), "{name} without {line}");
            let another = format!("{line}\nanother = \"\"");
            assert!(refused(&file.replace(line, &another)), "{name} with another key after {line}");
        }
    }
}

#[test]
fn nothing_is_empty_and_nothing_speaks_markup() {
    fn texts(value: &toml::Value) -> Vec<&str> {
        match value {
            toml::Value::Table(table) => table.values().flat_map(texts).collect(),
            other => vec![other.as_str().unwrap()],
        }
    }
    for (name, file) in FILES {
        let file = toml::Value::Table(file.parse().unwrap());
        for text in texts(&file) {
            assert!(!text.trim().is_empty() && !text.contains(['<', '&', '[']), "{name}: {text}");
            assert!(!text.contains(turns), "{name} turns by hand: {text}");
        }
    }
}

#[test]
fn who_asks_for_another_language_is_answered_in_the_default_one() {
    let texts = all();
    let title = |locale| texts.problem(locale, "internal").unwrap().title.as_str();
    assert_eq!([title(None), title(Some("zgh"))], [title(Some("fr")); 2]);
    assert!(title(Some("ar")) != title(Some("fr")) && title(Some("en")) != title(Some("fr")));
    let rule = DirectoryRule::History;
    assert_eq!(texts.refusal(None, rule), texts.refusal(Some("fr"), rule));
    assert_ne!(texts.refusal(Some("ar"), rule), texts.refusal(Some("fr"), rule));
    assert_eq!(texts.code_sms("zgh", &CODE).unwrap(), texts.code_sms("fr", &CODE).unwrap());
}

#[test]
fn only_locales_that_are_known_are_loaded() {
    assert!(
        matches!(Texts::load(&["zgh".to_owned()]), Err(TextsError::UnknownLocale(name)) if name == "zgh")
    );
    assert!(matches!(Texts::load(&[]), Err(TextsError::NoLocale)));
}

#[test]
fn times_are_those_of_the_institution_in_the_language_of_the_message() {
    let (texts, paris) = (all(), TimeZone::get("Europe/Paris").unwrap());
    for (locale, moment) in
        [("fr", "21/11/2026 13:00"), ("ar", "21/11/2026 13:00"), ("en", "21 Nov 2026, 13:00")]
    {
        assert_eq!(texts.day_and_time(locale, NOON, &paris).unwrap(), moment);
        assert_eq!(texts.time_of_day(locale, NOON, &paris).unwrap(), "13:00");
    }
}

//! What is no TOML, or has members that are not known, missing or of another type.

use super::{FILE, edited, faults, shipped};
use recupmail_config::Institution;
use std::path::{Path, PathBuf};

#[test]
fn in_the_form_of_the_file_are_named_with_line_and_column() {
    let text = shipped("usms");
    for (from, to, at, words) in [
        ("short_name = ", "shrot_name = ", "shrot_name", "unknown field `shrot_name`, expected one of"),
        ("short_name = \"USMS\"", "short_name = \"USMS", "\nlocales", "invalid basic string"),
        ("id = \"usms\"", "id = \"usms\"\nid = \"again\"", "id = \"again\"", "duplicate key"),
        ("length = 8", "length = \"8\"", "\"8\"", "invalid type: string \"8\", expected a whole number"),
        ("length = 8", "length = 8.5", "8.5", "invalid type: floating point"),
        ("\"digits\"", "\"emoji\"", "\"emoji\"", "expected `digits` or `letters-and-digits`"),
        ("\"sms\"]", "\"fax\"]", "\"fax\"", "unknown variant `fax`"),
        ("kind = \"number\"", "kind = \"shoe\"", "\"shoe\"", "unknown variant `shoe`"),
        ("\"embedded\"", "\"paper\"", "\"paper\"", "unknown variant `paper`"),
        ("accounts = \"embedded\"", "[directories.x.ldap]\nsalt = 1", "salt", "unknown field `salt`"),
        ("accent = ", "aksent = ", "aksent", "unknown field `aksent`"),
        ("sign_in = ", "signin = ", "signin", "unknown field `signin`"),
        ("[mail]", "[limits]\nguesses = true\n[mail]", "true", "invalid type: boolean `true`"),
        ("[mail]", "[privacy]\nlog_days = 3\n[mail]", "log_days", "unknown field `log_days`"),
        ("[directories]\naccounts = \"embedded\"", "", "#:schema", "missing field `directories`"),
        (
            "label.fr = \"N° Apogée\"\nlabel.ar = \"رقم أبوجي (Apogée)\"\nlabel.en = \"Apogée number\"",
            "",
            "[[schemes",
            "missing field `label`",
        ),
    ] {
        let text = edited(&text, from, to);
        let error = Institution::parse(&text, Path::new(FILE)).unwrap_err().to_string();
        let place = format!("institution.toml: TOML parse error at {}\n", position(&text, at));
        assert!(error.starts_with(&place) && error.contains(words), "{to:?}: {error}");
    }
}

/// Where something first stands in a text.
fn position(text: &str, what: &str) -> String {
    let before = &text[..text.find(what).unwrap()];
    let line = before.rsplit('\n').next().unwrap();
    format!("line {}, column {}", before.matches('\n').count() + 1, line.chars().count() + 1)
}

#[test]
fn in_the_encoding_are_named_with_the_line() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (latin, missing) = (folder.join("latin-1.toml"), folder.join("no-such.toml"));
    std::fs::write(&latin, b"id = \"usms\"\nname = \"Universit\xe9\"\n").unwrap();
    let error = Institution::load(&latin).unwrap_err().to_string();
    assert!(error.ends_with("latin-1.toml: line 2 is not UTF-8; save the file in this encoding"), "{error}");
    let error = Institution::load(&missing).unwrap_err().to_string();
    assert!(error.contains("no-such.toml: No such file"), "{error}");
}

#[test]
fn are_none_where_windows_saved_the_file() {
    let windows = format!("\u{FEFF}{}", shipped("usms").replace('\n', "\r\n"));
    assert_eq!(faults(&windows), []);
}

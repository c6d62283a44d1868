//! Profiles, schemes and fields.

use super::{check, edited, faults, shipped};

/// A second scheme, and the title that the first one then needs.
const UNTITLED: &str = r#"
[schemes.other]
kind = "proof"
profile = "student"
fields = [{ id = "apogee", kind = "number", anchor = "every-attempt", label.fr = "N°" }]

[schemes.student]
title.fr = "Carte"
"#;
const OTHER_KIND: &str = r#"
[schemes.other]
kind = "proof"
profile = "student"
title.fr = "Téléphone"
fields = [{ id = "apogee", kind = "phone", anchor = "every-attempt", label.fr = "N°" }]

[schemes.student]
title.fr = "Carte"
"#;

#[test]
fn in_schemes_and_fields() {
    check(
        "usms",
        &[
            ("[schemes.student]", UNTITLED, "schemes.other.title.fr", "is missing"),
            (
                "[schemes.student]",
                OTHER_KIND,
                "schemes.student.fields.apogee.kind",
                "must be \"phone\" as in schemes.other",
            ),
            (
                "[profiles.student]",
                "[profiles.staff]\nmethods_required = 1\n[profiles.student]",
                "profiles.staff",
                "no scheme is for them",
            ),
            ("methods_required = 1", "methods_required = 3", "profiles.student.methods_required", "0 to 2"),
            ("methods_required = 1", "methods_required = -1", "profiles.student.methods_required", "is -1"),
            (
                "profile = \"student\"",
                "profile = \"student\"\nlead.en = \"Card\"",
                "schemes.student.lead.fr",
                "is missing",
            ),
            (
                "profile = \"student\"",
                "profile = \"student\"\nmethods = []",
                "schemes.student.methods",
                "names no method",
            ),
            (
                "profile = \"student\"",
                "profile = \"student\"\nmethods = [\"letter\"]",
                "schemes.student.methods",
                "\"letter\" is not in methods.offered",
            ),
            (
                "profile = \"student\"",
                "profile = \"student\"\nmethods = [\"sms\", \"sms\"]",
                "schemes.student.methods",
                "twice",
            ),
            ("id = \"massar\"", "id = \"apogee\"", "schemes.student.fields.apogee", "stands here twice"),
            ("id = \"massar\"", "id = \"Code Massar\"", "schemes.student.fields.Code Massar", "underscores"),
            ("id = \"massar\"", "id = \"locale\"", "schemes.student.fields.locale", "take another id"),
            (
                "id = \"massar\"",
                "id = \"phone\"",
                "schemes.student.fields.phone.kind",
                "must be \"phone\", which that column",
            ),
            (
                "\"^[0-9]{7,8}$\"",
                "\"^[0-9{7,8}$\"",
                "schemes.student.fields.apogee.pattern",
                "is no regular expression",
            ),
            (
                "\"^[0-9]{7,8}$\"",
                "\"[0-9]{7,8}\"",
                "schemes.student.fields.apogee.pattern",
                "must begin with ^ and end with $",
            ),
            (
                "kind = \"date\"",
                "kind = \"date\"\nanchor = \"failures\"",
                "schemes.student.fields.birth_date.anchor",
                "a date cannot be an anchor",
            ),
            (
                "\"every-attempt\"",
                "\"failures\"",
                "schemes.student.fields",
                "need one with anchor = \"every-attempt\"",
            ),
            ("label.fr = \"N°", "label.de = \"N°", "schemes.student.fields.apogee.label.fr", "is missing"),
            ("hint.fr = \"7", "hint.de = \"7", "schemes.student.fields.apogee.hint.fr", "is missing"),
            (
                "label.fr = \"N° Apogée\"",
                "label.fr = \" \"",
                "schemes.student.fields.apogee.label.fr",
                "is empty",
            ),
        ],
    );
    check(
        "eceps",
        &[
            (
                "[\"email\", \"sms\", \"voice\", \"desk\"]",
                "[\"sms\", \"voice\"]",
                "methods.offered",
                "lead to one contact only",
            ),
            (
                "profile = \"member\"",
                "profile = \"member\"\nmethods = [\"sms\", \"voice\"]",
                "schemes.email.methods",
                "lead to one contact only",
            ),
        ],
    );
}

#[test]
fn in_the_names_of_schemes_and_profiles() {
    let text = shipped("usms");
    for (text, place) in [
        (text.replace("schemes.student", "schemes.Student"), "schemes.Student"),
        (text.replace("profiles.student", "profiles.1st").replace("\"student\"", "\"1st\""), "profiles.1st"),
    ] {
        let faults = faults(&text);
        let [fault] = faults.as_slice() else { panic!("{place}: not one fault, but {faults:#?}") };
        assert_eq!(fault.place, place);
        assert!(fault.reason.contains("lower-case letters"), "{fault}");
    }
}

#[test]
fn that_entail_others_are_named_first() {
    for (from, to, all) in [
        (
            "[\"fr\"]",
            "[\"fr\", \"French\"]",
            &[
                "locales",
                "names.French",
                "office.name.French",
                "office.place.French",
                "schemes.student.fields.apogee.label.French",
                "schemes.student.fields.apogee.hint.French",
                "schemes.student.fields.massar.label.French",
                "schemes.student.fields.massar.hint.French",
                "schemes.student.fields.birth_date.label.French",
                "schemes.student.fields.birth_date.hint.French",
            ][..],
        ),
        ("profile = \"student\"", "profile = \"staff\"", &["schemes.student.profile", "profiles.student"]),
    ] {
        let faults = faults(&edited(&shipped("usms"), from, to));
        let places: Vec<&str> = faults.iter().map(|fault| fault.place.as_str()).collect();
        assert_eq!(places, all);
    }
}

#[test]
fn in_identifier_schemes_of_which_others_know_the_field() {
    let text = edited(&shipped("eceps"), "min = 8 ", "min = 12 ");
    let [fault] = &faults(&edited(&text, "methods_required = 2", "methods_required = 0"))[..] else {
        panic!("not one fault");
    };
    assert_eq!(fault.place, "schemes.email.profile");
    assert!(fault.reason.contains("anybody could take any account"), "{fault}");
}

//! The doctor, on a sound deployment and on broken ones.

use crate::ctl::{Ran, program, recupctl};
use recupmail_tests::{stack, stack_of};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// What the doctor finds where this stack's variables are changed like this.
fn examine(changes: &[(&str, &str)]) -> (i32, Vec<Value>) {
    let mut program = program();
    program.args(["doctor", "--json"]).envs(stack().variables());
    for (name, value) in changes {
        program.env(name, value);
    }
    let ran = Ran::of(program.output().unwrap());
    (ran.code, ran.json().as_array().unwrap().clone())
}

/// A copy of the institution with this text instead of that.
fn institution_with(name: &str, that: &str, this: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("operators").join(name);
    fs::create_dir_all(&folder).unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/institutions/usms");
    let text = fs::read_to_string(shipped.join("institution.toml")).unwrap();
    assert!(text.contains(that), "{that}");
    fs::write(folder.join("institution.toml"), text.replace(that, this)).unwrap();
    fs::copy(shipped.join("logo.svg"), folder.join("logo.svg")).unwrap();
    folder
}

#[test]
fn a_sound_deployment_is_well() {
    for institution in ["usms", "aix-marseille"] {
        let ran = recupctl(stack_of(institution), &["doctor"]).ends(0);
        for what in ["institution", "roots", "challenges", "people", "registry", "mail"] {
            assert!(ran.out.lines().any(|line| line.starts_with(&format!("ok       {what}"))), "{}", ran.out);
        }
    }
    let (code, findings) = examine(&[]);
    assert!(code == 0 && findings.iter().all(|finding| finding["level"] == "ok"), "{findings:#?}");
}

#[test]
fn each_thing_that_is_wrong_is_found_with_what_to_do() {
    let root = stack().variable("RECUPMAIL_REGISTRY_ROOT");
    let session = format!("1:{root}");
    let other = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let careless = institution_with("careless", "methods_required = 1", "methods_required = 0");
    let sender = institution_with("sender", "recupmail@usms.ac.ma", "autre@usms.ac.ma");
    let broken = institution_with("broken", "length = 8", "length = 2");
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let cases = [
        ("RECUPMAIL_REGISTRY_ROOT", "c2hvcnQ=".into(), "error", "roots", "must be 32 bytes in base64"),
        ("RECUPMAIL_SESSION_ROOT", session, "error", "roots", "must not be the same"),
        ("RECUPMAIL_REGISTRY_ROOT", other.into(), "error", "registry", "another RECUPMAIL_REGISTRY_ROOT"),
        ("ISSUED_TABLE", "nowhere".into(), "error", "issued", "nowhere does not exist"),
        ("ISSUED_TABLE", String::new(), "error", "issued", "ISSUED_TABLE is not set"),
        ("AUDIT_TABLE", "recupmail-limits".into(), "error", "audit", "has another key"),
        ("LIMITS_TABLE", "recupmail-people".into(), "warning", "limits", "keeps items after their time"),
        ("ACCOUNTS_TABLE", "recupmail-limits".into(), "error", "accounts", "loses items after their time"),
        ("PEOPLE_TABLE", "recupmail-accounts".into(), "error", "registry", "holds nobody"),
        (
            "AWS_ENDPOINT_URL_DYNAMODB",
            "http://127.0.0.1:9".into(),
            "error",
            "people",
            "DynamoDB is unavailable",
        ),
        ("AWS_ENDPOINT_URL_SES", "http://127.0.0.1:9".into(), "error", "mail", "SES is unavailable"),
        ("AWS_ENDPOINT_URL_SNS", "http://127.0.0.1:9".into(), "error", "SMS", "SNS is unavailable"),
        ("AWS_REGION", String::new(), "error", "AWS", "AWS_REGION is not set"),
        (
            "RECUPMAIL_ORIGINS",
            "https://elsewhere.example".into(),
            "warning",
            "origins",
            "`site` of the institution's",
        ),
        ("RECUPMAIL_ORIGINS", "http://usms.example".into(), "error", "origins", "is no origin"),
        ("RECUPMAIL_INSTITUTION", text(&careless), "warning", "institution", "methods_required: is 0"),
        ("RECUPMAIL_INSTITUTION", text(&sender), "error", "mail", "autre@usms.ac.ma is not verified"),
        ("RECUPMAIL_INSTITUTION", text(&broken), "error", "institution", "code.length"),
        ("RECUPMAIL_INSTITUTION", "/nowhere".into(), "error", "institution", "/nowhere"),
    ];
    for (name, value, level, what, said) in cases {
        let (code, findings) = examine(&[(name, &value)]);
        let found = findings.iter().find(|finding| {
            finding["level"] == level
                && finding["what"] == what
                && finding["said"].as_str().unwrap().contains(said)
        });
        let found = found.unwrap_or_else(|| panic!("{name}={value}: {said}\n{findings:#?}"));
        assert!(!found["remedy"].as_str().unwrap().is_empty(), "{found}");
        let worst = if findings.iter().any(|finding| finding["level"] == "error") { 2 } else { 1 };
        assert_eq!(code, worst, "{name}={value}");
        for secret in [root.as_str(), other] {
            assert!(!findings.iter().any(|finding| finding.to_string().contains(secret)), "no root is shown");
        }
    }
}

#[test]
fn the_schema_that_editors_use_is_the_one_that_is_committed() {
    let committed =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/institutions/institution.schema.json");
    let ran = Ran::of(program().arg("schema").output().unwrap()).ends(0);
    assert_eq!(ran.out, fs::read_to_string(committed).unwrap());
}

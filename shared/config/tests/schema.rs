//! The JSON Schema of the institution's file.
#![cfg(feature = "schema")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_config::institution_schema;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn institutions() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/institutions")
}

fn schema() -> Value {
    serde_json::from_str(&institution_schema()).unwrap()
}

/// The shipped files, as JSON.
fn shipped() -> Vec<(PathBuf, Value)> {
    let folders = std::fs::read_dir(institutions()).unwrap().map(|entry| entry.unwrap().path());
    let files = folders.map(|folder| folder.join("institution.toml")).filter(|file| file.is_file());
    let read = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).unwrap();
        (file, toml::from_str(&text).unwrap())
    };
    files.map(read).collect()
}

#[test]
fn the_committed_schema_is_current() {
    let path = institutions().join("institution.schema.json");
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let committed: Value = serde_json::from_str(&committed).unwrap_or_default();
    assert!(
        committed == schema(),
        "renew it with: cargo run --bin recupctl -- schema > infra/institutions/institution.schema.json"
    );
}

#[test]
fn the_shipped_files_are_valid_under_it() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let files = shipped();
    assert!(files.len() >= 3);
    for (path, file) in files {
        let faults: Vec<String> = validator.iter_errors(&file).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{}: {faults:?}", path.display());
    }
}

#[test]
fn a_misspelt_member_a_wrong_type_and_a_number_out_of_bounds_are_not() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for (place, value) in [
        ("/shrot_name", json!("USMS")),
        ("/branding/colour", json!("#000000")),
        ("/schemes/student/feilds", json!([])),
        ("/code/length", json!("8")),
        ("/code/length", json!(99)),
        ("/code/alphabet", json!("emoji")),
        ("/limits/guesses", json!(50)),
        ("/directories/accounts", json!("paper")),
        ("/directories/accounts", json!({"ldap": {"bind": "cn=a"}})),
        ("/calling_code", json!("212")),
    ] {
        let (_, mut file) = shipped().into_iter().find(|(_, file)| file["id"] == "usms").unwrap();
        file["limits"] = json!({});
        let (parent, name) = place.rsplit_once('/').unwrap();
        file.pointer_mut(parent).unwrap()[name] = value;
        assert!(!validator.is_valid(&file), "{place}");
    }
}

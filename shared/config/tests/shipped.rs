//! The institutions that ship.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_config::Institution;
use std::path::{Path, PathBuf};

fn folders() -> Vec<PathBuf> {
    let institutions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/institutions");
    let entries = std::fs::read_dir(institutions).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

#[test]
fn all_of_them_load_without_a_warning() {
    let folders = folders();
    assert!(folders.len() >= 3);
    for folder in folders {
        let institution = Institution::load(&folder).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(Some(institution.id.as_str()), folder.file_name().and_then(|name| name.to_str()));
        assert_eq!(institution.warnings(), []);
    }
}

#[test]
fn schemes_keep_the_order_of_the_file() {
    let folder = folders().into_iter().find(|folder| folder.ends_with("aix-marseille")).unwrap();
    let rules = Institution::load(&folder).unwrap().rules().unwrap();
    let ids: Vec<&str> = rules.schemes.iter().map(|scheme| scheme.id.as_str()).collect();
    assert_eq!(ids, ["identifiant", "numen", "activation"]);
}

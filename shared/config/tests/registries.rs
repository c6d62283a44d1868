//! The sample registries: whoever copies one may trust that everybody in it can be imported and tried.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure here is a failed test")]

use jiff::civil::Date;
use recupmail_config::Institution;
use recupmail_domain::contact::Contact;
use recupmail_domain::keys::{Key, KeyedHash, RegistryKeys};
use recupmail_domain::registry::{RegistryEntry, Row};
use recupmail_domain::rules::Rules;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

const CONTACTS: [&str; 2] = ["phone", "recovery_email"];

fn sample(institution: &str) -> (Rules, Vec<Row>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/institutions").join(institution);
    let rules = Institution::load(&folder).unwrap().rules().unwrap();
    let mut reader = csv::Reader::from_path(folder.join("registry.csv")).unwrap();
    (rules, reader.deserialize().map(Result::unwrap).collect())
}

fn samples() -> Vec<(&'static str, Rules, Vec<Row>)> {
    let read = |name| {
        let (rules, rows) = sample(name);
        (name, rules, rows)
    };
    ["usms", "eceps", "aix-marseille"].map(read).into()
}

fn ready(row: &Row) -> bool {
    row["recovery"] == "allowed" && !row["directory_id"].is_empty()
}

/// How many rows have each contact.
fn shared(rows: &[Row]) -> HashMap<&str, usize> {
    let mut shared = HashMap::new();
    for contact in rows.iter().flat_map(|row| CONTACTS.map(|column| row[column].as_str())) {
        *shared.entry(contact).or_default() += 1;
    }
    shared
}

/// Under which keys the import puts a person, by scheme.
fn lookups(row: &Row, rules: &Rules) -> BTreeMap<String, KeyedHash> {
    let keys = RegistryKeys::derive(&Key::new([1; 32]));
    let entry = RegistryEntry::read(row, rules, &keys, Date::constant(2026, 11, 22));
    entry.unwrap_or_else(|bad| panic!("{}: {bad}", row["person_id"])).lookups
}

#[test]
fn everybody_can_be_imported_and_nobody_says_what_somebody_else_says() {
    for (name, rules, rows) in samples() {
        assert!(rows.len() >= 240, "{name}");
        let (mut ids, mut said) = (BTreeSet::new(), BTreeSet::new());
        for row in &rows {
            let id = &row["person_id"];
            assert!(ids.insert(id.clone()), "{id} stands there twice");
            for lookup in lookups(row, &rules).into_values() {
                assert!(said.insert(lookup), "{id} says what somebody else says");
            }
        }
    }
}

#[test]
fn contacts_stand_in_normal_form() {
    for (_, rules, rows) in samples() {
        for row in &rows {
            for contact in CONTACTS.map(|column| row[column].as_str()).into_iter().filter(|c| !c.is_empty()) {
                let read = Contact::parse(contact, &rules.calling_code).unwrap();
                assert_eq!(read.as_str(), contact, "{}", row["person_id"]);
            }
        }
    }
}

#[test]
fn addresses_are_those_that_are_kept_for_examples() {
    for (_, _, rows) in samples() {
        for row in rows.iter().filter(|row| !row["recovery_email"].is_empty()) {
            let domain = row["recovery_email"].rsplit('@').next().unwrap();
            assert!(["example.com", "example.org", "example.net"].contains(&domain), "{}", row["person_id"]);
        }
    }
}

#[test]
fn the_first_person_can_try_everything() {
    for (name, rules, rows) in samples() {
        let first = &rows[0];
        assert!(ready(first) && CONTACTS.iter().all(|column| !first[*column].is_empty()), "{name}");
        assert_eq!(lookups(first, &rules).len(), rules.schemes.len(), "{name}");
    }
}

#[test]
fn there_are_enough_people_of_every_kind() {
    for (name, rules, rows) in samples() {
        let shared = shared(&rows);
        let reachable = |row: &Row, column: &str| {
            let contact = Contact::parse(&row[column], &rules.calling_code);
            contact.is_ok_and(|contact| !rules.methods.of(&contact).is_empty())
        };
        let alone = |row: &Row, column: &str| reachable(row, column) && shared[row[column].as_str()] == 1;
        let count = |fits: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| fits(row)).count();
        let by_phone = rules.methods.countries.contains_key(&rules.calling_code);

        let ordinary =
            |row: &Row| ready(row) && alone(row, "recovery_email") && (!by_phone || alone(row, "phone"));
        assert!(count(&ordinary) >= 150, "{name}");
        let unreachable = |row: &Row| ready(row) && !CONTACTS.iter().any(|column| reachable(row, column));
        assert!(count(&unreachable) >= 8, "{name}");
        let sharing = |row: &Row| {
            ready(row) && CONTACTS.iter().any(|c| reachable(row, c) && shared[row[*c].as_str()] > 1)
        };
        assert!(count(&sharing) >= 16, "{name}");
        assert!(count(&|row| row["recovery"] == "denied") >= 12, "{name}");
        assert!(count(&|row| row["recovery"] == "allowed" && row["directory_id"].is_empty()) >= 8, "{name}");
        if by_phone {
            assert!(count(&|row| ready(row) && row["phone"].starts_with("+33")) >= 3, "{name}");
        }
    }
}

#[test]
fn academy_staff_without_a_recovery_address_have_the_scheme_for_activation_alone() {
    let (rules, rows) = sample("aix-marseille");
    let without: Vec<_> = rows.iter().filter(|row| row["recovery_email"].is_empty()).collect();
    assert!(without.iter().filter(|row| row["directory_id"].is_empty()).count() >= 20);
    for row in without {
        let schemes: Vec<String> = lookups(row, &rules).into_keys().collect();
        assert_eq!(schemes, ["activation"], "{}", row["person_id"]);
    }
}

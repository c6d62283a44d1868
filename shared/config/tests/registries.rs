//! The sample registries: whoever copies one may trust that everybody in it can be imported and tried.

use recupmail_config::Institution;
use recupmail_domain::contact::Contact;
use recupmail_domain::identity::IdentityClaim;
use recupmail_domain::keys::{Key, RegistryKeys};
use recupmail_domain::rules::Rules;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

type Row = BTreeMap<String, String>;

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

/// What a person can say of themselves, one claim for each scheme that their columns suffice for.
fn claims(row: &Row, rules: &Rules) -> Vec<IdentityClaim> {
    let schemes = rules.schemes.iter().filter(|scheme| scheme.profile == row["profile"]);
    let claims = schemes.filter_map(|scheme| {
        let fields = scheme.fields.iter().map(|field| (field.id.clone(), row[&field.id].clone()));
        scheme.claim(&fields.collect(), &rules.calling_code).ok()
    });
    claims.collect()
}

#[test]
fn everybody_can_say_who_they_are_and_nobody_says_the_same() {
    let keys = RegistryKeys::derive(&Key::new([1; 32]));
    for (name, rules, rows) in samples() {
        assert!(rows.len() >= 240, "{name}");
        let (mut ids, mut lookups) = (BTreeSet::new(), BTreeSet::new());
        for row in &rows {
            let id = &row["person_id"];
            assert!(ids.insert(id.clone()), "{id} stands there twice");
            let claims = claims(row, &rules);
            assert!(!claims.is_empty(), "{id} has no scheme");
            for claim in claims {
                assert!(lookups.insert(claim.lookup(&keys)), "{id} says what somebody else says");
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
        assert_eq!(claims(first, &rules).len(), rules.schemes.len(), "{name}");
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
        assert_eq!(claims(row, &rules).len(), 1, "{}", row["person_id"]);
    }
}

//! What repeated imports change, and what they leave alone.

use crate::ctl::{Ran, file, import, program, recupctl};
use crate::registry::{Student, file_of};
use crate::traces::items_of;
use recupmail_config::Table;
use recupmail_tests::{people, stack, stack_of};
use serde_json::json;

#[tokio::test]
async fn importing_the_same_again_changes_nothing_not_even_a_sealed_byte() {
    let students: Vec<Student> = (2000..2020).map(Student::new).collect();
    let file = file_of(&students.iter().collect::<Vec<_>>());
    import(stack(), "again.csv", &file).ends(0);
    let before = items_of(stack(), Table::People, students[7].id()).await;
    assert_eq!(before.len(), 2, "what is known of the person, and their record");
    let turned: Vec<&Student> = students.iter().rev().collect();
    let same = turned[3].clone().with("phone", "06 00 00 20 16").with("birth_date", "27/03/2004");
    let same = same.with("birth_date", turned[3].get("birth_date"));
    let again = file_of(&turned).replace(&turned[3].row(), &same.row());
    let ran = import(stack(), "again.csv", again).ends(0);
    assert!(ran.out.starts_with("0 written, 20 unchanged, 0 skipped"), "{}", ran.out);
    let after = items_of(stack(), Table::People, students[7].id()).await;
    assert_eq!(sealed(&after), sealed(&before), "a written profile would be sealed anew");
}

/// What stands in these items as bytes.
fn sealed(items: &[String]) -> Vec<String> {
    let items = items.concat();
    let mut bytes: Vec<_> =
        items.split("inner: ").skip(1).map(|rest| rest.split(' ').next().unwrap().into()).collect();
    bytes.sort();
    bytes
}

#[tokio::test]
async fn a_correction_replaces_the_old_keys_and_a_denial_is_obeyed() {
    let (wrong, stays) = (Student::new(2100), Student::new(2101));
    import(stack(), "corrected.csv", file_of(&[&wrong, &stays])).ends(0);
    wrong.says_who().await.is_at("choose-method");

    let corrected = wrong.clone().with("massar", "Z999002100");
    let ran = import(stack(), "corrected.csv", file_of(&[&corrected, &stays])).ends(0);
    assert!(ran.out.starts_with("1 written, 1 unchanged, 0 skipped"), "{}", ran.out);
    wrong.says_who().await.is_problem(401, "identity-not-recognised");
    corrected.says_who().await.is_at("choose-method");
    assert_eq!(items_of(stack(), Table::People, wrong.id()).await.len(), 2, "nothing old is left");

    let denied = corrected.clone().with("recovery", "denied");
    import(stack(), "corrected.csv", file_of(&[&denied])).ends(0);
    corrected.says_who().await.is_problem(401, "identity-not-recognised");
    let known = recupctl(stack(), &["lookup", denied.id(), "--json"]).ends(0).json();
    assert_eq!(known["recovery"], "denied");
}

#[tokio::test]
async fn people_whose_fields_were_exchanged_are_put_right_whoever_comes_first() {
    for (first, turned) in [(2200, false), (2210, true)] {
        let [a, b, c] = [0, 1, 2].map(|step| Student::new(first + step));
        import(stack(), "exchanged.csv", file_of(&[&a, &b, &c])).ends(0);
        // A ring of two, and one who takes what another leaves.
        let d = Student::new(first + 3);
        let right =
            [a.clone().stating(&b), b.clone().stating(&a), c.clone().stating(&d), d.clone().stating(&c)];
        let mut rows: Vec<&Student> = right.iter().collect();
        if turned {
            rows.reverse();
        }
        let ran = import(stack(), "exchanged.csv", file_of(&rows)).ends(0);
        assert!(ran.out.starts_with("4 written, 0 unchanged, 0 skipped"), "{}", ran.out);
        for student in &right {
            let words =
                ["apogee", "massar", "birth_date"].map(|name| format!("{name}={}", student.get(name)));
            let mut lookup = vec!["lookup", "--json", "--scheme", "student"];
            lookup.extend(words.iter().flat_map(|word| ["--field", word.as_str()]));
            let known = recupctl(stack(), &lookup).ends(0).json();
            assert_eq!(known["academic_email"], student.get("academic_email"));
            assert_eq!(items_of(stack(), Table::People, student.id()).await.len(), 2);
        }
        let ran = import(stack(), "exchanged.csv", file_of(&rows)).ends(0);
        assert!(ran.out.starts_with("0 written, 4 unchanged, 0 skipped"), "{}", ran.out);
    }
}

#[test]
fn a_column_that_slipped_by_a_row_is_put_right_at_once() {
    let right: Vec<Student> = (2600..2800).map(Student::new).collect();
    let next = right.iter().cycle().skip(1);
    let slipped: Vec<Student> =
        right.iter().zip(next).map(|(student, next)| student.clone().stating(next)).collect();
    for (students, result) in
        [(&slipped, "200 written, 0"), (&right, "200 written, 0"), (&right, "0 written, 200")]
    {
        let ran = import(stack(), "slipped.csv", file_of(&students.iter().collect::<Vec<_>>())).ends(0);
        assert!(ran.out.starts_with(&format!("{result} unchanged, 0 skipped")), "{}", ran.out);
    }
}

#[tokio::test]
async fn nobody_takes_the_identity_of_somebody_who_is_not_in_the_file() {
    let holder = Student::new(2300);
    let rival = Student::new(2301).stating(&holder);
    import(stack(), "holder.csv", file_of(&[&holder])).ends(0);
    let ran = import(stack(), "rival.csv", file_of(&[&rival])).ends(1);
    assert!(ran.err.contains(".csv:2: the same identity fields as somebody of the registry"), "{}", ran.err);
    assert_eq!(items_of(stack(), Table::People, rival.id()).await, Vec::<String>::new());
    holder.says_who().await.is_at("choose-method");

    recupctl(stack(), &["forget", holder.id(), "--yes", "--reason", "partie"]).ends(0);
    import(stack(), "rival.csv", file_of(&[&rival])).ends(0);
    let state = rival.says_who().await;
    assert_eq!(state.is_at("choose-method").body["methods"][0]["kind"], "email");
}

#[test]
fn a_changed_contact_is_known_from_now_on_and_the_others_as_long_as_before() {
    let before = Student::new(2400);
    import(stack(), "contacts.csv", file_of(&[&before])).ends(0);
    let contacts =
        || recupctl(stack(), &["lookup", before.id(), "--json"]).ends(0).json()["contacts"].clone();
    let changed = |contacts: &serde_json::Value| {
        let contacts = contacts.as_array().unwrap();
        contacts.iter().map(|contact| contact.get("changed_at").cloned()).collect::<Vec<_>>()
    };
    assert_eq!(changed(&contacts()), [None, None], "a first import is no change");
    let after = before.clone().with("phone", "+212699002400");
    import(stack(), "contacts.csv", file_of(&[&after])).ends(0);
    let since = changed(&contacts());
    assert!(since[0].is_none() && since[1].is_some(), "{since:?}");
    import(stack(), "contacts.csv", file_of(&[&after.clone().with("display_name", "Autre Nom")])).ends(0);
    assert_eq!(changed(&contacts()), since, "another change leaves it as it was");
    import(stack(), "contacts.csv", file_of(&[&before])).ends(0);
    assert!(changed(&contacts())[1].is_some(), "the old number is a changed one too");
}

#[test]
fn who_lacks_a_field_of_one_scheme_keeps_the_others() {
    let aix = stack_of("aix-marseille");
    let registry = std::fs::read_to_string("../infra/institutions/aix-marseille/registry.csv").unwrap();
    let header = registry.lines().next().unwrap();
    let row = |id: &str, email: &str, numen: &str| {
        format!("{id},staff,Aude Essai,{id}@ac-aix-marseille.fr,,allowed,,{email},fr,,{numen},1980-01-02\n")
    };
    let file = [
        &format!("{header}\n"),
        &row("essai-1", "aude@example.org", "13E9999901AAA"),
        &row("essai-2", "", "13E9999902AAA"),
        &row("essai-3", "", ""),
    ]
    .map(String::as_str)
    .concat();
    let ran = import(aix, "schemes.csv", file).ends(1);
    assert!(ran.err.ends_with(".csv:4: identifiant is empty\n"), "{}", ran.err);
    let schemes = |id: &str| recupctl(aix, &["lookup", id, "--json"]).ends(0).json()["schemes"].clone();
    assert_eq!(schemes("essai-1"), json!(["activation", "numen"]));
    assert_eq!(schemes("essai-2"), json!(["activation"]));
    recupctl(aix, &["lookup", "essai-3"]).ends(1);
}

#[test]
fn the_shipped_registries_are_taken_whole_and_twice() {
    for institution in ["usms", "aix-marseille"] {
        let path = format!("infra/institutions/{institution}/registry.csv");
        let result = recupctl(stack_of(institution), &["import", &path, "--json"]).ends(0).json();
        assert_eq!(result["unchanged"], people(institution).len(), "{result}");
    }
}

#[test]
fn a_registry_that_is_away_stops_the_import_and_says_how_it_goes_on() {
    let path = file("away.csv", file_of(&[&Student::new(2500)]));
    let mut program = program();
    program.args(["import", path.to_str().unwrap()]).envs(stack().variables());
    program.env("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9");
    let ran = Ran::of(program.output().unwrap()).ends(2);
    assert!(ran.err.contains("What was imported stays."), "{}", ran.err);
    assert!(ran.err.contains("recupctl: stopped before line 2: DynamoDB is unavailable: "), "{}", ran.err);
}

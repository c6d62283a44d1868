//! Forgetting a person.

use crate::ctl::recupctl;
use crate::traces::items_of;
use recupmail_aws::{dump_table, dynamodb};
use recupmail_config::{Environment, Table};
use recupmail_tests::{Client, Kind, Person, issued_code_in, stack, stack_of};

#[tokio::test]
async fn nothing_is_left_of_a_person_but_the_record_that_they_were_forgotten() {
    let aix = stack_of("aix-marseille");
    let person = Person::of("aix-marseille", Kind::EmailAlone);
    let id = person["person_id"].as_str();
    let path = crate::ctl::scratch("forgotten.html");
    recupctl(aix, &["letters", "--out", path.to_str().unwrap(), "--person", id]).ends(0);
    issued_code_in(&std::fs::read_to_string(path).unwrap());
    recupctl(aix, &["desk-code", id, "--reason", "carte vue"]).ends(0);
    Client::identified(aix, &person).await;
    let tables = [Table::People, Table::Issued, Table::Limits];
    for table in tables {
        assert!(!items_of(aix, table, id).await.is_empty(), "{table:?} knows the person");
    }

    let ran = recupctl(aix, &["forget", id, "--reason", "départ"]).ends(2);
    assert!(ran.err.contains("nobody is here to confirm it; add --yes"), "{}", ran.err);
    recupctl(aix, &["forget", id, "--reason", "départ", "--yes"]).ends(0);
    for table in tables {
        assert_eq!(items_of(aix, table, id).await, Vec::<String>::new(), "{table:?}");
    }
    Client::of(aix).verify(&person).await.is_problem(401, "identity-not-recognised");
    recupctl(aix, &["lookup", id]).ends(1);
    let audit = recupctl(aix, &["audit", id, "--json"]).ends(0).json();
    let last = audit.as_array().unwrap().last().unwrap().as_object().unwrap();
    assert_eq!((&last["event"], &last["reason"]), (&"forgotten".into(), &"départ".into()));
    for value in [&person["display_name"], person.academic_email(), person.email(), &person["numen"]] {
        assert!(!audit.to_string().contains(value), "{value}");
    }
    let ran = recupctl(aix, &["forget", id, "--reason", "encore", "--yes"]).ends(1);
    assert!(ran.err.contains("nothing is kept of"), "{}", ran.err);
    assert_eq!(recupctl(aix, &["audit", id, "--json"]).ends(0).json(), audit, "nothing happened");
}

#[tokio::test]
async fn the_account_goes_with_the_person() {
    let person = Person::take(Kind::Complete);
    let mut client = Client::proven(stack(), &person).await;
    client.set_password("Tagine-7-citrons").await.is_at("done");
    assert!(stack().signs_in(person.academic_email(), "Tagine-7-citrons").await);
    recupctl(stack(), &["forget", &person["person_id"], "--reason", "départ", "--yes"]).ends(0);
    assert!(!stack().signs_in(person.academic_email(), "Tagine-7-citrons").await);
    let environment: Environment = stack().variables().into_iter().collect();
    let account = environment.registry_keys().unwrap().person(&person["person_id"]).to_text();
    let client = dynamodb(&environment.dynamodb().unwrap());
    let accounts = dump_table(&client, &environment.table(Table::Accounts).unwrap()).await.unwrap();
    assert!(!accounts.concat().contains(&account));
}

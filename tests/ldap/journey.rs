//! The whole journey, where the password is written to an LDAP directory.

use crate::places::{NEW_PASSWORD, OTHER_PASSWORD, directory, logged, over_ldaps, over_start_tls};
use recupmail_tests::slapd::OLD_PASSWORD;
use recupmail_tests::{Client, Kind, Person, Stack};

/// A person recovers: before, the directory takes their old password, and afterwards the new one alone.
async fn recovers(stack: &'static Stack, person: &Person) {
    assert!(directory().takes(person, OLD_PASSWORD).await);
    let client = Client::proven(stack, person).await;
    let before = stack.outbox(person.email()).await.len();
    client.clone().set_password(NEW_PASSWORD).await.is_at("done");
    assert!(directory().takes(person, NEW_PASSWORD).await);
    assert!(!directory().takes(person, OLD_PASSWORD).await);
    assert_eq!(stack.outbox(person.email()).await.len(), before + 1, "the person is told");

    client.clone().set_password(NEW_PASSWORD).await.is_at("done");
    client.clone().set_password(OTHER_PASSWORD).await.is_problem(409, "wrong-step");
    assert!(directory().takes(person, NEW_PASSWORD).await);
    assert!(!stack.signs_in(person.academic_email(), NEW_PASSWORD).await, "no table has it");
}

#[tokio::test]
async fn by_ldaps_and_password_modify_the_directory_takes_the_new_password_alone() {
    recovers(over_ldaps(), &Person::take(Kind::Complete)).await;
}

#[tokio::test]
async fn by_start_tls_and_user_password_the_directory_takes_the_new_password_alone() {
    recovers(over_start_tls(), &Person::of("aix-marseille", Kind::EmailAlone)).await;
}

#[tokio::test]
async fn a_person_without_an_account_is_told_to_try_again_and_the_log_says_why() {
    let person = Person::take(Kind::Complete);
    directory().remove(&person).await;
    let mut client = Client::proven(over_ldaps(), &person).await;
    let failed = client.set_password(NEW_PASSWORD).await;
    assert_eq!(failed.is_problem(503, "directory-unavailable").retry_after(), Some(5));
    let line = logged(over_ldaps(), &failed);
    assert!(line.contains("the directory annuaire did not take the password"), "{line}");
    assert!(line.contains("there is no such account"), "{line}");
}

//! Passwords that we take and the directory's own policy does not.

use crate::places::{NEW_PASSWORD, OTHER_PASSWORD, directory, over_ldaps, over_start_tls};
use recupmail_tests::slapd::{LASTING, LEAST_CHARACTERS, OLD_PASSWORD};
use recupmail_tests::{Answer, Client, Kind, Person, Stack, issued_code_in};
use serde_json::json;

/// Long enough for the institutions, too short for the directory.
const SHORT: &str = "Zitoun-9-qirq";

/// Fails unless the directory's rule is what stands in the way, in words of which these are some.
#[track_caller]
fn refused(answer: &Answer, words: &str) {
    answer.is_problem(422, "password-rejected");
    assert_eq!(answer.body["errors"], json!([{"field": "password", "code": "directory-refused"}]));
    let detail = answer.body["detail"].as_str().unwrap();
    assert!(detail.contains(words), "{detail}");
}

/// The directory refuses this password of a person who proved everything; another goes through.
async fn another_goes_through(stack: &'static Stack, person: &Person, password: &str, words: &str) {
    let mut client = Client::proven(stack, person).await;
    let before = stack.outbox(person.email()).await.len();
    refused(&client.set_password(password).await, words);
    assert!(directory().takes(person, OLD_PASSWORD).await, "nothing was changed");
    client.state().await.is_at("set-password");
    assert_eq!(stack.outbox(person.email()).await.len(), before, "nobody is told of a change");
    client.set_password(NEW_PASSWORD).await.is_at("done");
    assert!(directory().takes(person, NEW_PASSWORD).await);
}

#[tokio::test]
async fn a_password_that_the_directory_finds_too_short_is_refused_and_another_goes_through() {
    assert!(SHORT.len() < LEAST_CHARACTERS);
    let person = Person::take(Kind::Complete);
    another_goes_through(over_ldaps(), &person, SHORT, "trop court ou trop simple").await;
}

#[tokio::test]
async fn a_replaced_user_password_is_held_against_the_same_rules() {
    let person = Person::of("aix-marseille", Kind::EmailAlone);
    another_goes_through(over_start_tls(), &person, SHORT, "trop court ou trop simple").await;
}

#[tokio::test]
async fn the_password_that_somebody_has_already_is_refused_and_another_goes_through() {
    let person = Person::take(Kind::Complete);
    another_goes_through(over_ldaps(), &person, OLD_PASSWORD, "a déjà servi").await;
}

#[tokio::test]
async fn a_password_of_earlier_days_is_refused_and_another_goes_through() {
    let person = Person::take(Kind::Complete);
    Client::proven(over_ldaps(), &person).await.set_password(NEW_PASSWORD).await.is_at("done");
    let mut client = Client::proven(over_ldaps(), &person).await;
    refused(&client.set_password(OLD_PASSWORD).await, "a déjà servi");
    client.set_password(OTHER_PASSWORD).await.is_at("done");
    assert!(directory().takes(&person, OTHER_PASSWORD).await);
}

#[tokio::test]
async fn a_password_that_is_too_young_to_be_changed_stays_until_the_directory_allows_it() {
    let person = Person::take(Kind::Complete);
    directory().put_under(&person, LASTING).await;
    Client::proven(over_ldaps(), &person).await.set_password(NEW_PASSWORD).await.is_at("done");
    let mut client = Client::proven(over_ldaps(), &person).await;
    refused(&client.set_password(OTHER_PASSWORD).await, "il y a trop peu de temps");
    assert!(directory().takes(&person, NEW_PASSWORD).await);
    directory().replace(LASTING, "pwdMinAge", "0").await;
    client.set_password(OTHER_PASSWORD).await.is_at("done");
    assert!(directory().takes(&person, OTHER_PASSWORD).await);
}

#[tokio::test]
async fn a_desk_code_is_good_after_a_refused_password_and_used_up_after_a_change() {
    let (stack, person) = (over_start_tls(), Person::of("aix-marseille", Kind::EmailAlone));
    let code = issued_code_in(&stack.recupctl(&["desk-code", &person["person_id"], "--reason", "appel"]));
    let with_code = async || {
        let mut statement = person.statement();
        statement["route"] = json!("desk");
        let mut client = Client::of(stack);
        client.post("verify-identity", &statement).await.is_at("choose-method");
        client.send("desk").await.is_at("enter-code");
        let confirmed = client.confirm(&code).await;
        (client, confirmed)
    };
    let (mut client, confirmed) = with_code().await;
    confirmed.is_at("set-password");
    refused(&client.set_password(SHORT).await, "trop court ou trop simple");

    // The same code opens another session too: it was given back.
    let (mut second, confirmed) = with_code().await;
    confirmed.is_at("set-password");
    client.set_password(NEW_PASSWORD).await.is_at("done");
    assert!(directory().takes(&person, NEW_PASSWORD).await);
    second.set_password(OTHER_PASSWORD).await.is_problem(401, "session-missing");
    with_code().await.1.is_problem(422, "code-incorrect");
    assert!(directory().takes(&person, NEW_PASSWORD).await);
}

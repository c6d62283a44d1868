//! Which passwords a student can set, and what the domain makes of them.

use crate::world::{OLD, World, world};
use recupmail_tests::{Client, Kind, Person};
use serde_json::json;

/// Fails unless the domain lets the person in with this password, and no longer with the old one.
#[track_caller]
fn has_alone(world: &World, person: &Person, password: &str) {
    let principal = &person["directory_id"];
    assert!(world.domain.signs_in(principal, password), "the new password signs in");
    assert!(!world.domain.signs_in(principal, OLD), "the old password signs in no more");
}

/// A student recovers and sets this password.
async fn sets(person: &Person, password: &str) {
    let world = world();
    let mut client = Client::proven(&world.stack, person).await;
    client.set_password(password).await.is_at("done");
    has_alone(world, person, password);
}

#[tokio::test]
async fn a_student_signs_in_to_the_domain_with_the_new_password_and_no_longer_with_the_old_one() {
    let person = Person::take(Kind::Complete);
    assert!(world().domain.signs_in(&person["directory_id"], OLD));
    sets(&person, "Tagine-7-citrons-confits").await;
}

#[tokio::test]
async fn a_password_beyond_ascii_signs_in() {
    sets(&Person::take(Kind::Complete), "Père Noël \"ⵜⴰⵎⴻⵔⴰⵏⵜ\" سليمان 🍋").await;
}

#[tokio::test]
async fn a_password_of_256_characters_signs_in() {
    let words = "Tagine-7-citrons-confits,olives,amandes,";
    let password: String = words.chars().cycle().take(256).collect();
    sets(&Person::take(Kind::Complete), &password).await;
}

#[tokio::test]
async fn what_the_domain_refuses_by_a_rule_of_its_own_is_told_and_another_password_goes_through() {
    let (world, person) = (world(), Person::take(Kind::Complete));
    let mut client = Client::proven(&world.stack, &person).await;
    // It asks for 14 characters; and for three kinds of them, where the university's file asks for one.
    for refused in ["Verger-7-lune", "tagine-citrons-amandes"] {
        let answer = client.set_password(refused).await;
        answer.is_problem(422, "password-rejected");
        assert_eq!(
            answer.body["errors"],
            json!([{"field": "password", "code": "directory-refused"}]),
            "{refused}"
        );
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.contains("trop court ou trop simple"), "{refused}: {detail}");
        assert!(world.domain.signs_in(&person["directory_id"], OLD), "nothing has changed");
    }
    client.set_password("Verger-7-lune-argent").await.is_at("done");
    has_alone(world, &person, "Verger-7-lune-argent");
}

#[tokio::test]
async fn an_account_that_wrong_passwords_locked_is_unlocked_with_the_change() {
    let (world, person) = (world(), Person::take(Kind::Complete));
    let principal = &person["directory_id"];
    for _ in 0..3 {
        assert!(!world.domain.signs_in(principal, "Devine-encore-1"));
    }
    assert_eq!(world.domain.refusal(principal, OLD), "775", "locked, whatever the password");
    sets(&person, "Tagine-7-citrons-confits").await;
}

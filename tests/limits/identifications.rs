//! Identifications: ten a day on each value that names a person, never on a birth date.

use crate::{DAY, aix, by_route, closed_for, eceps, member, teacher, told, with};
use futures_util::future::join;
use recupmail_tests::{Client, Kind, Person, stack};
use serde_json::json;

#[tokio::test]
async fn ten_identifications_count_on_the_first_anchor_right_or_wrong() {
    let person = Person::take(Kind::Complete);
    let wrong = with(person.statement(), "birth_date", "1971-01-01");
    for _ in 0..5 {
        Client::identified(stack(), &person).await;
        told(stack(), &wrong).await.is_problem(401, "identity-not-recognised");
    }
    closed_for(&told(stack(), &wrong).await, "too-many-attempts", &DAY);
}

#[tokio::test]
async fn an_unknown_value_is_closed_as_a_known_one() {
    let known = with(Person::take(Kind::Complete).statement(), "birth_date", "1971-01-01");
    let unknown = with(with(known.clone(), "apogee", "9000001"), "massar", "X000000001");
    for statement in [known, unknown] {
        for _ in 0..10 {
            told(stack(), &statement).await.is_problem(401, "identity-not-recognised");
        }
        closed_for(&told(stack(), &statement).await, "too-many-attempts", &DAY);
    }
}

#[tokio::test]
async fn the_second_anchor_counts_failures_alone_whatever_the_first_one_says() {
    let person = Person::take(Kind::Complete);
    for _ in 0..3 {
        Client::identified(stack(), &person).await;
    }
    for guess in 0..10 {
        let wrong = with(person.statement(), "apogee", &format!("9{guess}000001"));
        told(stack(), &wrong).await.is_problem(401, "identity-not-recognised");
    }
    closed_for(&told(stack(), &person.statement()).await, "too-many-attempts", &DAY);
}

#[tokio::test]
async fn strangers_who_share_a_birth_date_do_not_count_on_it() {
    let person = Person::take(Kind::Complete);
    for n in 0..12 {
        let stranger = with(person.statement(), "apogee", &format!("90001{n:02}"));
        let stranger = with(stranger, "massar", &format!("X0001000{n:02}"));
        told(stack(), &stranger).await.is_problem(401, "identity-not-recognised");
    }
    Client::identified(stack(), &person).await;
}

#[tokio::test]
async fn an_address_is_closed_after_ten_identifications_whatever_starts_the_desk_gives_back() {
    let person = member();
    for _ in 0..2 {
        for _ in 0..5 {
            Client::identified(eceps(), &person).await;
        }
        eceps().recupctl(&["unlock", &person["person_id"], "--reason", "insiste"]);
    }
    closed_for(&told(eceps(), &person.statement()).await, "too-many-attempts", &DAY);
    told(eceps(), &by_route(person.statement(), "desk")).await.is_at("choose-method");
}

#[tokio::test]
async fn an_address_that_nobody_has_is_closed_as_anybodys() {
    let known = member().statement();
    let unknown = with(known.clone(), "email", "jamais.inscrit@eceps.be");
    for n in 0..11 {
        let answers = join(told(eceps(), &known), told(eceps(), &unknown)).await;
        let statuses = (answers.0.status, answers.1.status);
        assert_eq!(statuses, if n < 5 { (200, 200) } else { (429, 429) });
        let waits = (answers.0.retry_after().unwrap_or(0), answers.1.retry_after().unwrap_or(0));
        assert!(waits.0.abs_diff(waits.1) < 5, "{waits:?}");
    }
}

#[tokio::test]
async fn identifier_and_numen_are_closed_after_ten_guesses_at_the_birth_date_and_letters_are_not() {
    let (by_name, by_number) = (teacher(), teacher());
    let wrong = with(by_name.statement_by("identifiant"), "birth_date", "1931-01-01");
    for _ in 0..10 {
        told(aix(), &wrong).await.is_problem(401, "identity-not-recognised");
    }
    closed_for(&told(aix(), &by_name.statement()).await, "too-many-attempts", &DAY);
    told(aix(), &by_route(by_name.statement(), "letter")).await.is_at("choose-method");

    // One NUMEN in two schemes is one anchor.
    for _ in 0..5 {
        for scheme in ["numen", "activation"] {
            let wrong = with(by_number.statement_by(scheme), "birth_date", "1931-01-01");
            told(aix(), &wrong).await.is_problem(401, "identity-not-recognised");
        }
    }
    for scheme in ["numen", "activation"] {
        closed_for(&told(aix(), &by_number.statement_by(scheme)).await, "too-many-attempts", &DAY);
    }
    told(aix(), &by_route(by_number.statement_by("activation"), "letter")).await.is_at("choose-method");
}

#[tokio::test]
async fn a_recovery_address_on_which_ten_failed_is_closed_and_letters_are_not() {
    let person = teacher();
    for n in 0..10 {
        let wrong = with(person.statement(), "identifiant", &format!("zzpersonne{n}"));
        told(aix(), &wrong).await.is_problem(401, "identity-not-recognised");
    }
    for scheme in ["identifiant", "numen"] {
        closed_for(&told(aix(), &person.statement_by(scheme)).await, "too-many-attempts", &DAY);
    }
    for route in ["letter", "desk"] {
        told(aix(), &by_route(person.statement(), route)).await.is_at("choose-method");
    }
    told(aix(), &person.statement_by("activation")).await.is_at("choose-method");
}

#[tokio::test]
async fn letters_and_the_desk_are_closed_after_ten_identifications_of_their_own() {
    let person = teacher();
    let wrong = with(person.statement_by("activation"), "birth_date", "1931-01-01");
    for _ in 0..10 {
        told(aix(), &by_route(wrong.clone(), "letter")).await.is_problem(401, "identity-not-recognised");
    }
    let right = person.statement_by("activation");
    closed_for(&told(aix(), &by_route(right.clone(), "letter")).await, "too-many-attempts", &DAY);
    let desk = told(aix(), &by_route(right, "desk")).await;
    assert_eq!(desk.is_at("choose-method").body["methods"][0]["kind"], json!("desk"));
    Client::identified(aix(), &person).await;
}

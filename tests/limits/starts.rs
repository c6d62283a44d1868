//! Starts: five a day, and twenty between two successes (`time` has those).

use crate::{DAY, by_route, closed_for, eceps, member, told};
use recupmail_tests::{Client, Kind, Person, stack};

#[tokio::test]
async fn a_person_starts_five_challenges_a_day() {
    let person = Person::take(Kind::Complete);
    for _ in 0..5 {
        Client::identified(stack(), &person).await;
    }
    closed_for(&told(stack(), &person.statement()).await, "too-many-attempts", &DAY);
}

#[tokio::test]
async fn a_success_gives_the_days_starts_back() {
    let person = Person::take(Kind::Complete);
    for _ in 0..4 {
        Client::identified(stack(), &person).await;
    }
    Client::proven(stack(), &person).await.set_password("Tagine-7-citrons").await.is_at("done");
    for _ in 0..5 {
        Client::identified(stack(), &person).await;
    }
}

#[tokio::test]
async fn the_desk_has_five_starts_of_its_own_and_its_code_gives_all_starts_back() {
    let person = member();
    let ways = [person.statement(), by_route(person.statement(), "desk")];
    for way in &ways {
        for _ in 0..5 {
            told(eceps(), way).await.is_at("choose-method");
        }
        closed_for(&told(eceps(), way).await, "too-many-attempts", &DAY);
    }
    eceps().recupctl(&["desk-code", &person["person_id"], "--reason", "carte vue"]);
    for way in &ways {
        told(eceps(), way).await.is_at("choose-method");
    }
}

//! The connection that is kept from one person to the next.

use crate::places::{Flawed, NEW_PASSWORD, flawed, flawed_stack};
use recupmail_tests::proxy::Fault;
use recupmail_tests::{Client, Kind, Person};

async fn proven() -> (Person, Client) {
    let person = Person::take(Kind::Complete);
    let client = Client::proven(flawed_stack(), &person).await;
    (person, client)
}

async fn changes(flawed: &Flawed, (person, mut client): (Person, Client)) {
    client.set_password(NEW_PASSWORD).await.is_at("done");
    assert!(flawed.slapd.takes(&person, NEW_PASSWORD).await);
}

#[tokio::test]
async fn a_connection_serves_one_person_after_the_other() {
    let people = [proven().await, proven().await, proven().await];
    let (_alone, flawed) = flawed().await;
    let before = flawed.proxy.accepted();
    for person in people {
        changes(flawed, person).await;
    }
    assert_eq!(flawed.proxy.accepted(), before + 1);
}

#[tokio::test]
async fn nobody_notices_that_the_server_was_restarted_since_the_last_person() {
    let (first, second) = (proven().await, proven().await);
    let (_alone, flawed) = flawed().await;
    changes(flawed, first).await;
    let before = flawed.proxy.accepted();
    flawed.slapd.restart();
    changes(flawed, second).await;
    assert_eq!(flawed.proxy.accepted(), before + 1, "the dead connection was replaced by one");
}

#[tokio::test]
async fn nobody_notices_that_a_firewall_has_forgotten_the_connection() {
    let (first, second) = (proven().await, proven().await);
    let (_alone, flawed) = flawed().await;
    changes(flawed, first).await;
    let before = flawed.proxy.accepted();
    flawed.proxy.set(Fault::Forgotten);
    changes(flawed, second).await;
    assert_eq!(flawed.proxy.accepted(), before + 1, "the silent connection was replaced by one");
}

//! The connection that an instance of the function keeps from one person to the next. The local stack has two
//! dozen instances of each function, so that the one whose connection is looked at runs in this process: the
//! real step, as the stack's functions have it wired.

use crate::places::{Flawed, NEW_PASSWORD, flawed, flawed_stack};
use lambda_http::Body;
use lambda_http::http::Request;
use recupmail_http::{Step, serve};
use recupmail_tests::proxy::Fault;
use recupmail_tests::{Client, Kind, Person};
use serde_json::json;
use set_password::SetPassword;

/// One instance of the function.
struct Instance(SetPassword);

impl Instance {
    fn new(flawed: &Flawed) -> Self {
        Self(SetPassword::wire(&flawed.stack.variables().into_iter().collect()).unwrap())
    }

    /// Serves somebody who proved everything: the directory has their password afterwards.
    async fn serves(&self, flawed: &Flawed, (person, client): &(Person, Client)) {
        assert_eq!(self.status(client).await, 200);
        assert!(flawed.slapd.takes(person, NEW_PASSWORD).await);
    }

    /// What it answers to the new password of somebody who proved everything.
    async fn status(&self, client: &Client) -> u16 {
        let cookie = format!("__Host-recup={}", client.token.as_ref().unwrap());
        let request = Request::post("/").header("content-type", "application/json").header("cookie", cookie);
        let body = Body::Text(json!({"password": NEW_PASSWORD}).to_string());
        Box::pin(serve(&self.0, &request.body(body).unwrap())).await.status().as_u16()
    }
}

async fn proven() -> (Person, Client) {
    let person = Person::take(Kind::Complete);
    let client = Client::proven(flawed_stack(), &person).await;
    (person, client)
}

#[tokio::test]
async fn one_connection_serves_one_person_after_the_other() {
    let people = [proven().await, proven().await, proven().await];
    let (_alone, flawed) = flawed().await;
    let (instance, before) = (Instance::new(flawed), flawed.proxy.accepted());
    for somebody in people {
        instance.serves(flawed, &somebody).await;
    }
    assert_eq!(flawed.proxy.accepted(), before + 1);
}

#[tokio::test]
async fn nobody_notices_that_the_server_was_restarted_since_the_last_person() {
    let (first, second) = (proven().await, proven().await);
    let (_alone, flawed) = flawed().await;
    let (instance, before) = (Instance::new(flawed), flawed.proxy.accepted());
    instance.serves(flawed, &first).await;
    flawed.slapd.restart();
    instance.serves(flawed, &second).await;
    assert_eq!(flawed.proxy.accepted(), before + 2, "the dead connection was replaced by one");
}

#[tokio::test]
async fn nobody_notices_that_a_firewall_has_forgotten_the_connection() {
    let (first, second) = (proven().await, proven().await);
    let (_alone, flawed) = flawed().await;
    let (instance, before) = (Instance::new(flawed), flawed.proxy.accepted());
    instance.serves(flawed, &first).await;
    flawed.proxy.set(Fault::Forgotten);
    instance.serves(flawed, &second).await;
    assert_eq!(flawed.proxy.accepted(), before + 2, "the silent connection was replaced by one");
}

/// What an answer in doubt leaves behind is not read as the answer to the next person's request.
#[tokio::test]
async fn a_connection_whose_answer_is_in_doubt_serves_nobody_else() {
    let (first, second) = (proven().await, proven().await);
    let (_alone, flawed) = flawed().await;
    let (instance, before) = (Instance::new(flawed), flawed.proxy.accepted());
    flawed.proxy.set(Fault::HoldAnswer);
    assert_eq!(instance.status(&first.1).await, 503);
    flawed.proxy.set(Fault::None);
    instance.serves(flawed, &second).await;
    assert_eq!(flawed.proxy.accepted(), before + 2, "a new one serves the next");
    instance.serves(flawed, &first).await;
}

//! How often each step goes to DynamoDB. The real steps run in this process against the stack's own
//! services, with a proxy before DynamoDB that counts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

mod wired;

use confirm_code::ConfirmCode;
use logout::Logout;
use recupmail_config::Environment;
use recupmail_http::Step;
use recupmail_tests::{Answer, Charging, Client, Kind, Person, Stack, Units, stack, stack_of};
use send_code::SendCode;
use serde_json::json;
use set_password::SetPassword;
use verify_identity::VerifyIdentity;
use wired::{call, refused};

/// The environment of a stack's functions with a counting proxy before DynamoDB.
async fn counted(stack: &Stack) -> (Charging, Environment) {
    let (dynamodb, url) = Charging::before(stack.variable("AWS_ENDPOINT_URL_DYNAMODB")).await;
    let variables = stack.variables().into_iter().map(|(name, value)| {
        let value = if name == "AWS_ENDPOINT_URL_DYNAMODB" { url.clone() } else { value };
        // Production's own limits: the network is counted too.
        if name == "RECUPMAIL_LOOPBACK_LIMIT" { (name, "300".to_owned()) } else { (name, value) }
    });
    (dynamodb, variables.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_costs_the_calls_that_everybody_costs() {
    let person = Person::of("eceps", Kind::Complete);
    let (dynamodb, environment) = counted(stack_of("eceps")).await;
    let verify = VerifyIdentity::wire(&environment).unwrap();
    let send = SendCode::wire(&environment).unwrap();
    let confirm = ConfirmCode::wire(&environment).unwrap();
    let mut calls = Vec::new();
    for address in ["la.premiere@eceps.be", person.academic_email(), "personne@eceps.be"] {
        let mut statement = person.statement();
        statement["fields"]["email"] = json!(address);
        let mut token = None;
        let mut steps = Vec::new();
        call(&verify, &statement, &mut token).await;
        steps.push(dynamodb.taken().calls);
        for method in ["m1", "desk"] {
            call(&send, &json!({"method": method}), &mut token).await;
            steps.push(dynamodb.taken().calls);
        }
        refused(&confirm, &json!({"code": "1HBC V8AP DYY1"}), &mut token).await;
        steps.push(dynamodb.taken().calls);
        calls.push(steps);
    }
    assert_eq!(calls[1], calls[2], "the first of an instance also reads the registry's summary");
    assert_eq!(
        calls[2],
        [
            vec![
                "GetItem people",
                "PutItem challenges",
                "UpdateItem limits",
                "UpdateItem limits",
                "UpdateItem limits"
            ],
            vec!["GetItem challenges", "UpdateItem challenges", "UpdateItem limits"],
            vec!["GetItem challenges", "GetItem issued", "UpdateItem challenges"],
            vec!["UpdateItem challenges"],
        ],
        "2, 3, 3 and 1 trips"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_step_goes_to_dynamodb_more_often_than_the_handbook_says() {
    let person = Person::take(Kind::Complete);
    let (dynamodb, environment) = counted(stack()).await;
    let mut token = None;

    let cold = VerifyIdentity::wire(&environment).unwrap();
    let mut statement = person.statement();
    call(&cold, &statement, &mut token).await;
    assert_eq!(
        dynamodb.taken().calls,
        [
            "GetItem limits",
            "GetItem people",
            "GetItem people",
            "PutItem challenges",
            "UpdateItem limits",
            "UpdateItem limits",
            "UpdateItem limits",
        ],
        "where the registry's summary was not read at start, the first identification reads it"
    );
    let verify = VerifyIdentity::wire(&environment).unwrap();
    verify.warm_up().await;
    assert_eq!(dynamodb.taken().calls, ["GetItem people"], "at start: the registry's summary");
    statement["locale"] = json!("fr");
    call(&verify, &statement, &mut token).await;
    assert_eq!(
        dynamodb.taken().calls,
        [
            "GetItem limits",
            "GetItem people",
            "PutItem challenges",
            "UpdateItem limits",
            "UpdateItem limits",
            "UpdateItem limits",
        ],
        "2 trips: registry, failed anchor, anchor, network; challenge, start"
    );

    let send = SendCode::wire(&environment).unwrap();
    call(&send, &json!({"method": "m1"}), &mut token).await;
    assert_eq!(
        dynamodb.taken().calls,
        ["GetItem challenges", "UpdateItem challenges", "UpdateItem limits"],
        "3 trips: challenge; destination; challenge"
    );
    let text = stack().outbox(person.email()).await[0]["text"].as_str().unwrap().to_owned();
    let code = text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 8).unwrap();

    let confirm = ConfirmCode::wire(&environment).unwrap();
    call(&confirm, &json!({"code": code}), &mut token).await;
    assert_eq!(dynamodb.taken().calls, ["UpdateItem challenges"], "1 trip");
    call(&confirm, &json!({"code": code}), &mut token).await;
    assert_eq!(dynamodb.taken().calls, ["UpdateItem challenges", "UpdateItem challenges"], "2 for a repeat");

    let grant = token.clone();
    let set = SetPassword::wire(&environment).unwrap();
    call(&set, &json!({"password": "Tagine-7-citrons"}), &mut token).await;
    assert_eq!(
        dynamodb.taken().calls,
        [
            "DeleteItem limits",
            "GetItem challenges",
            "PutItem audit",
            "TransactWriteItems several",
            "UpdateItem challenges",
        ],
        "3 trips: challenge; challenge and account; starts, audit and the mark that all was told"
    );

    token = grant;
    call(&Logout::wire(&environment).unwrap(), &json!({}), &mut token).await;
    assert_eq!(dynamodb.taken().calls, ["UpdateItem challenges"], "1 trip");
}

/// The budget of the handbook's `challenge.md`, step by step.
#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_by_mail_costs_no_more_units_than_the_handbook_says() {
    let (first, person) = (Person::take(Kind::Complete), Person::take(Kind::Complete));
    let (dynamodb, environment) = counted(stack()).await;
    let verify = VerifyIdentity::wire(&environment).unwrap();
    // The first identification of an instance also reads the registry's summary.
    call(&verify, &first.statement(), &mut None).await;
    dynamodb.taken();

    let mut token = None;
    let mut charged = Vec::new();
    call(&verify, &person.statement(), &mut token).await;
    charged.push(("verify-identity", dynamodb.taken().units));
    call(&SendCode::wire(&environment).unwrap(), &json!({"method": "m1"}), &mut token).await;
    charged.push(("send-code", dynamodb.taken().units));
    let text = stack().outbox(person.email()).await[0]["text"].as_str().unwrap().to_owned();
    let code = text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 8).unwrap();
    call(&ConfirmCode::wire(&environment).unwrap(), &json!({"code": code}), &mut token).await;
    charged.push(("confirm-code", dynamodb.taken().units));
    let set = SetPassword::wire(&environment).unwrap();
    call(&set, &json!({"password": "Tagine-7-citrons"}), &mut token).await;
    charged.push(("set-password", dynamodb.taken().units));

    let expected = [
        ("verify-identity", Units { read: 2.0, write: 4.0 }),
        ("send-code", Units { read: 1.0, write: 2.0 }),
        ("confirm-code", Units { read: 0.0, write: 1.0 }),
        ("set-password", Units { read: 1.0, write: 7.0 }),
    ];
    assert_eq!(charged, expected);
    let sum = |of: fn(&Units) -> f64| charged.iter().map(|(_, units)| of(units)).sum::<f64>();
    assert!(sum(|units| units.write) <= 14.0 && sum(|units| units.read) <= 4.0, "{charged:?}");
}

/// A phone waits for one packet, not for two: IPv6 carries 1,280 bytes everywhere (RFC 8200, section 5), of which 60 are
/// headers of its own and TCP's and 22 TLS's. What CloudFront adds is not in this.
#[tokio::test(flavor = "multi_thread")]
async fn each_answer_of_a_recovery_fits_into_one_packet() {
    const PACKET: usize = 1280 - 60 - 22;
    let fits = |answer: &Answer| assert!(answer.bytes() <= PACKET, "{} bytes: {answer:?}", answer.bytes());
    let person = Person::take(Kind::Complete);
    let mut client = Client::of(stack());
    fits(client.verify(&person).await.is_at("choose-method"));
    fits(client.state().await.is_at("choose-method"));
    fits(client.send("email").await.is_at("enter-code"));
    let text = stack().outbox(person.email()).await[0]["text"].as_str().unwrap().to_owned();
    let code = text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 8).unwrap();
    let wrong = if code == "00000000" { "11111111" } else { "00000000" };
    fits(client.confirm(wrong).await.is_problem(422, "code-incorrect"));
    fits(client.confirm(code).await.is_at("set-password"));
    fits(client.set_password("password").await.is_problem(422, "password-rejected"));
    fits(client.set_password("Tagine-7-citrons").await.is_at("done"));
    let left = client.logout().await;
    assert_eq!(left.status, 204);
    fits(&left);
}

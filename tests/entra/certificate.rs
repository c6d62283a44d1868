//! An application that proves itself by certificate.

use crate::{Somebody, by_certificate, logged};
use serde_json::json;
use tokio::sync::Mutex;

/// These tests void tokens and move the clock.
static STACK: Mutex<()> = Mutex::const_new(());

#[tokio::test]
async fn a_certificate_gets_a_token_now_and_when_that_one_has_ended() {
    let _alone = STACK.lock().await;
    let stack = by_certificate();
    let mut first = Somebody::at(stack).await;
    first.client.set_password("Tagine-7-citrons").await.is_at("done");
    assert!(first.signs_in("Tagine-7-citrons").await);
    assert_eq!(first.counted("sessions_revoked").await, 1);
    let requests = stack.told("entra/tokens").await["requests"].as_u64().unwrap();
    let refused = logged(stack).len();

    // A token is good for an hour, and used for five minutes less.
    stack.set_clock_ahead(3400).await;
    let mut next = Somebody::at(stack).await;
    next.client.set_password("Tagine-7-citrons").await.is_at("done");
    assert_eq!(stack.told("entra/tokens").await["requests"], requests + 1);
    assert_eq!(logged(stack).len(), refused, "no token was refused: it was replaced in time");
}

#[tokio::test]
async fn a_certificate_that_was_replaced_changes_nobody() {
    let _alone = STACK.lock().await;
    let stack = by_certificate();
    let mut somebody = Somebody::at(stack).await;
    stack.control("entra/application", &json!({"standing": "replaced"})).await;
    stack.control("entra/tokens", &json!({})).await;
    let answer = somebody.client.set_password("Tagine-7-citrons").await;
    stack.control("entra/application", &json!({"standing": "good"})).await;
    answer.is_problem(503, "directory-unavailable");
    assert!(stack.functions_log().contains("AADSTS700027"));
    assert!(!answer.body.to_string().contains("AADSTS"));
    somebody.client.set_password("Couscous-8-navets").await.is_at("done");
}

#[tokio::test]
async fn unicode_is_refused_before_anything_is_consumed_even_where_the_file_takes_it() {
    let _alone = STACK.lock().await;
    let mut somebody = Somebody::at(by_certificate()).await;
    let refused = somebody.client.set_password("Tagine-7-citrons-confits-é").await;
    refused.is_problem(422, "password-rejected");
    assert_eq!(refused.body["errors"], json!([{"field": "password", "code": "character-not-allowed"}]));
    assert_eq!(somebody.counted("requests").await, 0, "Entra ID was not asked");
    somebody.client.set_password("Tagine-7-citrons").await.is_at("done");
}

//! What the application is granted: tokens are kept, and who is refused one changes nobody.

use crate::{Somebody, alone, by_secret, logged};
use recupmail_tests::{Answer, Stack};
use serde_json::{Value, json};

const FIRST: &str = "Tagine-7-citrons";
const OTHER: &str = "Couscous-8-navets";

/// Changes what the application is granted; tokens that it has are void.
async fn granted(changes: Value) {
    by_secret().control("entra/application", &changes).await;
    by_secret().control("entra/tokens", &json!({})).await;
}

async fn token_requests(stack: &Stack) -> u64 {
    stack.told("entra/tokens").await["requests"].as_u64().unwrap()
}

/// 503 that tells a client nothing of what is behind it.
#[track_caller]
fn tells_nothing(answer: &Answer) {
    answer.is_problem(503, "directory-unavailable");
    let body = answer.body.to_string().to_lowercase();
    for word in ["aadsts", "entra", "microsoft", "graph", "token", "authorization", "secret", "permission"] {
        assert!(!body.contains(word), "{word}: {body}");
    }
}

/// Nothing is written while the application is so; the log says why; then another password goes through.
async fn changes_nobody(changes: Value, said: &str, back: Value) {
    let mut somebody = Somebody::at(by_secret()).await;
    let before = logged(by_secret()).len();
    granted(changes).await;
    let answer = somebody.client.set_password(FIRST).await;
    granted(back).await;
    tells_nothing(&answer);
    let log = logged(by_secret()).split_off(before).join("\n");
    assert!(log.contains(said), "{said}: {log}");
    assert!(!log.contains(somebody.account()) && !log.contains(FIRST), "{log}");
    assert_eq!(somebody.counted("password_set").await, 0);
    somebody.client.set_password(OTHER).await.is_at("done");
    assert!(somebody.signs_in(OTHER).await);
}

#[tokio::test]
async fn a_secret_that_was_replaced_or_is_expired_changes_nobody() {
    let _alone = alone().await;
    let good = json!({"standing": "good"});
    changes_nobody(json!({"standing": "replaced"}), "AADSTS7000215", good.clone()).await;
    changes_nobody(json!({"standing": "expired"}), "AADSTS7000222", good).await;
}

#[tokio::test]
async fn an_application_that_may_not_set_passwords_changes_nobody() {
    let _alone = alone().await;
    let all = ["User-PasswordProfile.ReadWrite.All", "User.RevokeSessions.All"];
    let lacking = json!({"permissions": [all[1]]});
    changes_nobody(lacking, "Authorization_RequestDenied", json!({"permissions": all})).await;
}

#[tokio::test]
async fn a_token_that_is_not_taken_any_more_is_replaced_by_one_that_serves_the_whole_change() {
    let _alone = alone().await;
    // Each instance of the function keeps a token; whichever answers has a void one, or none.
    for _ in 0..3 {
        let mut somebody = Somebody::at(by_secret()).await;
        granted(json!({})).await;
        let before = token_requests(by_secret()).await;
        somebody.client.set_password(FIRST).await.is_at("done");
        assert_eq!(token_requests(by_secret()).await, before + 1);
        assert_eq!(somebody.counted("password_set").await, 1);
        assert_eq!(somebody.counted("sessions_revoked").await, 1);
    }
}

#[tokio::test]
async fn a_token_endpoint_that_is_throttled_or_fails_for_a_moment_is_asked_again() {
    let _alone = alone().await;
    let mut somebody = Somebody::at(by_secret()).await;
    granted(json!({})).await;
    for fault in [json!({"throttle": 1}), json!({"fail": 500}), json!("lost")] {
        by_secret().control("entra/faults", &json!({"at": "token", "fault": fault, "times": 1})).await;
    }
    somebody.client.set_password(FIRST).await.is_at("done");
    assert!(somebody.signs_in(FIRST).await);
}

#[tokio::test]
async fn without_a_token_nothing_was_written_however_the_endpoint_failed() {
    let _alone = alone().await;
    let mut somebody = Somebody::at(by_secret()).await;
    granted(json!({})).await;
    by_secret().control("entra/faults", &json!({"at": "token", "fault": {"fail": 500}, "times": 5})).await;
    tells_nothing(&somebody.client.set_password(FIRST).await);
    assert_eq!(somebody.counted("password_set").await, 0);
    somebody.client.set_password(OTHER).await.is_at("done");
}

#[tokio::test]
async fn while_nobody_answers_there_nothing_is_written() {
    let _alone = alone().await;
    let mut somebody = Somebody::at(by_secret()).await;
    by_secret().take_away("entra").await;
    let answer = somebody.client.set_password(FIRST).await;
    by_secret().bring_back("entra").await;
    tells_nothing(&answer);
    assert_eq!(somebody.counted("requests").await, 0);
    somebody.client.set_password(OTHER).await.is_at("done");
}

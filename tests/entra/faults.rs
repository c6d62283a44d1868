//! Entra ID on a bad day: in each case the journey ends in "changed" or "not changed, try again", truthfully.

use crate::{Somebody, beside_others, by_secret};
use serde_json::json;

const FIRST: &str = "Tagine-7-citrons";
const OTHER: &str = "Couscous-8-navets";

/// So long that a change has no time for it.
const LONG: u32 = 60;

/// Nobody knows whether the first password is written: it alone goes on, and ends the change.
async fn only_the_first_goes_on(somebody: &mut Somebody) {
    let unknown = somebody.client.set_password(FIRST).await;
    unknown.is_problem(503, "directory-unavailable");
    assert!(unknown.retry_after().is_some());
    somebody.client.state().await.is_at("set-password");
    somebody.client.set_password(OTHER).await.is_problem(409, "wrong-step");
    assert!(!somebody.signs_in(OTHER).await);
    somebody.client.set_password(FIRST).await.is_at("done");
    assert!(somebody.signs_in(FIRST).await);
}

/// The first password is certainly not written: any goes on.
async fn another_goes_through(somebody: &mut Somebody) {
    let unwritten = somebody.client.set_password(FIRST).await;
    unwritten.is_problem(503, "directory-unavailable");
    assert!(unwritten.retry_after().is_some());
    assert!(!somebody.signs_in(FIRST).await);
    somebody.client.set_password(OTHER).await.is_at("done");
    assert!(somebody.signs_in(OTHER).await);
    assert_eq!(somebody.counted("password_set").await, 1);
}

#[tokio::test]
async fn too_many_requests_are_made_again_when_the_service_says_so() {
    let _beside = beside_others().await;
    let mut somebody = Somebody::at(by_secret()).await;
    somebody.meets("password", json!({"throttle": 1}), 2).await;
    somebody.meets("revocation", json!({"throttle": 1}), 1).await;
    somebody.client.set_password(FIRST).await.is_at("done");
    assert_eq!(somebody.counted("password_set").await, 1);
    assert_eq!(somebody.counted("sessions_revoked").await, 1);
    assert_eq!(somebody.counted("requests").await, 5);
}

#[tokio::test]
async fn a_service_that_asks_for_more_patience_than_there_is_wrote_nothing() {
    let _beside = beside_others().await;
    let mut somebody = Somebody::at(by_secret()).await;
    somebody.meets("password", json!({"throttle": LONG}), 1).await;
    another_goes_through(&mut somebody).await;
    assert_eq!(somebody.counted("requests").await, 3, "it was not asked again in vain");
}

#[tokio::test]
async fn a_service_that_fails_for_a_moment_is_asked_again() {
    let _beside = beside_others().await;
    let mut somebody = Somebody::at(by_secret()).await;
    somebody.meets("password", json!({"fail": 503}), 1).await;
    somebody.meets("password", json!({"fail": 500}), 1).await;
    somebody.meets("revocation", json!({"fail": 504}), 1).await;
    somebody.client.set_password(FIRST).await.is_at("done");
    assert_eq!(somebody.counted("password_set").await, 1);
    assert_eq!(somebody.counted("sessions_revoked").await, 1);
}

#[tokio::test]
async fn of_a_service_that_keeps_failing_nobody_knows_what_it_wrote() {
    let _beside = beside_others().await;
    let mut somebody = Somebody::at(by_secret()).await;
    // Five requests fit into the time, with the pauses between them.
    somebody.meets("password", json!({"fail": 500}), 5).await;
    only_the_first_goes_on(&mut somebody).await;
    assert_eq!(somebody.counted("password_set").await, 1);
}

#[tokio::test]
async fn a_refusal_after_a_lost_answer_proves_nothing() {
    let _beside = beside_others().await;
    let mut somebody = Somebody::at(by_secret()).await;
    somebody.meets("password", json!({"fail": 500}), 1).await;
    somebody.client.set_password("C0ntos0Blank12").await.is_problem(503, "directory-unavailable");
    somebody.client.set_password(OTHER).await.is_problem(409, "wrong-step");
    assert_eq!(somebody.counted("password_set").await, 0);
}

#[tokio::test]
async fn one_lost_answer_is_made_up_for_at_once() {
    let _beside = beside_others().await;
    let mut somebody = Somebody::at(by_secret()).await;
    somebody.meets("password", json!("lost"), 1).await;
    somebody.meets("revocation", json!("lost"), 1).await;
    somebody.client.set_password(FIRST).await.is_at("done");
    assert!(somebody.signs_in(FIRST).await);
    assert_eq!(somebody.counted("password_set").await, 2);
}

#[tokio::test]
async fn where_the_answer_is_lost_and_no_other_comes_only_that_password_goes_on() {
    let _beside = beside_others().await;
    let mut somebody = Somebody::at(by_secret()).await;
    somebody.meets("password", json!("lost"), 1).await;
    somebody.meets("password", json!({"throttle": LONG}), 1).await;
    only_the_first_goes_on(&mut somebody).await;
    assert_eq!(somebody.counted("password_set").await, 2);
}

#[tokio::test]
async fn answers_that_come_too_late_are_as_good_as_lost() {
    let _beside = beside_others().await;
    let mut somebody = Somebody::at(by_secret()).await;
    // Two requests fit into the time.
    somebody.meets("password", json!({"late": 30}), 2).await;
    only_the_first_goes_on(&mut somebody).await;
    assert_eq!(somebody.counted("password_set").await, 3);
}

#[tokio::test]
async fn while_an_answer_is_late_no_second_change_begins() {
    let _beside = beside_others().await;
    let mut somebody = Somebody::at(by_secret()).await;
    somebody.meets("password", json!({"late": 3}), 1).await;
    let mut beside = somebody.client.clone();
    let account = format!("entra/accounts/{}", somebody.account());
    let (first, (same, another)) = futures_util::join!(somebody.client.set_password(FIRST), async {
        while by_secret().told(&account).await["password_set"] == 0 {}
        (beside.set_password(FIRST).await, beside.set_password(OTHER).await)
    });
    first.is_at("done");
    same.is_problem(503, "directory-unavailable");
    another.is_problem(409, "wrong-step");
    assert_eq!(somebody.counted("password_set").await, 1);
}

#[tokio::test]
async fn success_is_not_told_before_sessions_have_ended() {
    let _beside = beside_others().await;
    let mut somebody = Somebody::at(by_secret()).await;
    somebody.meets("revocation", json!({"fail": 503}), 1).await;
    somebody.meets("revocation", json!({"throttle": LONG}), 1).await;
    only_the_first_goes_on(&mut somebody).await;
    assert_eq!(somebody.counted("password_set").await, 2);
    assert_eq!(somebody.counted("sessions_revoked").await, 1);
}

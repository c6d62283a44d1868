//! A recovery whose password ends up in Entra ID, and passwords that do not.

use crate::{Somebody, beside_others, by_secret};
use serde_json::json;

#[tokio::test]
async fn the_new_password_opens_the_account_the_old_one_does_not_and_sessions_end_once_each_time() {
    let _beside = beside_others().await;
    let mut somebody = Somebody::at(by_secret()).await;
    somebody.client.set_password("Tagine-7-citrons").await.is_at("done");
    assert!(somebody.signs_in("Tagine-7-citrons").await);
    assert_eq!(somebody.counted("password_set").await, 1);
    assert_eq!(somebody.counted("sessions_revoked").await, 1);

    somebody.again().await;
    somebody.client.set_password("Couscous-8-navets").await.is_at("done");
    assert!(somebody.signs_in("Couscous-8-navets").await);
    assert!(!somebody.signs_in("Tagine-7-citrons").await);
    assert_eq!(somebody.counted("requests").await, 4, "nothing else was asked of it");
    assert_eq!(somebody.counted("sessions_revoked").await, 2);
}

#[tokio::test]
async fn the_same_password_again_after_done_writes_nothing_anew() {
    let _beside = beside_others().await;
    let mut somebody = Somebody::at(by_secret()).await;
    let mut kept = somebody.client.clone();
    somebody.client.set_password("Tagine-7-citrons").await.is_at("done");
    kept.set_password("Tagine-7-citrons").await.is_at("done");
    assert_eq!(somebody.counted("requests").await, 2);
}

#[tokio::test]
async fn a_password_that_entra_id_alone_refuses_is_told_and_another_goes_through() {
    let _beside = beside_others().await;
    let mut somebody = Somebody::at(by_secret()).await;
    let refused = somebody.client.set_password("C0ntos0Blank12").await;
    refused.is_problem(422, "password-rejected");
    assert_eq!(refused.body["errors"], json!([{"field": "password", "code": "directory-refused"}]));
    assert!(!refused.body.to_string().contains("complexity requirements"), "{}", refused.body);
    assert_eq!(somebody.counted("password_set").await, 0);
    somebody.client.set_password("Tagine-7-citrons").await.is_at("done");
    assert!(somebody.signs_in("Tagine-7-citrons").await);
}

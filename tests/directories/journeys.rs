//! One password for two directories: nobody is told of success before both have it.

use crate::places::both;
use recupmail_tests::proxy::Fault;
use serde_json::json;

const FIRST: &str = "Tagine-7-citrons-verts";
const OTHER: &str = "Zellige-8-fontaines-bleues";

#[tokio::test]
async fn both_have_the_new_password_and_the_person_is_told_once() {
    let (_alone, place) = both().await;
    let mut somebody = place.somebody().await;
    somebody.client.clone().set_password(FIRST).await.is_at("done");
    assert_eq!(somebody.signs_in(FIRST).await, (true, true));
    somebody.client.set_password(FIRST).await.is_at("done");
    assert_eq!((somebody.notices().await, somebody.set_in_entra().await), (1, 1));
}

#[tokio::test]
async fn what_the_strictest_takes_alone_is_refused_before_either_is_asked() {
    let (_alone, place) = both().await;
    let mut somebody = place.somebody().await;
    place.proxy.take_requests();
    let refused = somebody.client.set_password("Tagine-7-citrons-été").await;
    refused.is_problem(422, "password-rejected");
    assert_eq!(refused.body["errors"][0]["code"], "character-not-allowed");
    assert!(place.proxy.take_requests().is_empty(), "LDAP, which takes it, was not asked");
    somebody.client.set_password(FIRST).await.is_at("done");
}

#[tokio::test]
async fn if_the_first_refuses_the_second_is_not_asked() {
    let (_alone, place) = both().await;
    let mut somebody = place.somebody().await;
    let refused = somebody.client.set_password("Rabat-7-bleu!").await;
    refused.is_problem(422, "password-rejected");
    assert_eq!(refused.body["errors"][0]["code"], "directory-refused");
    assert_eq!(somebody.set_in_entra().await, 0);
    somebody.client.set_password(FIRST).await.is_at("done");
    assert_eq!(somebody.signs_in(FIRST).await, (true, true));
}

#[tokio::test]
async fn if_the_second_refuses_another_password_goes_to_both() {
    let (_alone, place) = both().await;
    let mut somebody = place.somebody().await;
    let banned = "Contoso1Blank!";
    let refused = somebody.client.set_password(banned).await;
    refused.is_problem(422, "password-rejected");
    assert_eq!(refused.body["errors"][0]["code"], "directory-refused");
    assert_eq!(somebody.notices().await, 1, "one directory has it, and the person knows");
    somebody.client.set_password(OTHER).await.is_at("done");
    assert_eq!(somebody.notices().await, 2);
    assert_eq!(somebody.signs_in(OTHER).await, (true, true));
    assert_eq!(somebody.signs_in(banned).await, (false, false));
}

#[tokio::test]
async fn while_the_second_is_away_the_same_password_alone_goes_on_and_the_first_is_not_asked_again() {
    let (_alone, place) = both().await;
    let mut somebody = place.somebody().await;
    place.stack.take_away("entra").await;
    let unconfirmed = somebody.client.set_password(FIRST).await;
    unconfirmed.is_problem(503, "directory-unavailable");
    assert!(place.slapd.takes(&somebody.person, FIRST).await);
    assert_eq!(somebody.notices().await, 1, "one directory has it, and the person knows");
    somebody.client.set_password(OTHER).await.is_problem(409, "wrong-step");
    somebody.client.state().await.is_at("set-password");

    place.proxy.take_requests();
    place.stack.bring_back("entra").await;
    somebody.client.set_password(FIRST).await.is_at("done");
    assert!(place.proxy.take_requests().is_empty(), "LDAP has it already");
    assert_eq!(somebody.signs_in(FIRST).await, (true, true));
    assert_eq!(somebody.signs_in(OTHER).await, (false, false));
    assert_eq!(somebody.notices().await, 2);
}

#[tokio::test]
async fn a_throttled_second_leaves_nothing_open_either() {
    let (_alone, place) = both().await;
    let mut somebody = place.somebody().await;
    somebody.meets(json!({"throttle": 60}), 1).await;
    somebody.client.set_password(FIRST).await.is_problem(503, "directory-unavailable");
    assert_eq!(somebody.signs_in(FIRST).await, (true, false));
    somebody.client.set_password(OTHER).await.is_problem(409, "wrong-step");
    somebody.client.set_password(FIRST).await.is_at("done");
    assert_eq!(somebody.signs_in(FIRST).await, (true, true));
}

#[tokio::test]
async fn while_the_first_is_away_nothing_reaches_the_second_and_any_password_may_be_tried() {
    let (_alone, place) = both().await;
    let mut somebody = place.somebody().await;
    place.proxy.refuse().await;
    somebody.client.set_password(FIRST).await.is_problem(503, "directory-unavailable");
    place.proxy.accept().await;
    assert_eq!(somebody.set_in_entra().await, 0);
    somebody.client.set_password(OTHER).await.is_at("done");
    assert_eq!(somebody.signs_in(OTHER).await, (true, true));
}

#[tokio::test]
async fn a_lost_answer_of_the_first_is_found_again_and_the_second_is_written_then() {
    let (_alone, place) = both().await;
    let mut somebody = place.somebody().await;
    place.proxy.set(Fault::LoseAnswer);
    somebody.client.set_password(FIRST).await.is_problem(503, "directory-unavailable");
    place.proxy.set(Fault::None);
    assert_eq!(somebody.signs_in(FIRST).await, (true, false), "written, and the answer lost");
    // The history of the first refuses what it has already; a bind tells that it is that very password.
    somebody.client.set_password(FIRST).await.is_at("done");
    assert_eq!(somebody.signs_in(FIRST).await, (true, true));
}

#[tokio::test]
async fn another_recovery_waits_for_the_one_that_is_unconfirmed_and_then_ends_it() {
    let (_alone, place) = both().await;
    let mut somebody = place.somebody().await;
    let mut second = place.again(&somebody.person).await;
    place.stack.take_away("entra").await;
    somebody.client.set_password(FIRST).await.is_problem(503, "directory-unavailable");
    place.stack.bring_back("entra").await;
    let waiting = second.set_password(OTHER).await;
    assert_eq!(waiting.is_problem(503, "directory-unavailable").retry_after(), Some(2));
    assert_eq!(somebody.signs_in(OTHER).await, (false, false));

    place.stack.set_clock_ahead(30).await;
    second.set_password(OTHER).await.is_at("done");
    assert_eq!(somebody.signs_in(OTHER).await, (true, true));
    somebody.client.set_password(FIRST).await.is_problem(401, "session-missing");
    assert_eq!(somebody.signs_in(FIRST).await, (false, false), "the success ended it");
    place.stack.set_clock_ahead(0).await;
}

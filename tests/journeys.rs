//! The student's journey over HTTP, from who they are to signed out, through the function URLs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_tests::{Client, Kind, Person, stack};
use serde_json::json;

#[tokio::test]
async fn a_student_recovers_by_email_and_signs_in_with_the_new_password_only() {
    let person = Person::take(Kind::Complete);
    let mut client = Client::identified(stack(), &person).await;
    let code = client.send_and_read(&person, "email").await;
    let proven = client.confirm(&code).await;
    proven.is_at("set-password");
    assert_eq!(
        proven.body["account"],
        json!({"display_name": person["display_name"], "email": person.academic_email()})
    );
    client.set_password("Tagine-7-citrons").await.is_at("done");
    assert_eq!(client.token, None, "the cookie is taken back");
    assert!(stack().signs_in(person.academic_email(), "Tagine-7-citrons").await);

    let mut again = Client::proven(stack(), &person).await;
    let done = again.set_password("Couscous-8-olives").await;
    assert_eq!(done.is_at("done").body["sign_in_url"], "https://www.office.com/?auth=2");
    assert!(stack().signs_in(person.academic_email(), "Couscous-8-olives").await);
    assert!(!stack().signs_in(person.academic_email(), "Tagine-7-citrons").await);
    assert_eq!(again.logout().await.status, 204);
}

#[tokio::test]
async fn a_student_recovers_by_sms_in_one_segment_that_webotp_reads() {
    let person = Person::take(Kind::Complete);
    let (mut client, code) = Client::with_code(stack(), &person, "sms").await;
    let sms = stack().outbox(person.phone()).await[0]["text"].as_str().unwrap().to_owned();
    assert_eq!(sms.lines().last(), Some(format!("@localhost #{code}").as_str()));
    assert!(sms.chars().count() <= 160, "{sms}");
    client.confirm(&code).await.is_at("set-password");
    client.set_password("Tagine-7-citrons").await.is_at("done");
    assert!(stack().signs_in(person.academic_email(), "Tagine-7-citrons").await);
}

#[tokio::test]
async fn every_contact_is_told_of_the_change_before_the_answer() {
    let person = Person::take(Kind::Complete);
    let mut client = Client::proven(stack(), &person).await;
    assert_eq!(stack().outbox(person.email()).await.len(), 1, "the code");
    client.set_password("Tagine-7-citrons").await.is_at("done");
    let (mails, texts) = (stack().outbox(person.email()).await, stack().outbox(person.phone()).await);
    assert_eq!((mails.len(), texts.len()), (2, 1));
    for notice in [&mails[0], &texts[0]] {
        let text = notice["text"].as_str().unwrap();
        assert!(text.contains("changé") || text.contains("modifié"), "{text}");
        assert!(text.contains("recupmail-aide@usms.ac.ma"), "{text}");
        assert!(!text.contains("Tagine"), "{text}");
    }
}

#[tokio::test]
async fn a_reloaded_page_finds_its_place_at_every_step() {
    let person = Person::take(Kind::Complete);
    let mut client = Client::identified(stack(), &person).await;
    let chosen = client.state().await;
    assert!(
        chosen.is_at("choose-method").body.get("account").is_none(),
        "nothing of the account before proof"
    );
    let methods: Vec<_> =
        chosen.body["methods"].as_array().unwrap().iter().map(|m| m["kind"].clone()).collect();
    assert_eq!(methods, ["email", "sms"]);
    let code = client.send_and_read(&person, "sms").await;
    let entering = client.state().await;
    assert_eq!(entering.is_at("enter-code").body["code"]["attempts_left"], 5);
    let ungranted = client.clone();
    client.confirm(&code).await.is_at("set-password");
    client.state().await.is_at("set-password");
    ungranted.state().await.is_at("enter-code");
    let granted = client.clone();
    client.set_password("Tagine-7-citrons").await.is_at("done");
    granted.state().await.is_at("done");
}

#[tokio::test]
async fn a_lost_answer_to_the_right_code_is_repaired_by_typing_it_again_three_times() {
    let person = Person::take(Kind::Complete);
    let (client, code) = Client::with_code(stack(), &person, "email").await;
    for _ in 0..4 {
        client.clone().confirm(&code).await.is_at("set-password");
    }
    client.clone().confirm(&code).await.is_problem(429, "too-many-attempts");
}

#[tokio::test]
async fn a_lost_answer_to_the_new_password_is_repaired_by_the_same_password_alone() {
    let person = Person::take(Kind::Complete);
    let client = Client::proven(stack(), &person).await;
    client.clone().set_password("Tagine-7-citrons").await.is_at("done");
    client.clone().set_password("Tagine-7-citrons").await.is_at("done");
    let other = client.clone().set_password("Couscous-8-olives").await;
    assert_eq!(other.is_problem(409, "wrong-step").body["state"]["step"], "done");
    assert!(stack().signs_in(person.academic_email(), "Tagine-7-citrons").await);
}

#[tokio::test]
async fn a_success_ends_the_persons_other_challenges() {
    let person = Person::take(Kind::Complete);
    let mut rival = Client::proven(stack(), &person).await;
    let mut winner = Client::identified(stack(), &person).await;
    let code = winner.send_and_read(&person, "sms").await;
    winner.confirm(&code).await.is_at("set-password");
    winner.set_password("Tagine-7-citrons").await.is_at("done");
    rival.set_password("Couscous-8-olives").await.is_problem(401, "session-missing");
    assert!(stack().signs_in(person.academic_email(), "Tagine-7-citrons").await);
}

#[tokio::test]
async fn leaving_makes_the_session_worthless_and_is_always_possible() {
    let person = Person::take(Kind::Complete);
    let mut client = Client::proven(stack(), &person).await;
    let kept = client.clone();
    assert_eq!(client.logout().await.status, 204);
    assert_eq!(client.token, None);
    kept.state().await.is_problem(401, "session-missing");
    kept.clone().set_password("Tagine-7-citrons").await.is_problem(401, "session-missing");
    let mut stranger = Client::of(stack());
    assert_eq!(stranger.logout().await.status, 204);
    stranger.token = Some("nonsense".into());
    assert_eq!(stranger.logout().await.status, 204);
}

#[tokio::test]
async fn who_has_no_way_to_receive_a_code_is_led_to_the_office_before_any_send() {
    for kind in [Kind::WithoutContact, Kind::NeverActivated] {
        let mut client = Client::of(stack());
        let state = client.verify(&Person::take(kind)).await;
        assert_eq!(state.is_at("choose-method").body["methods"], json!([]), "{kind:?}");
        client.post("send-code", &json!({"method": "m1"})).await.is_problem(422, "unknown-method");
    }
}

#[tokio::test]
async fn an_sms_goes_to_no_country_that_is_not_allowed() {
    let person = Person::take(Kind::ForeignNumber);
    let mut client = Client::of(stack());
    let state = client.verify(&person).await;
    let kinds: Vec<_> = state.body["methods"].as_array().unwrap().iter().map(|m| &m["kind"]).collect();
    assert!(!kinds.contains(&&json!("sms")), "{kinds:?}");
    client.post("send-code", &json!({"method": "m2"})).await.is_problem(422, "unknown-method");
    assert_eq!(stack().outbox(person.phone()).await.len(), 0);
}

#[tokio::test]
async fn a_full_contact_typed_beforehand_is_compared_and_a_wrong_one_sends_nothing() {
    let person = Person::take(Kind::Complete);
    let mut client = Client::identified(stack(), &person).await;
    let wrong = client.post("send-code", &json!({"method": "m2", "confirm": "+212600000000"})).await;
    assert_eq!(wrong.is_problem(422, "contact-mismatch").body["attempts_left"], 2);
    assert_eq!(stack().outbox(person.phone()).await.len(), 0);
    let national = person.phone().replacen("+212", "0", 1);
    client.post("send-code", &json!({"method": "m2", "confirm": national})).await.is_at("enter-code");
    assert_eq!(stack().outbox(person.phone()).await.len(), 1);
}

#[tokio::test]
async fn identities_may_be_typed_in_every_usual_way() {
    let person = Person::take(Kind::Complete);
    let mut statement = person.statement();
    let date: Vec<&str> = person["birth_date"].split('-').collect();
    statement["fields"] = json!({
        "apogee": format!(" {} ", person["apogee"].chars().map(|c| char::from_u32(c as u32 - 48 + 0x660).unwrap()).collect::<String>()),
        "massar": person["massar"].to_lowercase(),
        "birth_date": format!("{}/{}/{}", date[2], date[1], date[0]),
    });
    Client::of(stack()).post("verify-identity", &statement).await.is_at("choose-method");
}

#[tokio::test]
async fn e_mail_domains_that_few_people_share_are_masked() {
    let everybody = recupmail_tests::people("usms");
    let rare = everybody.iter().find(|p| {
        p.email().ends_with("@example.net") && p["recovery"] == "allowed" && !p["directory_id"].is_empty()
    });
    let state = Client::of(stack()).verify(rare.unwrap()).await;
    let hint = state.body["methods"][0]["hint"].as_str().unwrap();
    assert!(hint.ends_with("*****@*****"), "{hint}");
}

//! A session speaks the language in which it was begun, whatever the step.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_tests::{Answer, Client, Kind, Person, stack};
use recupmail_texts::Texts;
use serde_json::{Value, json};

/// A language, and words of its messages: of a code, of a notice.
const WORDS: [(&str, &str, &str); 3] =
    [("fr", "récupération", "mot de passe"), ("ar", "رمز", "كلمة مرور"), ("en", "recovery", "password")];

/// The languages that the institution of this stack speaks.
async fn spoken() -> Vec<String> {
    let published: Value = serde_json::from_str(&stack().page("/institution.json").await).unwrap();
    published["locales"]
        .as_array()
        .unwrap()
        .iter()
        .map(|locale| locale.as_str().unwrap().to_owned())
        .collect()
}

/// Fails unless the answer is this problem, told in this language.
#[track_caller]
fn is_told(answer: &Answer, status: u16, code: &str, locale: &str) {
    answer.is_problem(status, code);
    let texts = Texts::load(&[locale.to_owned()]).unwrap();
    let text = texts.problem(None, code).unwrap();
    assert_eq!((answer.body["title"].as_str(), answer.body["detail"].as_str()), {
        (Some(text.title.as_str()), Some(text.detail.as_str()))
    });
}

async fn newest(contact: &str) -> String {
    let newest = &stack().outbox(contact).await[0];
    format!("{} {}", newest["subject"].as_str().unwrap(), newest["text"].as_str().unwrap())
}

#[tokio::test]
async fn problems_and_messages_come_in_the_language_of_the_session() {
    for locale in spoken().await {
        let (_, of_code, of_notice) = *WORDS.iter().find(|(name, ..)| *name == locale).unwrap();
        let person = Person::take(Kind::Complete);
        let mut statement = person.statement();
        statement["locale"] = json!(locale);
        let mut wrong = statement.clone();
        wrong["fields"]["birth_date"] = json!("1950-01-01");

        let mut client = Client::of(stack());
        is_told(&client.post("verify-identity", &wrong).await, 401, "identity-not-recognised", &locale);
        client.post("verify-identity", &statement).await.is_at("choose-method");
        is_told(&client.post("send-code", &json!({})).await, 400, "malformed", &locale);
        is_told(&client.set_password("Tagine-7-citrons").await, 409, "wrong-step", &locale);

        client.send("sms").await.is_at("enter-code");
        let sms = newest(person.phone()).await;
        assert!(sms.contains(of_code), "{sms}");
        let code = client.send_and_read(&person, "email").await;
        let mail = newest(person.email()).await;
        assert!(mail.contains(of_code) && mail.contains(person["display_name"].as_str()), "{mail}");

        client.confirm(&code).await.is_at("set-password");
        is_told(&client.set_password("court").await, 422, "password-rejected", &locale);
        client.set_password("Tagine-7-citrons").await.is_at("done");
        for contact in [person.phone(), person.email()] {
            let notice = newest(contact).await;
            assert!(notice.contains(of_notice), "{notice}");
        }
    }
}

#[tokio::test]
async fn a_language_that_is_not_spoken_is_answered_in_the_first_one() {
    let first = spoken().await.remove(0);
    let mut client = Client::of(stack());
    is_told(&client.post("send-code", &json!({"method": "m1"})).await, 401, "session-missing", &first);
    let mut statement = Person::take(Kind::Complete).statement();
    statement["locale"] = json!("zgh");
    statement["terms_accepted"] = json!(false);
    is_told(&client.post("verify-identity", &statement).await, 422, "terms-not-accepted", &first);
}

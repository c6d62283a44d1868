//! Codes: what they look like, how long they are good, how often one may guess.

use crate::{aix, closed_for_good, eceps, member, teacher, wrong_codes};
use recupmail_tests::{Answer, Client, Kind, Person, stack};
use serde_json::json;

#[tokio::test]
async fn codes_are_eight_digits_or_six_letters_and_digits_good_for_ten_minutes_of_fifteen() {
    for (stack, person, length, characters) in [
        (stack(), Person::take(Kind::Complete), 8, "0123456789"),
        (eceps(), member(), 8, "0123456789"),
        (aix(), teacher(), 6, "23456789ABCDEFGHJKMNPQRSTUVWXYZ"),
    ] {
        let (client, code) = Client::with_code(stack, &person, "email").await;
        assert!(code.len() == length && code.chars().all(|c| characters.contains(c)), "{code}");
        let state = client.state().await.body;
        let alphabet = if characters.len() == 10 { "digits" } else { "letters-and-digits" };
        assert_eq!(
            (&state["code"]["length"], &state["code"]["alphabet"]),
            (&json!(length), &json!(alphabet))
        );
        let lives = (state["code"]["expires_in"].as_u64().unwrap(), state["expires_in"].as_u64().unwrap());
        assert!((540..=600).contains(&lives.0) && (840..=900).contains(&lives.1), "{lives:?}");
    }
}

fn left(answer: &Answer) -> u64 {
    answer.is_problem(422, "code-incorrect").body["attempts_left"].as_u64().unwrap()
}

#[tokio::test]
async fn malformed_codes_cost_nothing_wrong_ones_a_guess_and_repeated_ones_nothing_more() {
    let person = Person::take(Kind::Complete);
    let (mut client, code) = Client::with_code(stack(), &person, "email").await;
    for malformed in ["", "1234567", "123456789", "abcdefgh", "1234567\u{0}"] {
        client.confirm(malformed).await.is_problem(422, "invalid-fields");
    }
    let wrong = wrong_codes(&code);
    assert_eq!(left(&client.confirm(&wrong[0]).await), 4);
    assert_eq!(left(&client.confirm(&wrong[0]).await), 4);
    assert_eq!(client.state().await.body["code"]["attempts_left"], 4);
    for (guess, expected) in wrong[1..].iter().zip([3, 2, 1, 0]) {
        assert_eq!(left(&client.confirm(guess).await), expected);
    }
    closed_for_good(&client.confirm(&code).await, "too-many-attempts");
    closed_for_good(&client.send("sms").await, "too-many-attempts");
    assert_eq!(stack().outbox(person.phone()).await.len(), 0);
    Client::with_code(stack(), &person, "sms").await;
}

#[tokio::test]
async fn a_second_method_begins_anew_with_five_guesses() {
    let person = member();
    let (mut client, code) = Client::with_code(eceps(), &person, "email").await;
    for guess in &wrong_codes(&code)[..4] {
        left(&client.confirm(guess).await);
    }
    client.confirm(&code).await.is_at("choose-method");
    let code = client.send_and_read(&person, "sms").await;
    assert_eq!(client.state().await.body["code"]["attempts_left"], 5);
    for (guess, expected) in wrong_codes(&code).iter().zip([4, 3, 2, 1, 0]) {
        assert_eq!(left(&client.confirm(guess).await), expected);
    }
    closed_for_good(&client.confirm(&code).await, "too-many-attempts");
    client.set_password("Gaufres-8-Meuse").await.is_problem(409, "wrong-step");
}

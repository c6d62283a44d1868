//! Codes of letters and of the desk: their form, and guesses at them. `time` has their lives.

use crate::{aix, by_route, closed_for_good, teacher, told};
use recupmail_domain::code::ISSUED_CODE;
use recupmail_tests::{Client, issued_code_in};
use serde_json::json;

/// Well-formed codes: eleven characters and the one that checks them.
fn well_formed() -> impl Iterator<Item = String> {
    let checked = |body: String| {
        let alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let codes = alphabet.chars().map(|check| format!("{body}{check}"));
        codes.into_iter().find(|code| ISSUED_CODE.parse(code).is_ok()).unwrap()
    };
    (0..8).map(move |n| checked(format!("7H2K9QWXR{n}T")))
}

#[tokio::test]
async fn a_desk_code_has_twelve_characters_and_five_guesses_and_a_slip_is_none() {
    let person = teacher();
    let desk_code =
        || issued_code_in(&aix().recupctl(&["desk-code", &person["person_id"], "--reason", "appel"]));
    let code = desk_code();
    assert!(ISSUED_CODE.parse(&code).is_ok() && code.replace(' ', "").len() == 12, "{code}");
    let route = by_route(person.statement(), "desk");
    let mut client = Client::of(aix());
    client.post("verify-identity", &route).await.is_at("choose-method");
    let armed = client.send("desk").await;
    assert_eq!(armed.is_at("enter-code").body["code"]["length"], 12);

    let first = code.chars().next().unwrap();
    for other in ['3', '8', 'Z'].into_iter().filter(|other| *other != first) {
        let slip = code.replacen(first, &other.to_string(), 1);
        client.confirm(&slip).await.is_problem(422, "invalid-fields");
    }
    assert_eq!(client.state().await.body["code"]["attempts_left"], 5);
    let wrong = well_formed().filter(|wrong| *wrong != code.replace(' ', ""));
    for (wrong, left) in wrong.zip([4, 3, 2, 1, 0]) {
        let refused = client.confirm(&wrong).await;
        assert_eq!(refused.is_problem(422, "code-incorrect").body["attempts_left"], json!(left));
    }
    closed_for_good(&client.confirm(&code).await, "too-many-attempts");
    closed_for_good(&client.send("desk").await, "too-many-attempts");

    let mut again = Client::of(aix());
    again.post("verify-identity", &route).await.is_at("choose-method");
    again.send("desk").await.is_at("enter-code");
    again.confirm(&code).await.is_at("set-password");
    told(aix(), &by_route(person.statement(), "letter")).await.is_at("choose-method");
}

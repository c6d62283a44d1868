//! Letters are good for sixty days, desk codes for a day.

use crate::Present;
use recupmail_tests::{Answer, Client, Kind, Person, Stack, issued_code_in};

const DAY: u64 = 86_400;
const HOUR: u64 = 3600;

/// What somebody is told of a code who comes by its route.
async fn tried(stack: &'static Stack, person: &Person, route: &str, code: &str) -> Answer {
    let mut statement = person.statement();
    statement["route"] = route.into();
    let mut client = Client::of(stack);
    client.post("verify-identity", &statement).await.is_at("choose-method");
    client.send(route).await.is_at("enter-code");
    client.confirm(code).await
}

fn letter(stack: &Stack, person: &Person) -> String {
    let file = std::env::temp_dir().join(format!("recupmail-{}-sixty-days.html", std::process::id()));
    let _ = std::fs::remove_file(&file);
    stack.recupctl(&["letters", "--out", file.to_str().unwrap(), "--person", &person["person_id"]]);
    let html = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    issued_code_in(&html)
}

#[tokio::test]
async fn a_desk_code_is_good_for_a_day_and_a_letter_for_sixty() {
    let mut present = Present::hold_at("aix-marseille").await;
    let stack = present.stack;
    let person = Person::of("aix-marseille", Kind::EmailAlone);
    let desk_code =
        || issued_code_in(&stack.recupctl(&["desk-code", &person["person_id"], "--reason", "appel"]));
    let codes = [("desk", desk_code(), DAY), ("letter", letter(stack, &person), 59 * DAY)];
    for (route, code, more) in &codes {
        present.pass(more - HOUR).await;
        tried(stack, &person, route, code).await.is_at("set-password");
        present.pass(HOUR).await;
        let late = tried(stack, &person, route, code).await;
        assert_eq!(late.is_problem(422, "code-incorrect").body["attempts_left"], 4, "{route}");
    }
    tried(stack, &person, "desk", &desk_code()).await.is_at("set-password");
}

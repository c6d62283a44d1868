//! Passwords: how short and how long they may be, and what is kept of them.

use recupmail_aws::{dump_table, dynamodb};
use recupmail_config::{Environment, Table};
use recupmail_tests::{Client, Kind, Person, stack};

async fn accounts() -> Vec<String> {
    let environment: Environment = stack().variables().into_iter().collect();
    let client = dynamodb(&environment.dynamodb().unwrap());
    dump_table(&client, &environment.table(Table::Accounts).unwrap()).await.unwrap()
}

/// So many characters that nobody guesses.
fn password(length: usize) -> String {
    let characters = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789-+#";
    (0..length).map(|n| char::from(characters[(n * n * 7 + n * 11 + 24) % characters.len()])).collect()
}

#[tokio::test]
async fn twelve_to_256_characters_are_taken_and_hashed_with_argon2id() {
    for (refused, fault, taken) in [(11, "too-short", 12), (257, "too-long", 256)] {
        let person = Person::take(Kind::Complete);
        let mut client = Client::proven(stack(), &person).await;
        let answer = client.set_password(&password(refused)).await;
        assert_eq!(answer.is_problem(422, "password-rejected").body["errors"][0]["code"], fault);
        assert!(!stack().signs_in(person.academic_email(), &password(refused)).await);
        client.set_password(&password(taken)).await.is_at("done");
        assert!(stack().signs_in(person.academic_email(), &password(taken)).await);
    }
    let kept = accounts().await;
    let hashed = |account: &&String| account.contains("$argon2id$v=19$m=19456,t=2,p=1$");
    assert!(kept.len() >= 2 && kept.iter().all(|account| hashed(&account)), "{kept:#?}");
}

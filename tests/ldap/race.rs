//! Many at once.

use crate::places::{directory, over_ldaps};
use futures_util::future::join_all;
use recupmail_tests::{Client, Kind, Person};

#[tokio::test]
async fn of_twenty_passwords_at_once_the_directory_gets_one_and_the_others_are_refused() {
    let person = Person::take(Kind::Complete);
    let client = Client::proven(over_ldaps(), &person).await;
    let passwords: Vec<_> = (0..20).map(|number| format!("Tagine-{number}-citrons-verts")).collect();
    let answers = join_all(passwords.iter().map(|password| {
        let mut client = client.clone();
        async move { client.set_password(password).await }
    }));
    let mut winners = Vec::new();
    for (answer, password) in answers.await.iter().zip(&passwords) {
        if answer.status == 200 {
            answer.is_at("done");
            winners.push(password);
        } else {
            answer.is_problem(409, "wrong-step");
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
    for password in &passwords {
        assert_eq!(directory().takes(&person, password).await, password == winners[0], "{password}");
    }
}

//! What one network may do in ten minutes. A local stack sees loopback alone, and limits it where it is told to.

use crate::university::{Today, university};
use crate::{TEN_MINUTES, by_route, closed_for, told, with};
use futures_util::{StreamExt, stream};
use recupmail_tests::{Kind, everybody};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_fails_thirty_times_and_starts_three_hundred_times_in_ten_minutes() {
    let mut today = Today::begin().await;
    let people = everybody("usms", Kind::EmailAlone);
    let person = people[0].statement();
    let by_desk = by_route(person.clone(), "desk");
    for n in 0..30 {
        let stranger = with(person.clone(), "apogee", &format!("90002{n:02}"));
        let stranger = with(stranger, "massar", &format!("X0002000{n:02}"));
        told(university(), &stranger).await.is_problem(401, "identity-not-recognised");
    }
    closed_for(&told(university(), &person).await, "too-many-attempts", &TEN_MINUTES);
    told(university(), &by_desk).await.is_at("choose-method");

    today.pass(600).await;
    let starts = people.iter().cycle().skip(1).take(300);
    let statuses = stream::iter(starts)
        .map(async |person| told(university(), &person.statement()).await.status)
        .buffer_unordered(8);
    assert_eq!(statuses.filter(|status| std::future::ready(*status == 200)).count().await, 300);
    closed_for(&told(university(), &person).await, "too-many-attempts", &TEN_MINUTES);
    told(university(), &by_desk).await.is_at("choose-method");
    today.pass(600).await;
    told(university(), &person).await.is_at("choose-method");
}

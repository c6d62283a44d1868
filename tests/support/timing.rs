//! Whether the time of an answer tells if a person exists.

use crate::client::Client;
use crate::people::{Kind, Person, everybody};
use crate::stack::Stack;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tokio::sync::Mutex;

/// How many clients go through the steps side by side.
const WORKERS: usize = 16;
/// How often a person may start in a day.
const STARTS: usize = 5;

/// The seconds that answers took, by step, for people and for nobody.
#[derive(Debug, Default)]
pub(crate) struct Times {
    by_step: BTreeMap<&'static str, [Vec<f64>; 2]>,
}

/// How well the time of a step's answers tells people from nobody.
#[derive(Clone, Copy, Debug)]
pub struct Telling {
    /// Which step.
    pub step: &'static str,
    /// How many answers of each kind.
    pub answers: usize,
    /// The chance that an answer for nobody took longer than one for a person, or the other way round,
    /// whichever is larger: 0.5 tells nothing, 1 everything.
    pub auc: f64,
    /// The median of each, in seconds.
    pub medians: [f64; 2],
}

/// Goes through verify-identity, send-code and confirm-code so many times for people and for nobody, mixed.
pub async fn measure(stack: &'static Stack, pairs: usize) -> Vec<Telling> {
    let people = Arc::new(everybody(stack.institution, Kind::Complete));
    let times = Arc::new(Mutex::new(Times::default()));
    let a_day = people.len() * STARTS;
    for (day, first) in (0..pairs).step_by(a_day).enumerate() {
        stack.set_clock_ahead(86_400 * day as u64).await;
        let (next, last) = (Arc::new(AtomicUsize::new(first)), pairs.min(first + a_day));
        let workers = (0..WORKERS).map(|_| {
            let (people, times, next) = (people.clone(), times.clone(), next.clone());
            tokio::spawn(async move {
                loop {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    if turn >= last {
                        return;
                    }
                    pair(stack, &people[turn % people.len()], turn, &times).await;
                }
            })
        });
        for worker in workers.collect::<Vec<_>>() {
            worker.await.unwrap();
        }
    }
    times.lock().await.tellings()
}

/// A person and nobody, in an order that changes.
async fn pair(stack: &'static Stack, person: &Person, turn: usize, times: &Mutex<Times>) {
    let known = person.statement();
    let mut unknown = known.clone();
    unknown["fields"]["email"] = json!(format!("nobody.{}@eceps.be", turn % 60 * 1000 + turn / 60));
    let order = if (turn / 3).is_multiple_of(2) { [0, 1] } else { [1, 0] };
    for which in order {
        journey(stack, [&known, &unknown][which], which, times).await;
    }
}

async fn journey(stack: &'static Stack, statement: &Value, which: usize, times: &Mutex<Times>) {
    let mut client = Client::of(stack);
    let bodies = [
        ("verify-identity", statement.clone()),
        ("send-code", json!({"method": "m1"})),
        ("confirm-code", json!({"code": "00000000"})),
    ];
    for (step, body) in bodies {
        let began = now();
        let answer = client.post(step, &body).await;
        let took = began.elapsed().as_secs_f64();
        let expected = if step == "confirm-code" { 422 } else { 200 };
        assert_eq!(answer.status, expected, "{step} {:#}", answer.body);
        times.lock().await.by_step.entry(step).or_default()[which].push(took);
    }
}

#[expect(clippy::disallowed_methods, reason = "this test is about real time")]
fn now() -> Instant {
    Instant::now()
}

impl Times {
    #[expect(clippy::cast_precision_loss, reason = "some thousands of answers")]
    fn tellings(&self) -> Vec<Telling> {
        let telling = |(step, [known, unknown]): (&&'static str, &[Vec<f64>; 2])| {
            let later = known.iter().map(|k| unknown.iter().filter(|u| *u > k).count()).sum::<usize>() as f64;
            let auc = later / (known.len() * unknown.len()) as f64;
            let medians = [known, unknown].map(|times| {
                let mut sorted = times.clone();
                sorted.sort_by(f64::total_cmp);
                sorted[sorted.len() / 2]
            });
            Telling { step, answers: known.len(), auc: auc.max(1.0 - auc), medians }
        };
        self.by_step.iter().map(telling).collect()
    }
}

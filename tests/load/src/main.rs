//! A load test: complete recoveries of honest people, of people who mistake themselves, and attackers between them.
//!
//! goose's flags say how many, how fast and how long (`--users`, `--increase-rate`, `--run-time`, `--report-file`);
//! `tests/load/README.md` says what else can be chosen. Ends with an error if an honest recovery failed.
#![allow(clippy::disallowed_methods, reason = "a load test has its own settings, and rolls its own dice")]

mod people;
mod settings;
mod visitor;

use goose::prelude::*;
use people::{People, Person};
use rand::RngExt;
use serde_json::{Value, json};
use settings::Settings;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use visitor::Visitor;

/// What all visitors share.
struct Shared {
    settings: Settings,
    people: People,
    http: reqwest::Client,
    counts: Counts,
}

/// What became of whom.
#[derive(Default)]
struct Counts {
    recovered: AtomicUsize,
    failed: AtomicUsize,
    /// Attacks that were answered, by whether a limit stopped them.
    tried: AtomicUsize,
    limited: AtomicUsize,
    /// Attackers who got in.
    broken: AtomicUsize,
}

static SHARED: OnceLock<Shared> = OnceLock::new();

#[tokio::main]
async fn main() -> ExitCode {
    match Box::pin(run()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(cause) => {
            eprintln!("recupmail-load: {cause}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<bool, Box<dyn std::error::Error>> {
    let settings = Settings::read();
    let people = People::read(&settings).map_err(|cause| format!("{}: {cause}", settings.registry))?;
    let everybody = people.count();
    let shared = Shared {
        settings,
        people,
        http: reqwest::Client::builder().no_proxy().build()?,
        counts: Counts::default(),
    };
    let counts = &SHARED.get_or_init(|| shared).counts;
    let attack = GooseAttack::initialize()?
        .register_scenario(scenario!("Honest").set_weight(7)?.register_transaction(transaction!(honest)))
        .register_scenario(scenario!("Mistaken").set_weight(2)?.register_transaction(transaction!(mistaken)))
        .register_scenario(scenario!("Hostile").set_weight(1)?.register_transaction(transaction!(hostile)))
        .set_default(GooseDefault::Host, "http://127.0.0.1:9000")?
        .set_default(GooseDefault::RunTime, 30)?
        // It would list what was expected to be refused too.
        .set_default(GooseDefault::NoErrorSummary, true)?;
    Box::pin(attack.execute()).await?;
    let count = |of: &AtomicUsize| of.load(Ordering::Relaxed);
    let (recovered, failed, broken) =
        (count(&counts.recovered), count(&counts.failed), count(&counts.broken));
    println!("{recovered} recoveries to their end, {failed} failed, of {everybody} people");
    println!(
        "{} attacks, {} of them stopped by a limit, {broken} got in",
        count(&counts.tried),
        count(&counts.limited)
    );
    if recovered + failed >= everybody {
        println!("everybody has recovered: a larger registry lets it go on for longer");
    }
    Ok(recovered > 0 && failed == 0 && broken == 0)
}

fn shared() -> &'static Shared {
    SHARED.get().expect("it is set before the first visitor comes")
}

/// Somebody who does everything right.
async fn honest(user: &mut GooseUser) -> TransactionResult {
    let Some(person) = shared().people.next() else { return rest().await };
    let mut visitor = Visitor::new(user, &shared().settings);
    let recovered =
        identify(&mut visitor, "honest", person).await? && recover(&mut visitor, "honest", person).await?;
    count(recovered);
    Ok(())
}

/// Somebody who mistypes the birth date, a code and a password before all is right.
async fn mistaken(user: &mut GooseUser) -> TransactionResult {
    let Some(person) = shared().people.next() else { return rest().await };
    let mut visitor = Visitor::new(user, &shared().settings);
    let wrong = person.statement_born("1990-01-01");
    visitor.post("mistaken", "verify-identity", &wrong, &[401]).await?;
    if !identify(&mut visitor, "mistaken", person).await? {
        count(false);
        return Ok(());
    }
    let Some(code) = code(&mut visitor, "mistaken", person).await? else {
        count(false);
        return Ok(());
    };
    let other = if code.starts_with('1') { "2" } else { "1" }.to_owned() + &code[1..];
    visitor.post("mistaken", "confirm-code", &json!({"code": other}), &[422]).await?;
    visitor.post("mistaken", "confirm-code", &json!({"code": code}), &[200]).await?;
    visitor.post("mistaken", "set-password", &json!({"password": "motdepasse"}), &[422]).await?;
    count(finish(&mut visitor, "mistaken").await?);
    Ok(())
}

/// Somebody who knows a victim's papers but not their mailbox: tries codes until a limit stops them, then birth dates.
async fn hostile(user: &mut GooseUser) -> TransactionResult {
    let (number, guess) = {
        let mut random = rand::rng();
        (random.random_range(0..50), random.random_range(0..100_000_000_u32))
    };
    let victim = shared().people.victim(number);
    let counts = &shared().counts;
    let mut visitor = Visitor::new(user, &shared().settings);
    let begun = visitor.post("hostile", "verify-identity", &victim.statement(), &[200, 429]).await?;
    if begun == 200 {
        visitor.post("hostile", "send-code", &json!({"method": "m1"}), &[200, 429]).await?;
    }
    for attempt in 0..8 {
        counts.tried.fetch_add(1, Ordering::Relaxed);
        let answer = if begun == 200 {
            let code = format!("{:08}", (guess + attempt) % 100_000_000);
            visitor.post("hostile", "confirm-code", &json!({"code": code}), &[401, 409, 422, 429]).await?
        } else {
            let date = format!("19{:02}-01-01", (guess + attempt) % 90 + 10);
            visitor.post("hostile", "verify-identity", &victim.statement_born(&date), &[401, 429]).await?
        };
        match answer {
            429 => {
                counts.limited.fetch_add(1, Ordering::Relaxed);
            }
            200 => {
                counts.broken.fetch_add(1, Ordering::Relaxed);
            }
            _ => {}
        }
    }
    Ok(())
}

async fn identify(
    visitor: &mut Visitor<'_>,
    who: &str,
    person: &Person,
) -> Result<bool, Box<TransactionError>> {
    Ok(visitor.post(who, "verify-identity", &person.statement(), &[200]).await? == 200)
}

/// From the choice of a method to the end.
async fn recover(
    visitor: &mut Visitor<'_>,
    who: &str,
    person: &Person,
) -> Result<bool, Box<TransactionError>> {
    let Some(code) = code(visitor, who, person).await? else { return Ok(false) };
    let confirmed = visitor.post(who, "confirm-code", &json!({"code": code}), &[200]).await?;
    Ok(confirmed == 200 && finish(visitor, who).await?)
}

async fn finish(visitor: &mut Visitor<'_>, who: &str) -> Result<bool, Box<TransactionError>> {
    let set = visitor.post(who, "set-password", &json!({"password": "Tagine-7-citrons"}), &[200]).await?;
    let left = visitor.post(who, "logout", &json!({}), &[204]).await?;
    Ok(set == 200 && left == 204)
}

/// Has a code sent and reads it, or takes the one that the help desk gave.
async fn code(
    visitor: &mut Visitor<'_>,
    who: &str,
    person: &Person,
) -> Result<Option<String>, Box<TransactionError>> {
    let desk = shared().people.desk_code(person);
    let method = if desk.is_some() { "desk" } else { "m1" };
    let sent = visitor.post(who, "send-code", &json!({"method": method}), &[200]).await?;
    if sent != 200 {
        return Ok(None);
    }
    if let Some(code) = desk {
        return Ok(Some(code.to_owned()));
    }
    Ok(read_mail(&person.recovery_email).await)
}

/// The code in the newest mail to an address. Reading is not what is measured, so it goes past goose.
async fn read_mail(address: &str) -> Option<String> {
    let Shared { settings, http, .. } = shared();
    let outbox = settings.outbox.as_ref()?;
    let answer = http.get(outbox).query(&[("to", address)]).send().await.ok()?;
    let mails: Value = answer.json().await.ok()?;
    let text = mails[0]["text"].as_str()?;
    text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 8).map(str::to_owned)
}

fn count(recovered: bool) {
    let counts = &shared().counts;
    let of = if recovered { &counts.recovered } else { &counts.failed };
    of.fetch_add(1, Ordering::Relaxed);
}

/// Nobody is left to recover.
async fn rest() -> TransactionResult {
    tokio::time::sleep(Duration::from_millis(200)).await;
    Ok(())
}

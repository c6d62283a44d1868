//! Whether a recovery costs more the more people the registry holds and the more challenges are live.
//!
//! The first thousand people are imported as an operator imports them, and one challenge is begun as a person begins it, with
//! what is counted then. All others are copies of these, as long, under other keys of the same form: importing a million
//! takes far longer than measuring, and every step finds what it needs by its key, so of others it could meet nothing but their number. The
//! registry's summary says what it would say of so many people with addresses in the same domains; an instance reads it
//! every ten minutes, and what that takes is not in a warm recovery. Who recovers is of those who were imported.

use crate::bars::Bars;
use crate::cloud::Cloud;
use crate::copies::Originals;
use crate::instance::{Failed, Instance, Program};
use crate::measure::{Candidate, Kind, warm};
use crate::recovery::{Recovery, STEPS};
use crate::report::{millions, ms};
use crate::{binary, instructions};
use one_hash::HASHES;
use recupmail_config::Table;
use recupmail_tests::Charged;
use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

/// How many people are imported, and how many times as many there are then.
const IMPORTED: u32 = 1000;
const TIMES: [u32; 3] = [1, 100, 1000];
/// How many challenges are live besides those that are measured.
const LIVE: [u32; 2] = [0, 100_000];
/// How many recoveries are measured warm, and how many are charged.
const WARM: u32 = 40;
const CHARGED: u32 = 20;
/// The first who recovers: everybody's number has three digits, so that all items are as long.
const FIRST: u32 = 100;
/// What a figure may be in the largest registry, of that in the smallest.
const FLAT: f64 = 1.05;

/// How long a challenge is live, by the institution's file.
const LIFE: Duration = Duration::from_mins(15);
/// What of a recovery must stay the same.
const FIGURES: [&str; 6] =
    ["million instructions", "DynamoDB calls", "read units", "write units", "bytes sent", "bytes received"];

/// What a recovery costs beside so many people and live challenges.
struct Row {
    people: u32,
    live: u32,
    /// As many as there are then, of all kinds.
    items: u32,
    /// As `FIGURES` has them.
    figures: [f64; FIGURES.len()],
    /// Of the steps that hash nothing, the medians together.
    cpu: Duration,
}

/// Prints what a recovery costs in registries of growing sizes; whether it stays the same.
pub(crate) async fn holds(functions: &Path) -> Result<bool, Failed> {
    let cloud = Cloud::start(IMPORTED).await?;
    let ours = Candidate::new(Kind::Ours, &cloud, |step| Ok(Program::of(vec![binary(functions, step)?])))?;
    let hash = instructions::of_program(binary(functions, "one-hash")?)? / u64::from(HASHES);
    let (registry, mut next, mut rows) = (Originals::all(&cloud.database, Table::People)?, FIRST, Vec::new());
    println!(
        "| people | live challenges | items in all tables | {} | CPU without set-password, ms |",
        FIGURES.join(" | ")
    );
    println!("|{}", "---|".repeat(FIGURES.len() + 4));
    let mut before = 1;
    for times in TIMES {
        registry.copy(before..times)?;
        registry.multiply_totals(times)?;
        before = times;
        for live in LIVE {
            let challenges = begin(&cloud, &ours, &mut next).await?;
            for one in &challenges {
                one.copy(0..live)?;
            }
            let row = row(&cloud, &ours, hash, (IMPORTED * times, live), &mut next).await?;
            println!("{row}");
            rows.push(row);
            for one in &challenges {
                one.remove(0..live)?;
            }
        }
    }
    println!("\nargon2id alone: {:.1} million instructions; they are not counted above.\n", millions(hash));
    Ok(judge(&rows))
}

/// Begins a recovery; what was written for it.
async fn begin<'a>(cloud: &'a Cloud, ours: &Candidate, next: &mut u32) -> Result<[Originals<'a>; 2], Failed> {
    let all = |table| Originals::all(&cloud.database, table);
    let (challenges, limits) = (all(Table::Challenges)?, all(Table::Limits)?);
    let first = STEPS[0];
    let mut identifying = [(first, Instance::start(&ours.programs[first]).await?)];
    recover(cloud, &mut identifying, next).await?;
    Ok([all(Table::Challenges)?.without(&challenges), all(Table::Limits)?.without(&limits)])
}

/// Measures recoveries; the instructions of a hash are not counted.
async fn row(
    cloud: &Cloud,
    ours: &Candidate,
    hash: u64,
    (people, live): (u32, u32),
    next: &mut u32,
) -> Result<Row, Failed> {
    let began = Instant::now();
    let items = cloud.database.table_stats()?.iter().map(|table| table.item_count).sum::<i64>().try_into()?;
    let Charged { calls, units, sent, received } = charged(cloud, ours, next).await?;
    let warm = warm(cloud, ours, WARM, next).await?;
    let cpu = warm.iter().filter(|(step, _)| **step != "set-password").map(|(_, one)| one.cost.cpu).sum();
    let counted = instructions::count(cloud, ours, next).await?;
    let instructions = counted.values().map(|one| one.warm).sum::<u64>().saturating_sub(hash);
    if began.elapsed() > LIFE {
        return Err("challenges that should be live ended meanwhile".into());
    }
    let each = |sum: f64| sum / f64::from(CHARGED);
    let [calls, sent, received] = [calls.len(), sent, received].map(|sum| each(count(sum)));
    let figures = [millions(instructions), calls, each(units.read), each(units.write), sent, received];
    Ok(Row { people, live, items, figures, cpu })
}

/// What DynamoDB is asked, and charges, for recoveries by instances that answered somebody before.
async fn charged(cloud: &Cloud, ours: &Candidate, next: &mut u32) -> Result<Charged, Failed> {
    let (charging, way) = cloud.charging().await?;
    let mut instances = Vec::new();
    for step in STEPS {
        let mut program = ours.programs[step].clone();
        program.variables.push(way.clone());
        instances.push((step, Instance::start(&program).await?));
    }
    recover(cloud, &mut instances, next).await?;
    charging.taken();
    for _ in 0..CHARGED {
        recover(cloud, &mut instances, next).await?;
    }
    Ok(charging.taken())
}

/// Takes the next person through these steps.
async fn recover(
    cloud: &Cloud,
    instances: &mut [(&'static str, Instance)],
    next: &mut u32,
) -> Result<(), Failed> {
    let mut recovery = Recovery::of(*next);
    *next += 1;
    for (step, instance) in instances {
        recovery.take(step, &instance.invoke(recovery.event(cloud, step)?).await?)?;
    }
    Ok(())
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figures = self.figures.map(|figure| format!("{figure:.2}")).join(" | ");
        let [people, live, items] = [self.people, self.live, self.items].map(grouped);
        write!(f, "| {people} | {live} | {items} | {figures} | {} |", ms(self.cpu))
    }
}

/// Holds the last row beside the first.
fn judge(rows: &[Row]) -> bool {
    let mut bars = Bars { all: true };
    if let [smallest, .., largest] = rows {
        let [what, than] = [largest, smallest]
            .map(|row| format!("{} people and {} live challenges", grouped(row.people), grouped(row.live)));
        let what = format!("at {what}, of those at {than}");
        for (name, (most, least)) in
            FIGURES.into_iter().zip(largest.figures.into_iter().zip(smallest.figures))
        {
            bars.at_most(name, &what, most / least, FLAT);
        }
    }
    bars.all
}

/// A number with commas between its thousands.
fn grouped(number: u32) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", grouped(number / 1000), number % 1000),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a sum of some thousands")]
fn count(sum: usize) -> f64 {
    sum as f64
}

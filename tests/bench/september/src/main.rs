//! A September day on Lambda, simulated event by event: how many instances, how many cold starts, how slow, how dear.
//! What the bench measured comes from its file, what nobody measured from `assumptions.toml`; the report tells both.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what it prints is what it is for")]

mod arrivals;
mod assumptions;
mod call;
mod cost;
mod day;
mod figures;
mod fleet;
mod person;
mod processor;
mod report;
mod service;
mod spread;
mod usage;

use assumptions::{Assumptions, SHIPPED, table};
use clap::Parser;
use day::Crowd;
use figures::{File, Kind};
use service::Service;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

/// Simulates a September day on Lambda with the figures that `make bench` measured.
#[derive(Parser, Debug)]
#[command(version)]
struct Options {
    /// What the bench measured.
    #[arg(long, default_value = "target/bench/figures.json")]
    figures: PathBuf,
    /// Other assumptions than tests/bench/september/assumptions.toml had when this was built.
    #[arg(long)]
    assumptions: Option<PathBuf>,
    /// The same seed is the same day.
    #[arg(long, default_value_t = 2026)]
    seed: u64,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("recupmail-september: {cause}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let file = match &options.assumptions {
        Some(path) => fs::read_to_string(path)?,
        None => SHIPPED.to_owned(),
    };
    let assumed = Assumptions::read(&file)?;
    let figures = fs::read_to_string(&options.figures)
        .map_err(|cause| format!("{}: {cause}; make bench writes it", options.figures.display()))?;
    let candidates = serde_json::from_str::<File>(&figures)?.candidates();
    let ours = candidates.get(&Kind::RecupMail).ok_or("the figures are not of all our functions")?;

    let crowd = Crowd::draw(&assumed, options.seed);
    let mut days = Vec::new();
    for (kind, measured) in &candidates {
        let service = Service { measured, assumed: &assumed };
        let day = |concurrency| crowd.recover(&service, concurrency, options.seed);
        days.push((kind.name().to_owned(), day(assumed.account_concurrency)));
        let few = assumed.new_account_concurrency;
        days.push((format!("{}, {few} at once", kind.name()), day(few)));
    }

    println!("# A September day, simulated\n\nSeed {}.\n", options.seed);
    if let Some((_, day)) = days.first() {
        report::print_day(day);
        println!("\n## What it costs\n");
        report::print_cost(day);
    }
    println!("\n## Beside Node and Python, and in a new account\n");
    report::print_comparison(&days);
    println!("\n## The model's processor beside the bench's\n");
    report::print_processor(ours);
    println!("\n## What is assumed\n\n{}\n\n{MODEL}", table(&file)?);
    Ok(())
}

/// What the numbers mean, after the table of assumptions.
const MODEL: &str = "\
An invocation uses CPU and waits for the network by turns: its measured CPU time in equal parts before, between and after its \
trips, of which `tests/trips.rs` counts those to DynamoDB. Measured are the time of init and the CPU time of first and warm \
invocations; a look is taken to need as much as an identification. Node and Python are given our trips, our memory sizes and \
the hash as the bench measures it alone, in a loop; in a function it may cost more. usms lets nobody state an identifier \
alone, so no answer is held back; an institution that does answers after 0.3 s and 1 s.

Left out: phones and CloudFront on the way, the round trips of connections that a start or a first request opens, limits of \
networks, sessions that run out, instances that Lambda replaces while they are used, and tables that have to grow.";

//! The day as Markdown.

use crate::call::FUNCTIONS;
use crate::cost::{Item, SMS, bill};
use crate::day::{Day, Served, percentile};
use crate::figures::{Candidate, millis};
use crate::processor::{PERIOD, Processor};
use std::time::Duration;

/// Under so many starts of a period the model's processor is looked at.
const PHASES: u32 = 1000;

/// Prints what each function did, and the day as a whole.
pub(crate) fn print_day(day: &Day) {
    println!(
        "| function | invocations | at once | cold starts | share | p50 | p99 | p99.9 | cold p50 | cold p99 |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for (function, served) in FUNCTIONS.iter().filter_map(|name| day.functions.get_key_value(name)) {
        let Served { latencies, cold, peak } = served;
        println!(
            "| {function} | {} | {peak} | {} | {:.3} % | {} | {} |",
            latencies.len(),
            cold.len(),
            100.0 * float(cold.len()) / float(latencies.len()),
            percentiles(latencies, &[0.5, 0.99, 0.999]),
            percentiles(cold, &[0.5, 0.99]),
        );
    }
    println!(
        "\n{} recoveries came to a new password; {} requests were turned away; at most {} instances were busy at once, and {} \
         requests came in one second. Latencies are in milliseconds, from Lambda's taking the request to the answer.",
        day.completed, day.throttled, day.peak, day.busiest_second
    );
}

/// Prints the bill.
pub(crate) fn print_cost(day: &Day) {
    println!("| item | amount | unit | USD for one | USD |\n|---|---|---|---|---|");
    let bill = bill(&day.usage);
    for item in &bill {
        println!(
            "| {} | {:.3} | {} | {} | {:.3} |",
            item.what,
            item.amount,
            item.unit,
            item.price,
            item.dollars()
        );
    }
    let all: f64 = bill.iter().map(Item::dollars).sum();
    let without: f64 = bill.iter().filter(|item| item.what != SMS).map(Item::dollars).sum();
    println!(
        "\nTogether {all:.2} USD, {without:.2} of them without SMS: {:.5} USD a recovery, {:.5} without SMS. What is fixed a month \
         is not in it.",
        all / float(day.completed),
        without / float(day.completed)
    );
}

/// Prints a line of a day for each of those that are compared.
pub(crate) fn print_comparison(days: &[(String, Day)]) {
    println!(
        "| | recoveries | turned away | at once | cold starts | p50 | p99 | p99.9 | cold p50 | cold p99 | GB-s | Lambda, USD |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (name, day) in days {
        let (all, cold) = (together(day, |served| &served.latencies), together(day, |served| &served.cold));
        let bill = bill(&day.usage);
        let lambda: f64 = bill.iter().filter(|item| item.what.starts_with("Lambda")).map(Item::dollars).sum();
        println!(
            "| {name} | {} | {} | {} | {} | {} | {} | {:.0} | {lambda:.2} |",
            day.completed,
            day.throttled,
            day.peak,
            cold.len(),
            percentiles(&all, &[0.5, 0.99, 0.999]),
            percentiles(&cold, &[0.5, 0.99]),
            day.usage.gb_seconds,
        );
    }
}

/// Times of all functions, in ascending order.
fn together(day: &Day, of: impl Fn(&Served) -> &Vec<Duration>) -> Vec<Duration> {
    let mut all: Vec<_> = day.functions.values().flat_map(|served| of(served).iter().copied()).collect();
    all.sort_unstable();
    all
}

/// Cells of a table.
fn percentiles(ascending: &[Duration], shares: &[f64]) -> String {
    shares.iter().map(|share| ms(percentile(ascending, *share))).collect::<Vec<_>>().join(" | ")
}

/// Prints the first invocation with the share of 128 MB, as the model has it without any wait and as it was measured.
pub(crate) fn print_processor(measured: &Candidate) {
    println!("| function | its CPU | wall, by the model | wall, as measured |\n|---|---|---|---|");
    for one in FUNCTIONS.iter().filter_map(|name| measured.get_key_value(*name)) {
        let (name, figures) = one;
        let mut walls: Vec<_> = (0..PHASES)
            .map(|phase| {
                let phase = PERIOD * phase / PHASES;
                let done = Processor::of(128, phase).run(PERIOD, millis(figures.first_cpu_ms));
                done.saturating_sub(PERIOD)
            })
            .collect();
        walls.sort_unstable();
        let model = ms(percentile(&walls, 0.5));
        let seen = figures.first_at_share_ms.map_or("–".to_owned(), |wall| format!("{wall:.1}"));
        println!("| {name} | {:.1} | {model} | {seen} |", figures.first_cpu_ms);
    }
}

fn ms(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e3)
}

#[expect(clippy::cast_precision_loss, reason = "a day's counts are far below 2^53")]
fn float(number: usize) -> f64 {
    number as f64
}

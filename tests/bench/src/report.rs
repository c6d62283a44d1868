//! The figures as tables.

use crate::instructions::Instructions;
use crate::measure::{Figures, Kind};
use std::collections::BTreeMap;
use std::time::Duration;

/// Prints a table per kind of figure.
pub(crate) fn print(figures: &[Figures]) {
    println!(
        "| function | of | init | its CPU | start to first TLS answer | first invocation | its CPU | at 128 MB | its CPU | warm | its CPU | memory | binary | answer |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    for one in figures {
        let shared = one
            .first_at_share
            .map_or(("–".to_owned(), "–".to_owned()), |cost| (ms(cost.wall), ms(cost.cpu)));
        println!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {:.1} MB | {} | {} B |",
            one.step,
            name(one.kind),
            ms(one.init.wall),
            ms(one.init.cpu),
            ms(one.started),
            ms(one.first.wall),
            ms(one.first.cpu),
            shared.0,
            shared.1,
            ms(one.warm.wall),
            ms(one.warm.cpu),
            megabytes(one.resident),
            one.binary.map_or("–".to_owned(), |size| format!("{:.2} MB", megabytes(size))),
            one.answer,
        );
    }
    println!(
        "\nTimes in milliseconds, medians; CPU is that of all threads. Memory is the most that was held."
    );
}

/// Prints how many instructions each function executes.
pub(crate) fn print_instructions(counted: &BTreeMap<&'static str, Instructions>) {
    println!(
        "\n| function | instructions of init | of the first invocation | of a warm one |\n|---|---|---|---|"
    );
    for (step, Instructions { init, first, warm }) in counted {
        let [init, first, warm] = [*init, *first, *warm].map(millions);
        println!("| {step} | {init:.1} million | {first:.1} million | {warm:.2} million |");
    }
    println!();
}

#[expect(clippy::cast_precision_loss, reason = "millions to a digit or two")]
pub(crate) fn millions(number: u64) -> f64 {
    number as f64 / 1e6
}

/// What candidates are called.
pub(crate) const fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Bare => "hello, beside it",
        Kind::Ours => "RecupMail",
        Kind::Node => "Node 20",
        Kind::Python => "Python 3.11",
    }
}

pub(crate) fn ms(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}

#[expect(clippy::cast_precision_loss, reason = "megabytes to a digit or two")]
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

//! Writes a registry file of so many invented people to standard output: `cargo run --example crowd -- 100000`.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failure here is a failed measurement")]

use recupmail_tests::{Invented, USMS_HEADER};
use std::io::{BufWriter, Write};

fn main() {
    let count: u32 = std::env::args().nth(1).and_then(|count| count.parse().ok()).expect("how many people");
    let mut out = BufWriter::new(std::io::stdout().lock());
    writeln!(out, "{USMS_HEADER}").unwrap();
    for number in 0..count {
        writeln!(out, "{}", Invented(number)).unwrap();
    }
    out.flush().unwrap();
}

//! Hashes a password some times, and prints the CPU time that one takes, in microseconds.
#![allow(clippy::print_stdout, reason = "what it prints is what it is for")]

use nix::time::{ClockId, clock_gettime};
use one_hash::HASHES;
use recupmail_directory::Argon2id;
use recupmail_domain::ports::HashPassword;
use recupmail_domain::secret::Confidential;
use std::error::Error;
use std::time::Duration;

fn main() -> Result<(), Box<dyn Error>> {
    let password = Confidential::new("Tagine-7-citrons".to_owned());
    let used = || clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map(Duration::from);
    let mut costs = Vec::new();
    for salt in 0..HASHES {
        let before = used()?;
        Argon2id.hash_password(&password, [salt; 16])?;
        costs.push(used()?.saturating_sub(before));
    }
    costs.sort_unstable();
    println!("{}", costs[costs.len() / 2].as_micros());
    Ok(())
}

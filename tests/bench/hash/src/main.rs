//! Hashes a password some times, as many as its argument says, and prints the CPU time that one takes, in microseconds.
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
    let times = std::env::args().nth(1).map_or(Ok(HASHES), |times| times.parse())?;
    for salt in 0..times {
        let before = used()?;
        Argon2id.hash_password(&password, [salt; 16])?;
        costs.push(used()?.saturating_sub(before));
    }
    costs.sort_unstable();
    println!("{}", costs.get(costs.len() / 2).ok_or("no hash is too few")?.as_micros());
    Ok(())
}

//! Every invariant of a change in directories that are services of their own holds in every state of these
//! small worlds, and what should be possible is.

#![allow(clippy::print_stdout, reason = "how many states there are is worth knowing")]

use recupmail_model::Start;
use recupmail_model::remote::RemoteSetting;
use stateright::{Checker, Model};

fn holds(setting: RemoteSetting) {
    let checker = setting.checker().threads(2).spawn_bfs().join();
    println!("{} states, {} steps deep", checker.unique_state_count(), checker.max_depth());
    checker.assert_properties();
}

fn one(required: u8) -> RemoteSetting {
    RemoteSetting::new(vec![Start::requiring(required)])
}

/// Two challenges of a person, each with a password of its own; the second begins by that tick.
fn two(latest: i64) -> RemoteSetting {
    let starts = vec![Start::requiring(0), Start::requiring(0).until(latest)];
    RemoteSetting { passwords: 1, own_passwords: true, life: 4, ..RemoteSetting::new(starts) }
}

#[test]
fn three_attempts_at_two_passwords_in_two_directories() {
    holds(one(1));
}

#[test]
fn one_directory_and_late_copies() {
    holds(RemoteSetting { directories: 1, copies: 1, horizon: 5, ..one(1) });
}

#[test]
fn two_methods() {
    holds(RemoteSetting { directories: 1, attempts: 2, ..one(2) });
}

#[test]
fn two_challenges_and_two_directories() {
    holds(two(5));
}

#[test]
fn two_challenges_and_late_copies() {
    holds(RemoteSetting { parallel: 1, copies: 1, directories: 1, ..two(1) });
}

#[test]
fn a_letter_in_two_challenges() {
    let starts = vec![Start::requiring(1); 2];
    holds(RemoteSetting { starts, letter: true, directories: 1, life: 3, ..two(1) });
}

#[test]
fn a_letter_and_two_passwords() {
    holds(RemoteSetting { letter: true, ..one(1) });
}

#[test]
fn a_decoy_beside_a_challenge() {
    let starts = vec![Start::requiring(1), Start::requiring(1).decoy()];
    holds(RemoteSetting { starts, directories: 1, attempts: 2, ..two(0) });
}

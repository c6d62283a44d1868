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

fn two() -> RemoteSetting {
    let starts = vec![Start::requiring(0), Start::requiring(0).until(5)];
    RemoteSetting { passwords: 1, own_passwords: true, parallel: 1, life: 4, ..RemoteSetting::new(starts) }
}

#[test]
fn two_directories_and_three_attempts_at_two_passwords() {
    holds(one(1));
}

#[test]
fn one_directory_and_late_copies() {
    holds(RemoteSetting { directories: 1, copies: 1, ..one(1) });
}

#[test]
fn two_methods() {
    holds(RemoteSetting { directories: 1, attempts: 2, passwords: 2, ..one(2) });
}

#[test]
fn two_challenges_with_two_directories() {
    holds(RemoteSetting { ..two() });
}

#[test]
fn two_challenges_with_late_copies() {
    holds(RemoteSetting { copies: 1, directories: 1, ..two() });
}

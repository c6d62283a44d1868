//! Every invariant holds in every state of these small worlds, and what should be possible is.

#![allow(clippy::print_stdout, reason = "how many states there are is worth knowing")]

use recupmail_domain::limits::Limits;
use recupmail_model::{Setting, Start};
use stateright::{Checker, Model};

fn holds(setting: Setting) {
    let checker = setting.checker().threads(2).spawn_bfs().join();
    println!("{} states, {} steps deep", checker.unique_state_count(), checker.max_depth());
    checker.assert_properties();
}

fn one_required() -> Setting {
    Setting::new(vec![Start::requiring(1)])
}

fn two_required() -> Setting {
    Setting::new(vec![Start::requiring(2)])
}

/// Two challenges of few codes, the second begun at once or a tick later.
fn pair(first: Start, second: Start) -> Setting {
    let setting = Setting::new(vec![first, second.until(1)]);
    let limits = Limits { sends_per_contact: 1, guesses: 1, ..setting.limits.clone() };
    Setting { methods: 1, codes: 2, parallel: 1, limits, ..setting }
}

#[test]
fn one_contact_with_three_sends_at_once() {
    holds(Setting { methods: 1, parallel: 3, passwords: 2, ..one_required() });
}

#[test]
fn one_contact_with_lost_answers_and_late_copies_of_two_sends_at_once() {
    holds(Setting { methods: 1, losses: true, ..one_required() });
}

#[test]
fn one_of_two_contacts_with_lost_answers_and_late_copies() {
    holds(Setting { parallel: 1, losses: true, ..one_required() });
}

#[test]
fn two_contacts_with_two_sends_at_once() {
    holds(two_required());
}

#[test]
fn two_contacts_with_lost_answers_and_late_copies() {
    holds(Setting { parallel: 1, losses: true, ..two_required() });
}

#[test]
fn two_challenges_of_a_person() {
    holds(pair(Start::requiring(1), Start::requiring(1)));
}

#[test]
fn two_challenges_without_methods_and_two_passwords() {
    holds(Setting { parallel: 0, passwords: 2, ..pair(Start::requiring(0), Start::requiring(0)) });
}

#[test]
fn a_decoy_beside_a_challenge() {
    holds(pair(Start::requiring(1), Start::requiring(1).decoy()));
}

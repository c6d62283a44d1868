//! Every invariant holds in every state of these small worlds, and what should be possible is.

#![allow(clippy::print_stdout, reason = "how many states there are is worth knowing")]

use recupmail_domain::issued::IssuedKind::{Desk, Letter};
use recupmail_domain::limits::Limits;
use recupmail_model::{Setting, Start, ticks};
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
    Setting { contacts: 1, codes: 2, parallel: 1, limits, ..setting }
}

#[test]
fn one_contact_with_three_sends_at_once() {
    holds(Setting { contacts: 1, parallel: 3, passwords: 2, ..one_required() });
}

#[test]
fn one_contact_with_lost_answers_and_late_copies_of_two_sends_at_once() {
    holds(Setting { contacts: 1, losses: true, ..one_required() });
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

/// The same with a letter, its codes issued one after the other at any time, in less time and with one code
/// that is sent.
fn with_letter(setting: Setting) -> Setting {
    let limits = Limits { code_life: ticks(1), session_life: ticks(2), ..setting.limits };
    let kinds = vec![Letter];
    Setting { codes: 1, kinds, issued_life: ticks(1), parallel: 1, horizon: 3, limits, ..setting }
}

#[test]
fn a_letter_or_a_contact() {
    holds(Setting { codes: 2, contacts: 1, ..with_letter(one_required()) });
}

#[test]
fn a_letter_and_a_contact() {
    holds(Setting { contacts: 1, ..with_letter(two_required()) });
}

#[test]
fn a_letter_and_the_desk() {
    let setting = with_letter(two_required());
    holds(Setting { contacts: 0, kinds: vec![Letter, Desk], issues: 1, ..setting });
}

#[test]
fn a_letter_alone_with_lost_answers_and_late_copies_of_two_armings_at_once() {
    holds(Setting { contacts: 0, issues: 1, parallel: 2, losses: true, ..with_letter(one_required()) });
}

#[test]
fn a_letter_in_two_challenges() {
    holds(Setting { contacts: 0, ..with_letter(pair(Start::requiring(1), Start::requiring(1))) });
}

#[test]
fn a_letter_beside_a_decoy() {
    let setting = with_letter(pair(Start::requiring(1), Start::requiring(1).decoy()));
    holds(Setting { contacts: 0, issues: 1, ..setting });
}

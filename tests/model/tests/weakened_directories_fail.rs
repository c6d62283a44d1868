//! Each clause and change below is needed by changes in directories: without it the model finds an invariant
//! broken. So the model can fail, and nobody drops one unnoticed.

#![allow(clippy::print_stdout, reason = "how many states there are is worth knowing")]

mod clauses;

use clauses::{compares, without};
use recupmail_domain::conditional::{Change, Condition, Operand, Path, Write};
use recupmail_model::Start;
use recupmail_model::remote::{RemoteKind, RemoteSetting};
use stateright::{Checker, HasDiscoveries, Model};
use std::collections::BTreeSet;

const PROOFS: &str = "3: a directory write needs every proof";
const UNTRUE: &str = "4: success is told of what every directory has";
const FATE: &str = "another password waits until the fate of one is known";
const ENDS: &str = "5: ends absorb";
const DECOY: &str = "6: a decoy reaches no directory";
const OTHERS: &str = "11: a success ends the others";
const SPENT_CODE: &str = "an issued code changes one password";
const ENDED_CODE: &str = "an issued code that was revoked changes none";

/// Asserts that the weakened writes break the claim; `directories_hold` explores the writes as they are.
fn breaks(claim: &'static str, setting: RemoteSetting, alter: fn(RemoteKind, Write) -> Write) {
    let enough = HasDiscoveries::AllOf(BTreeSet::from([claim]));
    let setting = RemoteSetting { alter, ..setting };
    let checker = setting.checker().threads(2).finish_when(enough).spawn_dfs().join();
    println!("{} states", checker.unique_state_count());
    assert!(checker.discovery(claim).is_some(), "not broken: {claim}");
}

fn one(required: u8) -> RemoteSetting {
    RemoteSetting { parallel: 1, directories: 1, ..RemoteSetting::new(vec![Start::requiring(required)]) }
}

/// Two challenges, each with a password of its own.
fn two(latest: i64) -> RemoteSetting {
    let starts = vec![Start::requiring(0), Start::requiring(0).until(latest)];
    RemoteSetting { starts, passwords: 1, own_passwords: true, life: 4, ..one(0) }
}

fn with_copies(setting: RemoteSetting) -> RemoteSetting {
    RemoteSetting { copies: 1, ..setting }
}

fn letters(challenges: usize) -> RemoteSetting {
    RemoteSetting { starts: vec![Start::requiring(1).until(1); challenges], letter: true, ..two(1) }
}

/// The write without the changes of an attribute, of which there must be one.
fn unchanged(write: Write, name: &str) -> Write {
    let before = write.changes.len();
    let mut lighter = write;
    lighter.changes.retain(|change| match change {
        Change::Set(Path::Attribute(attribute), _) | Change::Remove(attribute) => *attribute != name,
        _ => true,
    });
    assert_ne!(lighter.changes.len(), before, "the change is gone");
    lighter
}

/// Tests whose only difference is what a kind of write loses, and what that breaks.
macro_rules! broken {
    ($($name:ident: $claim:ident in $setting:expr, $($kind:ident $how:ident $what:expr),+;)*) => {$(
        #[test]
        fn $name() {
            breaks($claim, $setting, |kind, write| match kind {
                $(RemoteKind::$kind => $how(write, $what),)+
                _ => write,
            });
        }
    )*};
}

broken! {
    announcements_without_a_proof: PROOFS in one(1), Announce without proven;
    announcements_without_the_first_proof: PROOFS in one(2), Announce without size_at_least;
    announcements_in_an_expired_challenge: PROOFS in one(0), Announce without mentions_exp;
    announcements_after_logout: ENDS in one(1), Announce without mentions_st;
    announcements_over_another: FATE in RemoteSetting { life: 6, ..one(1) }, Announce without mentions_st;
    announcements_of_a_decoy: DECOY in
        RemoteSetting { starts: vec![Start::requiring(1), Start::requiring(1).decoy()], ..two(0) },
        Announce without proven;
    logout_while_it_is_written: ENDS in one(0), Revoke without any_of;
    takeovers_with_another_password: FATE in one(0), TakeOverStill without mentions_fp;
    takeovers_anew_with_another_password: FATE in
        RemoteSetting { own_passwords: false, passwords: 2, ..two(0) },
        TakeOverStill without mentions_fp, TakeOverAnew without mentions_fp;
    takeovers_from_another_than_was_read: UNTRUE in
        RemoteSetting { directories: 2, parallel: 2, ..one(0) }, TakeOverStill without mentions_op;
    takeovers_anew_that_keep_what_was_noted: UNTRUE in
        RemoteSetting { directories: 2, attempts: 4, ..two(0) }, TakeOverAnew unchanged "wrote";
    announcements_that_keep_what_was_noted: UNTRUE in RemoteSetting { directories: 2, parallel: 2, ..one(0) },
        Release unchanged "wrote", Announce unchanged "wrote";
    accounts_held_by_others: UNTRUE in two(3), HoldStill without mentions_holder;
    accounts_held_by_two: UNTRUE in RemoteSetting { parallel: 2, ..two(1) }, HoldAnew without mentions_until;
    accounts_held_without_an_end: UNTRUE in RemoteSetting { parallel: 2, ..two(1) }, HoldAnew unchanged "until";
    accounts_held_on_without_an_end: UNTRUE in
        RemoteSetting { parallel: 2, ..two(3) }, HoldStill unchanged "until";
    accounts_held_after_success: OTHERS in two(1), HoldAnew without mentions_changed;
    accounts_without_a_stamp: OTHERS in two(1), Stamp unchanged "changed";
    accounts_stamped_by_others: UNTRUE in with_copies(two(3)), Stamp without mentions_holder;
    accounts_freed_by_others: UNTRUE in with_copies(two(3)), Free without mentions_holder;
    ends_by_others: UNTRUE in with_copies(two(0)), Complete without mentions_op;
    releases_after_another_attempt: FATE in one(0), Release without mentions_tries;
    releases_by_others: FATE in with_copies(RemoteSetting { parallel: 2, ..one(0) }), Release without mentions_op;
    a_code_used_twice: SPENT_CODE in RemoteSetting { attempts: 2, ..letters(2) }, UseUp without mentions_used;
    a_code_used_after_it_was_revoked: ENDED_CODE in letters(1), UseUp without mentions_revoked;
}

/// A success frees the account, whatever was asked before.
#[test]
fn accounts_freed_while_a_directory_may_write() {
    breaks(UNTRUE, two(3), |kind, mut write| {
        if kind == RemoteKind::Stamp {
            write.changes.push(Change::Remove("until"));
        }
        write
    });
}

/// Clauses that compare one attribute.
macro_rules! mentions {
    ($($name:ident: $attribute:literal;)*) => {$(
        fn $name(condition: &Condition) -> bool {
            compares(condition, $attribute)
        }
    )*};
}

mentions! {
    mentions_st: "st";
    mentions_exp: "exp";
    mentions_op: "op";
    mentions_fp: "fp";
    mentions_tries: "tries";
    mentions_holder: "holder";
}

fn any_of(condition: &Condition) -> bool {
    matches!(condition, Condition::Any(_))
}

fn any_with(condition: &Condition, name: &str) -> bool {
    matches!(condition, Condition::Any(parts) if parts.iter().any(|part| compares(part, name)))
}

fn mentions_changed(condition: &Condition) -> bool {
    any_with(condition, "changed")
}

fn mentions_until(condition: &Condition) -> bool {
    any_with(condition, "until")
}

fn absent(condition: &Condition, name: &'static str) -> bool {
    *condition == Condition::Absent(Path::Attribute(name))
}

fn mentions_used(condition: &Condition) -> bool {
    absent(condition, "used")
}

fn mentions_revoked(condition: &Condition) -> bool {
    absent(condition, "revoked")
}

fn size_at_least(condition: &Condition) -> bool {
    matches!(condition, Condition::SizeAtLeast(..))
}

fn proven(condition: &Condition) -> bool {
    matches!(condition, Condition::Contains(Path::Attribute("seen"), Operand::Path(_)))
}

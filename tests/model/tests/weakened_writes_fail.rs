//! Each clause below is needed: without it the model finds the invariant broken. So the model can fail, and
//! nobody drops a clause unnoticed.

#![allow(clippy::print_stdout, reason = "how many states there are is worth knowing")]

mod clauses;

use clauses::{compares, without};
use recupmail_domain::conditional::{Condition, Operand, Path, Value, Write};
use recupmail_domain::issued::IssuedKind::Letter;
use recupmail_domain::limits::Limits;
use recupmail_model::{Kind, Setting, Start, ticks};
use stateright::{Checker, HasDiscoveries, Model};
use std::collections::BTreeSet;

const GUESSES: &str = "1: guesses are few";
const PROOFS: &str = "3: a password needs every proof";
const ONE_PASSWORD: &str = "4: one password succeeds";
const ENDS: &str = "5: ends absorb";
const DECOY: &str = "6: a decoy does nothing";
const SENDS: &str = "7: sends are few and spaced";
const OLDER_CODE: &str = "7: an older code never confirms";
const DELETION: &str = "9: deletion enables nothing";
const OTHERS: &str = "11: a success ends the others";
const EXPIRY: &str = "what expired sends and grants nothing";
const SHAPE: &str = "1: another shape is no guess";
const SPENT_CODE: &str = "an issued code changes one password";
const ENDED_CODE: &str = "an issued code that was ended changes none";
const SETTLED: &str = "what is to be used up is settled once all is proven";

/// Asserts that the weakened writes break the claim, and the writes as they are do not need to be asked:
/// `challenge_holds` explores these worlds.
fn breaks(claim: &'static str, setting: Setting, alter: fn(Kind, Write) -> Write) {
    let enough = HasDiscoveries::AllOf(BTreeSet::from([claim]));
    let checker = Setting { alter, ..setting }.checker().threads(2).finish_when(enough).spawn_bfs().join();
    println!("{} states", checker.unique_state_count());
    assert!(checker.discovery(claim).is_some(), "not broken: {claim}");
}

fn one_required() -> Setting {
    Setting { contacts: 1, parallel: 1, ..Setting::new(vec![Start::requiring(1)]) }
}

fn two_required() -> Setting {
    Setting { parallel: 1, ..Setting::new(vec![Start::requiring(2)]) }
}

fn none_required() -> Setting {
    Setting { parallel: 0, passwords: 2, ..Setting::new(vec![Start::requiring(0)]) }
}

/// A letter alone, in one challenge or in two.
fn letter(challenges: usize) -> Setting {
    let starts = vec![Start::requiring(1).until(1); challenges];
    let limits = Limits { code_life: ticks(1), session_life: ticks(2), ..one_required().limits };
    let setting = Setting { starts, contacts: 0, codes: 1, horizon: 3, limits, ..one_required() };
    Setting { kinds: vec![Letter], issued_life: ticks(1), ..setting }
}

/// The write without its changes.
fn without_changes(write: Write) -> Write {
    Write { changes: Vec::new(), ..write }
}

#[test]
fn a_code_that_is_not_used_up() {
    breaks(SPENT_CODE, letter(2), |kind, write| match kind {
        Kind::UseUp => without_changes(write),
        _ => write,
    });
}

/// Tests whose only difference is the kind of write, the clause it loses, and what that breaks.
macro_rules! broken {
    ($($name:ident: $claim:ident in $setting:expr, $($kind:ident without $clause:expr),+;)*) => {$(
        #[test]
        fn $name() {
            breaks($claim, $setting, |kind, write| match kind {
                $(Kind::$kind => without(write, $clause),)+
                _ => write,
            });
        }
    )*};
}

broken! {
    guesses_without_a_bound: GUESSES in one_required(), Guess without size_bound;
    guesses_after_success: GUESSES in one_required(), Guess without not_proven;
    guesses_at_an_expired_code: EXPIRY in one_required(), Guess without mentions_cexp;
    guesses_in_an_expired_challenge: EXPIRY in one_required(), Guess without mentions_exp;
    guesses_after_logout: ENDS in one_required(), Guess without mentions_st;
    repeats_after_logout: ENDS in one_required(), Repeat without mentions_st;
    repeats_without_a_bound: GUESSES in one_required(), Repeat without any_of;
    repeats_before_success: GUESSES in two_required(), Repeat without proven;
    repeats_in_an_expired_challenge: EXPIRY in one_required(), Repeat without mentions_exp;
    resends_that_drop_a_proof: GUESSES in one_required(), FirstOrAgain without guesses_remain;
    codes_that_were_guessed_before_they_were_sent: PROOFS in one_required(), FirstOrAgain without not_guessed;
    sends_without_a_bound: SENDS in one_required(), FirstOrAgain without mentions_sends;
    sends_in_all_without_a_bound: SENDS in few_sends(3, 2), FirstOrAgain without mentions_total;
    sends_to_the_next_method_without_a_bound: SENDS in few_sends(1, 3), NextMethod without mentions_sends;
    sends_to_the_next_method_without_a_bound_in_all: SENDS in few_sends(2, 1), NextMethod without mentions_total;
    sends_to_the_next_method_without_spacing: SENDS in two_required(), NextMethod without at_most;
    sends_without_spacing: SENDS in one_required(), FirstOrAgain without at_most;
    sends_in_an_expired_challenge: EXPIRY in one_required(), FirstOrAgain without mentions_exp;
    an_older_code_come_back: OLDER_CODE in Setting { contacts: 2, parallel: 2, losses: true, ..one_required() },
        FirstOrAgain without at_most;
    give_backs_of_other_sends: SENDS in Setting { parallel: 2, losses: true, ..one_required() },
        GiveBack without mentions_mac;
    the_same_method_again_with_fresh_guesses: GUESSES in two_required(), NextMethod without not_equal;
    one_method_proven_twice: PROOFS in two_required(),
        NextMethod without not_equal, Finish without not_done;
    passwords_without_the_last_proof: PROOFS in one_required(), Finish without proven;
    passwords_without_the_first_proof: PROOFS in two_required(), Finish without size_at_least;
    passwords_in_an_expired_challenge: EXPIRY in one_required(), Finish without mentions_exp;
    passwords_after_logout: ENDS in none_required(), Finish without any_of;
    a_second_password: ONE_PASSWORD in none_required(),
        Finish without any_of, ChangeAccount without any_of;
    a_challenge_that_outlives_anothers_success: OTHERS in
        Setting { starts: vec![Start::requiring(0); 2], ..none_required() }, ChangeAccount without any_of;
    logout_after_success: ENDS in none_required(), Revoke without any_of;
    logout_of_a_deleted_challenge: DELETION in none_required(), Revoke without any_of;
    a_decoy_that_is_done: DECOY in
        Setting { starts: vec![Start::requiring(1), Start::requiring(1).decoy()], ..few_codes() },
        Finish without proven;
    a_code_used_twice: SPENT_CODE in letter(2), UseUp without mentions_used;
    a_code_used_after_it_was_revoked: ENDED_CODE in letter(1), UseUp without mentions_revoked;
    a_code_used_after_it_was_replaced: ENDED_CODE in letter(1), UseUp without mentions_at;
    a_code_used_after_its_time: EXPIRY in letter(1), UseUp without mentions_exp;
    a_revocation_of_a_code_that_is_gone: DELETION in letter(1), RevokeIssued without exists;
    guesses_of_another_shape: SHAPE in letter(1), Guess without shape;
    an_unproven_letter: PROOFS in letter(1), Finish without proven;
    another_letter_after_the_proof: SETTLED in letter(1), FirstOrAgain without guesses_remain;
}

fn few_codes() -> Setting {
    let limits = Limits { sends_per_contact: 1, guesses: 1, ..one_required().limits };
    Setting { codes: 1, limits, ..one_required() }
}

fn few_sends(sends_per_contact: i64, sends_per_challenge: i64) -> Setting {
    let limits = Limits { sends_per_contact, sends_per_challenge, ..two_required().limits };
    Setting { limits, ..two_required() }
}

fn mentions_st(condition: &Condition) -> bool {
    compares(condition, "st")
}

fn mentions_exp(condition: &Condition) -> bool {
    compares(condition, "exp")
}

fn mentions_cexp(condition: &Condition) -> bool {
    compares(condition, "cexp")
}

fn mentions_sends(condition: &Condition) -> bool {
    compares(condition, "sends")
}

fn mentions_total(condition: &Condition) -> bool {
    compares(condition, "total")
}

fn mentions_at(condition: &Condition) -> bool {
    compares(condition, "at")
}

fn mentions_used(condition: &Condition) -> bool {
    *condition == Condition::Absent(Path::Attribute("used"))
}

fn mentions_revoked(condition: &Condition) -> bool {
    *condition == Condition::Absent(Path::Attribute("revoked"))
}

fn exists(condition: &Condition) -> bool {
    matches!(condition, Condition::Exists(_))
}

fn shape(condition: &Condition) -> bool {
    match condition {
        Condition::Any(parts) => parts.iter().all(|part| compares(part, "mm")),
        Condition::Not(inner) => shape(inner),
        _ => false,
    }
}

fn mentions_mac(condition: &Condition) -> bool {
    compares(condition, "mac")
}

fn size_bound(condition: &Condition) -> bool {
    matches!(condition, Condition::SizeBelow(..))
}

fn size_at_least(condition: &Condition) -> bool {
    matches!(condition, Condition::SizeAtLeast(..))
}

fn at_most(condition: &Condition) -> bool {
    matches!(condition, Condition::AtMost(..))
}

fn not_equal(condition: &Condition) -> bool {
    matches!(condition, Condition::NotEqual(..))
}

fn any_of(condition: &Condition) -> bool {
    matches!(condition, Condition::Any(_))
}

fn proven(condition: &Condition) -> bool {
    matches!(condition, Condition::Contains(Path::Attribute("seen"), Operand::Path(_)))
}

fn not_proven(condition: &Condition) -> bool {
    matches!(condition, Condition::Not(inner) if proven(inner))
}

fn not_guessed(condition: &Condition) -> bool {
    let guessed = |inner: &Condition| {
        matches!(inner, Condition::Contains(Path::Attribute("seen"), Operand::Value(Value::Bytes(_))))
    };
    matches!(condition, Condition::Not(inner) if guessed(inner))
}

fn not_done(condition: &Condition) -> bool {
    matches!(condition, Condition::Not(inner) if matches!(**inner, Condition::Contains(Path::Attribute("done"), _)))
}

fn guesses_remain(condition: &Condition) -> bool {
    matches!(condition, Condition::Any(parts)
        if parts.first() == Some(&Condition::Absent(Path::Attribute("seen"))))
}

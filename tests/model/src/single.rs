//! The requests that decide by a single write: a guess, a repeat, a password, a logout.

use crate::code::shape_of;
use crate::history::Invariant;
use crate::interpret::apply;
use crate::request::{ChallengeIndex, Code};
use crate::setting::{Kind, Setting};
use crate::world::{World, moment};
use recupmail_domain::challenge::State;
use recupmail_domain::challenge::writes::{self, Shape};
use recupmail_domain::conditional::Value;
use std::sync::Arc;

impl World {
    /// Spends a guess, then compares it.
    pub(crate) fn guess(
        &mut self,
        challenge: ChallengeIndex,
        code: Code,
        now: i64,
        setting: &Setting,
    ) -> Option<()> {
        let write = writes::guess(&[code], shape_of(code), moment(now), &setting.limits);
        if !self.change(challenge, &(setting.alter)(Kind::Guess, write)) {
            return None;
        }
        let live = self.challenges[challenge].live_code();
        let another_shape = live.is_some_and(|live| shape_of(live) != shape_of(code));
        let history = &mut self.challenges[challenge].history;
        let after_success = history.right();
        history.guessed.insert(code);
        let too_many = i64::from(history.guessed.len()) > setting.limits.guesses;
        let code_ends = history.live.map(|live| moment(live.since).plus(setting.limits.code_life));
        if too_many || after_success {
            self.breaks(Invariant::Guesses);
        }
        if another_shape {
            self.breaks(Invariant::Shape);
        }
        if self.compare(challenge, code, now, setting) && code_ends.is_none_or(|end| end <= moment(now)) {
            self.breaks(Invariant::Expiry);
        }
        Some(())
    }

    /// Spends a repeat of a code that was proven, then compares it. It follows a refused guess at any
    /// distance, so it may come whenever something was once proven.
    pub(crate) fn repeat(
        &mut self,
        challenge: ChallengeIndex,
        code: Code,
        now: i64,
        setting: &Setting,
    ) -> Option<()> {
        let write = (setting.alter)(Kind::Repeat, writes::repeat(moment(now), &setting.limits));
        if !self.change(challenge, &write) {
            return None;
        }
        let history = &mut self.challenges[challenge].history;
        history.repeated += 1;
        if history.repeated > setting.limits.repeats || !history.right() {
            self.breaks(Invariant::Guesses);
        }
        self.compare(challenge, code, now, setting);
        Some(())
    }

    /// Whether the code is the live one; then the session may do more.
    fn compare(&mut self, challenge: ChallengeIndex, code: Code, now: i64, setting: &Setting) -> bool {
        if self.challenges[challenge].live_code() != Some(code) {
            return false;
        }
        if self.challenges[challenge].attribute("st") != Some(&Value::from(State::Sent.name())) {
            self.breaks(Invariant::Ends);
        }
        let history = &mut self.challenges[challenge].history;
        if let Some(live) = history.live {
            history.proven.insert(live.method);
        }
        if shape_of(code) == Shape::Issued {
            history.proven_by.insert(code);
        }
        if history.replaced.contains(code) && history.delivered.contains(code) {
            self.breaks(Invariant::OlderCode);
        }
        if self.expired(challenge, now, setting) {
            self.breaks(Invariant::Expiry);
        }
        if setting.starts[challenge].decoy {
            self.breaks(Invariant::Decoy);
        }
        true
    }

    /// Writes a password, ends the challenge and uses up the codes that were armed in it, in one transaction.
    /// Every challenge may try, with a grant or without.
    pub(crate) fn set_password(
        &mut self,
        challenge: ChallengeIndex,
        password: u8,
        now: i64,
        setting: &Setting,
    ) -> Option<()> {
        let held = &self.challenges[challenge];
        let began = moment(held.history.began?);
        let start = setting.starts[challenge];
        let finish = writes::finish(&[password], start.required, moment(now));
        let change = writes::change_account(&format!("hash {password}"), began, moment(now));
        let Ok(ended) = apply(&(setting.alter)(Kind::Finish, finish), held.item.as_deref()) else {
            self.ask_again(challenge, password);
            return (!self.keeps(Invariant::OnePassword)).then_some(());
        };
        let change = (setting.alter)(Kind::ChangeAccount, change);
        let account = apply(&change, self.account.as_deref()).ok()?;
        if !setting.kinds.is_empty() {
            self.issued = self.issued.used_up(&held.read()?, now, setting)?;
        }
        self.store(challenge, ended);
        self.account = Some(Arc::new(account));
        self.succeed(challenge, password, now, setting);
        Some(())
    }

    fn succeed(&mut self, challenge: ChallengeIndex, password: u8, now: i64, setting: &Setting) {
        let start = setting.starts[challenge];
        let history = &mut self.challenges[challenge].history;
        let different = history.passwords.insert(password) && history.passwords.len() > 1;
        let unproven = history.proven.len() < u32::from(start.required);
        let overtaken = history.overtaken;
        if unproven {
            self.breaks(Invariant::Proofs);
        }
        if different {
            self.breaks(Invariant::OnePassword);
        }
        if overtaken {
            self.breaks(Invariant::Others);
        }
        if self.expired(challenge, now, setting) {
            self.breaks(Invariant::Expiry);
        }
        if start.decoy {
            self.breaks(Invariant::Decoy);
        }
        self.spend(challenge, now);
        for (other, held) in self.challenges.iter_mut().enumerate() {
            let began = held.history.began.is_some_and(|began| began <= now);
            held.history.overtaken |= other != challenge && began;
        }
    }

    /// A refused password of a challenge that is done is told as done if it is the one that was written.
    fn ask_again(&mut self, challenge: ChallengeIndex, password: u8) {
        let held = &self.challenges[challenge];
        let done = held.attribute("st") == Some(&Value::from(State::Done.name()));
        let ours = held.attribute("fp") == Some(&Value::Bytes(vec![password]));
        if done && ours && !held.history.passwords.contains(password) {
            self.breaks(Invariant::OnePassword);
        }
    }

    /// Ends the challenge by the person's wish.
    pub(crate) fn revoke(&mut self, challenge: ChallengeIndex, setting: &Setting) -> Option<()> {
        let write = (setting.alter)(Kind::Revoke, writes::revoke());
        self.change(challenge, &write).then_some(())
    }
}

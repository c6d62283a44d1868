//! Writes of a change in directories that are services of their own: they cannot be part of a transaction, so
//! the change is announced before and ended after, and can be taken over from who did not come to its end.
//!
//! Besides the challenge, the person's account as it is known here takes part. It is held by one change at a
//! time, so that two challenges of a person cannot leave one password in one directory and another in the next.

use super::{all_proven, state_is};
use crate::challenge::{ChallengeId, State};
use crate::clock::Timestamp;
use crate::conditional::{Change, Condition, Value, Write, absent, equal, less};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long one attempt at a change may take before another may take it over: longer than the function's
/// timeout.
pub const LEASE: Duration = Duration::from_secs(20);

/// How long the directories have together, from when an attempt begins: within the lease, with room for what is
/// stored before.
pub const DIRECTORIES: Duration = Duration::from_secs(12);

/// One attempt at a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt<'a> {
    /// Random, so that it knows its own writes.
    pub op: &'a [u8],
    /// Of the password.
    pub fingerprint: &'a [u8],
    /// When it began.
    pub now: Timestamp,
}

impl Attempt<'_> {
    fn ours(&self) -> Condition {
        Condition::All(vec![state_is(State::Applying), equal("op", Value::from(self.op.to_vec()))])
    }

    fn leased(&self) -> [Change; 2] {
        [
            Change::Set("op".into(), self.op.to_vec().into()),
            Change::Set("lease".into(), self.now.plus(LEASE).as_millis().into()),
        ]
    }

    /// Announces the change. `required` is as read; it never changes.
    pub fn announce(&self, required: u8) -> Write {
        let mut changes = vec![
            Change::Set("st".into(), State::Applying.name().into()),
            Change::Set("fp".into(), self.fingerprint.to_vec().into()),
            Change::Set("tries".into(), 1.into()),
            Change::Remove("wrote"),
        ];
        changes.extend(self.leased());
        Write { condition: all_proven(required, self.now), changes }
    }

    /// Takes over a change to the same password whose lease is over, from the attempt that was read to be at
    /// it: had another come between, what was read of the directories would not be true any more. What they
    /// wrote counts only as long as nobody else held the account since.
    pub fn take_over(&self, from: &[u8], account: Held) -> Write {
        let condition = Condition::All(vec![
            state_is(State::Applying),
            equal("fp", Value::from(self.fingerprint.to_vec())),
            equal("op", Value::from(from.to_vec())),
            less("lease", self.now.as_millis()),
        ]);
        let mut changes = vec![Change::Count("tries".into(), 1)];
        changes.extend(self.leased());
        if account == Held::Anew {
            changes.push(Change::Remove("wrote"));
        }
        Write { condition, changes }
    }

    /// Notes that a directory has the password.
    pub fn note(&self, directory: &str) -> Write {
        let names = Value::TextSet(BTreeSet::from([directory.to_owned()]));
        Write { condition: self.ours(), changes: vec![Change::Insert("wrote", names)] }
    }

    /// Ends the change: every directory has the password, whichever attempt wrote it. `told` says whether
    /// everybody whom it concerns knows. Has no expiry; only the attempt that is at it knows what every
    /// directory has, since another recovery may have held the account before it took over.
    pub fn complete(&self, told: bool, at: Timestamp) -> Write {
        let telling =
            if told { Change::Set("told".into(), 1.into()) } else { Change::Set("telling".into(), 0.into()) };
        let changes = vec![
            Change::Set("st".into(), State::Done.name().into()),
            Change::Set("at".into(), at.as_millis().into()),
            telling,
        ];
        Write { condition: self.ours(), changes }
    }

    /// Takes the announcement back, so that another password may be tried: this one is in no directory, or in
    /// one before the one that refused it, and no other attempt was ever at it. Has no expiry.
    pub fn release(&self, back_to: State) -> Write {
        let forgotten = ["op", "fp", "lease", "tries", "wrote"].map(Change::Remove);
        let changes = [Change::Set("st".into(), back_to.name().into())].into_iter().chain(forgotten);
        Write { condition: self.ours().and(equal("tries", 1)), changes: changes.collect() }
    }

    /// Ends the attempt, so that another at the same password may begin at once.
    pub fn give_up(&self) -> Write {
        Write { condition: self.ours(), changes: vec![Change::Set("lease".into(), 0.into())] }
    }
}

/// Since when a change holds the person's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// From now on.
    Anew,
    /// All the time since it was announced.
    Still,
}

fn unchanged_since(began: Timestamp) -> Condition {
    absent("changed").or(less("changed", began.as_millis()))
}

fn held_by(challenge: &ChallengeId) -> Condition {
    equal("holder", Value::from(challenge.as_str()))
}

/// Holds the account for a change: no other recovery succeeded since the challenge began, and none is at it.
pub fn hold_account(challenge: &ChallengeId, held: Held, began: Timestamp, now: Timestamp) -> Write {
    let free = match held {
        Held::Still => held_by(challenge),
        Held::Anew => absent("until").or(less("until", now.as_millis())),
    };
    Write {
        condition: unchanged_since(began).and(free),
        changes: vec![
            Change::Set("holder".into(), challenge.as_str().into()),
            Change::Set("until".into(), now.plus(LEASE).as_millis().into()),
        ],
    }
}

/// Ends the holding by a change that came to its end, and with it the person's other challenges. If it took
/// more than the `first` attempt, what a directory was asked before may be written yet: until then nobody holds
/// the account.
pub fn stamp_account(challenge: &ChallengeId, first: bool, now: Timestamp) -> Write {
    let stamp = Change::Set("changed".into(), now.as_millis().into());
    let mut changes = vec![stamp, Change::Remove("holder")];
    if first {
        changes.push(Change::Remove("until"));
    }
    Write { condition: held_by(challenge), changes }
}

/// Ends the holding by a change that was released.
pub fn free_account(challenge: &ChallengeId) -> Write {
    Write { condition: held_by(challenge), changes: vec![Change::Remove("holder"), Change::Remove("until")] }
}

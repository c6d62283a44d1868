//! Every write to a challenge, each a condition and its changes.
//!
//! The conditions are what keeps parallel requests, repeats and crashes from granting anything: they were
//! explored by the model in `tests/model`, which interprets these very values. Change them only with a
//! model that still holds.

pub mod applying;

use super::{ContactId, Method, MethodId, State};
use crate::clock::Timestamp;
use crate::conditional::{
    Change, Condition, Operand, Path, Value, Write, absent, attribute, contains, equal, exists, less, more,
};
use crate::issued::IssuedKind;
use crate::keys::KeyedHash;
use crate::limits::Limits;
use std::collections::BTreeSet;
use std::time::Duration;

/// Of a send: what goes where, from when on, within which limits.
#[derive(Clone, Debug)]
pub struct Sending<'a> {
    /// The new code's mac.
    pub mac: &'a [u8],
    /// The method it goes by.
    pub method: &'a Method,
    /// Of a letter or desk code, which one is armed: the moment of its issue.
    pub armed: Option<Timestamp>,
    /// The contact's sends so far, as read.
    pub sends_before: i64,
    /// Now.
    pub now: Timestamp,
    /// The institution's limits.
    pub limits: &'a Limits,
}

fn state_is(state: State) -> Condition {
    equal("st", Value::from(state.name()))
}

fn open_or_sent() -> Condition {
    state_is(State::Open).or(state_is(State::Sent))
}

fn live(now: Timestamp) -> Condition {
    more("exp", now.as_millis())
}

fn more_than_ago(attribute: &'static str, time: Duration, now: Timestamp) -> Condition {
    less(attribute, now.as_millis() - i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
}

fn live_code_proven() -> Condition {
    contains("seen", attribute("mac"))
}

/// Guesses remain, this mac is not among them, and none of them was right.
fn guesses_remain(mac: &[u8], limits: &Limits) -> Condition {
    absent("seen").or(Condition::All(vec![
        Condition::SizeBelow("seen".into(), limits.guesses),
        !contains("seen", Value::from(mac.to_vec())),
        !live_code_proven(),
    ]))
}

impl Sending<'_> {
    fn contact(&self) -> &str {
        self.method.contact.as_str()
    }

    fn sends(&self) -> Path {
        Path::Entry("sends", self.contact().to_owned())
    }

    fn next(&self) -> Path {
        Path::Entry("next", self.contact().to_owned())
    }

    fn within_limits(&self) -> Condition {
        Condition::All(vec![
            Condition::AtMost(self.next().into(), self.now.as_millis().into()),
            less(self.sends(), self.limits.sends_per_contact),
            less("total", self.limits.sends_per_challenge),
            absent("done").or(!contains("done", Value::from(self.contact()))),
        ])
    }

    fn changes(&self) -> Vec<Change> {
        let spacing: Duration = self.limits.spacing_after(self.sends_before + 1);
        let armed = self.armed.zip(self.method.contact.issued_kind());
        let armed = armed.map(|(issued, kind)| {
            Change::Set(Path::Entry("armed", kind.name().to_owned()), issued.as_millis().into())
        });
        let changes = vec![
            Change::Set("st".into(), State::Sent.name().into()),
            Change::Set("mac".into(), self.mac.to_vec().into()),
            Change::Set("mm".into(), self.contact().into()),
            Change::Set("way".into(), self.method.id().as_str().into()),
            Change::Set("cexp".into(), self.now.plus(self.limits.code_life).as_millis().into()),
            Change::Increase(self.sends(), 1),
            Change::Set(self.next(), self.now.plus(spacing).as_millis().into()),
            Change::Increase("total".into(), 1),
        ];
        changes.into_iter().chain(armed).collect()
    }

    /// The first code of a challenge, a resend, or another method instead of an unproven one. The guesses
    /// already spent stay spent, and the older code is dead.
    pub fn first_or_again(&self) -> Write {
        let condition = Condition::All(vec![
            open_or_sent(),
            live(self.now),
            self.within_limits(),
            guesses_remain(self.mac, self.limits),
        ]);
        Write { condition, changes: self.changes() }
    }

    /// On to another method after `proven` ones: what was proven is kept, the guesses begin anew.
    pub fn next_method(&self, proven_mac: &[u8], proven_contact: &ContactId, proven: u8) -> Write {
        let condition = Condition::All(vec![
            state_is(State::Sent),
            live(self.now),
            equal("mac", Value::from(proven_mac.to_vec())),
            live_code_proven(),
            more("need", i64::from(proven)),
            Condition::NotEqual(attribute("mm"), Operand::Value(self.contact().into())),
            self.within_limits(),
        ]);
        let mut changes = self.changes();
        changes.extend([
            Change::Insert("done", Value::TextSet(BTreeSet::from([proven_contact.as_str().to_owned()]))),
            Change::Remove("seen"),
            Change::Remove("rep"),
        ]);
        Write { condition, changes }
    }

    /// Gives a send back whose delivery failed for certain: it counts no more and its code is dead. Has no
    /// expiry, and applies once.
    pub fn give_back(&self) -> Write {
        let condition = Condition::All(vec![
            equal("mac", Value::from(self.mac.to_vec())),
            equal(self.sends(), self.sends_before + 1),
            exists("cexp"),
        ]);
        let changes = vec![
            Change::Set(self.sends(), self.sends_before.into()),
            Change::Set(self.next(), self.now.as_millis().into()),
            Change::Increase("total".into(), -1),
            Change::Remove("cexp"),
        ];
        Write { condition, changes }
    }
}

/// Spends a typed contact, before it is compared, if there is such a method. The same one again costs
/// nothing.
pub fn type_contact(typed: KeyedHash, method: &MethodId, now: Timestamp, limits: &Limits) -> Write {
    let typed = typed.as_bytes().to_vec();
    let room = absent("tried")
        .or(Condition::SizeBelow("tried".into(), limits.typed_contacts))
        .or(contains("tried", Value::from(typed.clone())));
    Write {
        condition: Condition::All(vec![
            open_or_sent(),
            live(now),
            contains("ways", Value::from(method.as_str())),
            room,
        ]),
        changes: vec![Change::Insert("tried", Value::BytesSet(BTreeSet::from([typed])))],
    }
}

/// What a typed code looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A code that was sent.
    Sent,
    /// A code that was issued, on paper or at the desk.
    Issued,
}

/// The live code looks like the typed one; else it was no guess.
fn live_code_looks_like(shape: Shape) -> Condition {
    let names = [IssuedKind::Letter, IssuedKind::Desk].map(IssuedKind::name);
    let issued = Condition::Any(names.map(|name| equal("mm", Value::from(name))).into());
    match shape {
        Shape::Issued => issued,
        Shape::Sent => !issued,
    }
}

/// Spends a guess, before it is compared.
pub fn guess(mac: &[u8], shape: Shape, now: Timestamp, limits: &Limits) -> Write {
    let condition = Condition::All(vec![
        state_is(State::Sent),
        live(now),
        more("cexp", now.as_millis()),
        live_code_looks_like(shape),
        guesses_remain(mac, limits),
    ]);
    Write {
        condition,
        changes: vec![Change::Insert("seen", Value::BytesSet(BTreeSet::from([mac.to_vec()])))],
    }
}

/// Spends a repeat of a code that was already proven, before it is compared: its answer may have been lost.
pub fn repeat(now: Timestamp, limits: &Limits) -> Write {
    let condition = Condition::All(vec![
        state_is(State::Sent),
        live(now),
        live_code_proven(),
        absent("rep").or(less("rep", limits.repeats)),
    ]);
    Write { condition, changes: vec![Change::Count("rep".into(), 1)] }
}

/// Every required method is proven, and it is not too late. `required` is as read; it never changes.
fn all_proven(required: u8, now: Timestamp) -> Condition {
    let proven = if required == 0 {
        Condition::All(vec![open_or_sent(), live(now), equal("need", 0)])
    } else {
        Condition::All(vec![state_is(State::Sent), live(now), live_code_proven()])
    };
    if required > 1 {
        proven
            .and(Condition::SizeAtLeast("done".into(), i64::from(required) - 1))
            .and(Condition::Not(Box::new(Condition::Contains("done".into(), attribute("mm")))))
    } else {
        proven
    }
}

/// Ends a challenge whose every required method is proven, together with the embedded directory's change in
/// one transaction.
pub fn finish(fingerprint: &[u8], required: u8, now: Timestamp) -> Write {
    Write {
        condition: all_proven(required, now),
        changes: vec![
            Change::Set("st".into(), State::Done.name().into()),
            Change::Set("fp".into(), fingerprint.to_vec().into()),
            Change::Set("at".into(), now.as_millis().into()),
            Change::Set("telling".into(), now.as_millis().into()),
        ],
    }
}

/// How long whoever changed a password has for telling the person, before a retry may do it instead; longer
/// than the function's timeout.
const TELLING: Duration = Duration::from_secs(15);

/// Takes over the telling of a change from who did not come to its end.
pub fn take_over_telling(now: Timestamp) -> Write {
    let abandoned = more_than_ago("telling", TELLING, now);
    Write {
        condition: Condition::All(vec![state_is(State::Done), absent("told"), abandoned]),
        changes: vec![Change::Set("telling".into(), now.as_millis().into())],
    }
}

/// Ends the telling of a change: all was told, or a retry may try again at once.
pub fn end_telling(told: bool) -> Write {
    let change =
        if told { Change::Set("told".into(), 1.into()) } else { Change::Set("telling".into(), 0.into()) };
    Write { condition: state_is(State::Done), changes: vec![change] }
}

/// The embedded directory's half of that transaction: refused if the account changed since the challenge
/// began, so that a success ends the person's other challenges.
pub fn change_account(password_hash: &str, began: Timestamp, now: Timestamp) -> Write {
    Write {
        condition: absent("changed").or(less("changed", began.as_millis())),
        changes: vec![
            Change::Set("hash".into(), password_hash.into()),
            Change::Set("changed".into(), now.as_millis().into()),
        ],
    }
}

/// Ends a challenge by the person's wish. Has no expiry; what is done stays done.
pub fn revoke() -> Write {
    Write { condition: open_or_sent(), changes: vec![Change::Set("st".into(), State::Revoked.name().into())] }
}

//! The recovery challenge: one person, one attempt to recover, fifteen minutes.
//!
//! `OPEN → SENT ⟲ → APPLYING → DONE`; `OPEN|SENT → REVOKED`; where no method is required, `OPEN → APPLYING`.
//! The embedded directory changes in one transaction and needs no `APPLYING`.
//! Whether the live code is proven is not stored but derived: its mac is among the guesses seen.
//! Expiry is a condition of every write that grants, sends or starts. The writes stand in [`writes`].

mod item;
pub mod method;
pub mod opening;
#[cfg(test)]
mod size;
pub mod writes;

pub use method::{ContactId, Method, MethodId};
pub use opening::Opening;

use crate::clock::Timestamp;
use crate::keys::KeyedHash;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rand::Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// How far a challenge has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Started; no code was sent.
    Open,
    /// A code was sent; it may be proven already.
    Sent,
    /// A password is being written to the directories.
    Applying,
    /// The password was changed.
    Done,
    /// Ended by the person.
    Revoked,
}

impl State {
    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Sent => "SENT",
            Self::Applying => "APPLYING",
            Self::Done => "DONE",
            Self::Revoked => "REVOKED",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Open, Self::Sent, Self::Applying, Self::Done, Self::Revoked];
        all.into_iter().find(|state| state.name() == name)
    }
}

/// A challenge's name: the version of the session root it was made with, and 128 random bits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChallengeId(String);

impl ChallengeId {
    /// A new name.
    pub fn generate(root_version: &str, rng: &mut impl Rng) -> Self {
        let mut random = [0; 16];
        rng.fill_bytes(&mut random);
        Self(format!("{root_version}.{}", BASE64_URL_SAFE_NO_PAD.encode(random)))
    }

    /// From a token or an item key.
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// As in tokens and item keys.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Enough of it to find its events in a log.
    pub fn reference(&self) -> String {
        self.0.split_once('.').map_or("", |(_, random)| random).chars().take(8).collect()
    }

    /// The version of the session root that its macs and fingerprints are made with.
    pub fn root_version(&self) -> &str {
        self.0.split_once('.').map_or("", |(version, _)| version)
    }
}

impl fmt::Debug for ChallengeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChallengeId(…)")
    }
}

/// The live code of a challenge: the last one sent, guessed at or not.
#[derive(Clone, Debug)]
pub struct LiveCode {
    /// The code's mac.
    pub mac: Vec<u8>,
    /// What it proves: where it was sent, or what it was issued by.
    pub contact: ContactId,
    /// The method it was sent by.
    pub method: MethodId,
    /// Until when it can be confirmed; `None` if it could not be delivered.
    pub expires: Option<Timestamp>,
    /// The macs tried on it.
    pub seen: BTreeSet<Vec<u8>>,
    /// How often the right code was repeated.
    pub repeats: i64,
}

impl LiveCode {
    /// Whether the right code was among the guesses.
    pub fn proven(&self) -> bool {
        self.seen.contains(&self.mac)
    }
}

/// What was sent to a contact, and when the next may go. Of an issued code, how often it was armed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sends {
    /// Codes sent.
    pub count: i64,
    /// From when another may be sent.
    pub next: Timestamp,
}

/// A change that was announced and not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applying {
    /// The attempt that is at it.
    pub op: Vec<u8>,
    /// Until when it has time; then another may take over.
    pub lease: Timestamp,
    /// Attempts so far.
    pub tries: i64,
    /// The directories that have the password.
    pub wrote: BTreeSet<String>,
}

/// A challenge as stored.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// Its name.
    pub id: ChallengeId,
    /// How far it has come.
    pub state: State,
    /// Whose account.
    pub person: KeyedHash,
    /// Methods required.
    pub required: u8,
    /// When it began.
    pub began: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// The session's language.
    pub locale: String,
    /// The version of the terms that was accepted.
    pub terms_version: String,
    /// The person's sealed profile.
    pub sealed: Vec<u8>,
    /// Whether no answer may tell if there is such a person: it was begun with an identifier alone.
    pub quiet: bool,
    /// The methods that can be chosen.
    pub methods: BTreeSet<MethodId>,
    /// What they prove, and what was sent to each.
    pub sends: BTreeMap<ContactId, Sends>,
    /// Which issued code each of letter and desk was armed with last, by the moment of its issue.
    pub armed: BTreeMap<String, Timestamp>,
    /// Codes sent in all.
    pub sends_total: i64,
    /// The contacts whose e-mail domain is masked in the hint.
    pub masked: BTreeSet<String>,
    /// How many SMS and calls the institution may make in a day, as of the start.
    pub phone_allowance: u32,
    /// The live code.
    pub code: Option<LiveCode>,
    /// The contacts proven before the live code's.
    pub done: BTreeSet<String>,
    /// The different contacts typed, hashed.
    pub typed: BTreeSet<Vec<u8>>,
    /// The fingerprint of the password that was set, or is being written.
    pub fingerprint: Option<Vec<u8>>,
    /// The change that is being written.
    pub applying: Option<Applying>,
    /// When it was set.
    pub changed: Option<Timestamp>,
    /// Whether everybody whom the change concerns was told of it.
    pub told: bool,
}

/// A stored challenge does not read as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored challenge lacks or garbles {0}")]
pub struct Damaged(pub &'static str);

impl Challenge {
    /// Whether the live code is proven.
    pub fn live_code_proven(&self) -> bool {
        self.code.as_ref().is_some_and(LiveCode::proven)
    }

    /// What is proven, each once.
    pub fn proven(&self) -> BTreeSet<ContactId> {
        let live = self.code.iter().filter(|code| code.proven()).map(|code| code.contact.clone());
        self.done.iter().map(|contact| ContactId::from_text(contact)).chain(live).collect()
    }

    /// Whether this contact is proven.
    pub fn confirmed(&self, contact: &ContactId) -> bool {
        self.proven().contains(contact)
    }

    /// How many contacts are proven, all different.
    pub fn confirmed_count(&self) -> u8 {
        u8::try_from(self.proven().len()).unwrap_or(u8::MAX)
    }

    /// Whether as many are proven as are required.
    pub fn all_proven(&self) -> bool {
        self.confirmed_count() >= self.required
    }

    /// Guesses left on the live code.
    pub fn attempts_left(&self, guesses: i64) -> i64 {
        let spent = self.code.as_ref().map_or(0, |code| i64::try_from(code.seen.len()).unwrap_or(i64::MAX));
        (guesses - spent).max(0)
    }
}

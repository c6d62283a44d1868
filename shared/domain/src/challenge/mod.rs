//! The recovery challenge: one person, one attempt to recover, fifteen minutes.
//!
//! `OPEN → SENT ⟲ → DONE`; `OPEN|SENT → REVOKED`; where no method is required, `OPEN → DONE`.
//! Whether the live code is proven is not stored but derived: its mac is among the guesses seen.
//! Expiry is a condition of every write that grants, sends or starts. The writes stand in [`writes`].

#[cfg(test)]
mod size;
pub mod writes;

use crate::clock::Timestamp;
use crate::conditional::{Item, Value};
use crate::keys::KeyedHash;
use crate::person::PersonRecord;
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
            Self::Done => "DONE",
            Self::Revoked => "REVOKED",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Sent, Self::Done, Self::Revoked].into_iter().find(|state| state.name() == name)
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

/// A contact of the person within a challenge: `m1` is the first in their profile.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MethodId(String);

impl MethodId {
    /// The method that reaches the contact at this place in the profile.
    pub fn of_contact(index: usize) -> Self {
        Self(format!("m{}", index + 1))
    }

    /// From a request or an item; whether it exists is for the challenge to say.
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The contact's place in the profile.
    pub fn index(&self) -> Option<usize> {
        self.0.strip_prefix('m')?.parse::<usize>().ok()?.checked_sub(1)
    }

    /// As in the contract.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The live code of a challenge: the last one sent, guessed at or not.
#[derive(Clone, Debug)]
pub struct LiveCode {
    /// The code's mac.
    pub mac: Vec<u8>,
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

/// What was sent to a method, and when the next may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sends {
    /// Codes sent.
    pub count: i64,
    /// From when another may be sent.
    pub next: Timestamp,
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
    /// The methods that can be chosen, and what was sent by each.
    pub sends: BTreeMap<MethodId, Sends>,
    /// Codes sent in all.
    pub sends_total: i64,
    /// The methods whose e-mail domain is masked in its hint.
    pub masked: BTreeSet<String>,
    /// How many SMS the institution may send in a day, as of the start.
    pub sms_allowance: u32,
    /// The live code.
    pub code: Option<LiveCode>,
    /// The methods proven before the live code's.
    pub done: BTreeSet<String>,
    /// The different contacts typed, hashed.
    pub typed: BTreeSet<Vec<u8>>,
    /// The fingerprint of the password that was set.
    pub fingerprint: Option<Vec<u8>>,
    /// When it was set.
    pub changed: Option<Timestamp>,
    /// Whether everybody whom the change concerns was told of it.
    pub told: bool,
}

/// How long a challenge's item outlives it, so that a late answer still finds its end.
const KEPT_SECONDS: i64 = 3600;

/// What a new challenge is made of.
#[derive(Debug)]
pub struct Opening<'a> {
    /// Its name.
    pub id: &'a ChallengeId,
    /// Whose account.
    pub person: &'a PersonRecord,
    /// Methods required.
    pub required: u8,
    /// Now.
    pub began: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// The session's language.
    pub locale: &'a str,
    /// The version of the terms that was accepted.
    pub terms_version: &'a str,
    /// The methods that can be chosen.
    pub methods: &'a [MethodId],
    /// Those whose e-mail domain is masked.
    pub masked: BTreeSet<String>,
    /// How many SMS the institution may send in a day.
    pub sms_allowance: u32,
}

impl Opening<'_> {
    /// The item of the new challenge. Every method is counted from 0 from the start, since an absent entry
    /// would fail the conditions.
    pub fn item(self) -> Item {
        let zeros: BTreeMap<String, i64> = self.methods.iter().map(|m| (m.as_str().to_owned(), 0)).collect();
        let attributes = [
            ("st", Value::from(State::Open.name())),
            ("p", Value::Bytes(self.person.person.as_bytes().to_vec())),
            ("need", Value::Number(i64::from(self.required))),
            ("began", Value::Number(self.began.as_millis())),
            ("exp", Value::Number(self.expires.as_millis())),
            ("ttl", Value::Number(self.expires.as_secs() + KEPT_SECONDS)),
            ("loc", Value::from(self.locale)),
            ("tv", Value::from(self.terms_version)),
            ("box", Value::Bytes(self.person.sealed.clone())),
            ("sends", Value::Numbers(zeros.clone())),
            ("next", Value::Numbers(zeros)),
            ("total", Value::Number(0)),
            ("masked", Value::TextSet(self.masked)),
            ("smax", Value::Number(i64::from(self.sms_allowance))),
        ];
        attributes
            .into_iter()
            .filter(|(_, value)| !matches!(value, Value::TextSet(set) if set.is_empty()))
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

/// A stored challenge does not read as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored challenge lacks or garbles {0}")]
pub struct Damaged(pub &'static str);

impl Challenge {
    /// Reads a stored challenge.
    pub fn from_item(id: &ChallengeId, item: &Item) -> Result<Self, Damaged> {
        let read = Reader(item);
        let next = read.numbers("next");
        let sends = read
            .numbers("sends")
            .into_iter()
            .map(|(method, count)| {
                let next = Timestamp::from_millis(next.get(&method).copied().unwrap_or_default());
                (MethodId(method), Sends { count, next })
            })
            .collect();
        let code = match (read.bytes("mac"), read.text("mm")) {
            (Some(mac), Some(method)) => Some(LiveCode {
                mac,
                method: MethodId(method),
                expires: read.number("cexp").map(Timestamp::from_millis),
                seen: read.bytes_set("seen"),
                repeats: read.number("rep").unwrap_or_default(),
            }),
            _ => None,
        };
        Ok(Self {
            id: id.clone(),
            state: read.text("st").as_deref().and_then(State::from_name).ok_or(Damaged("st"))?,
            person: read.bytes("p").as_deref().and_then(KeyedHash::from_bytes).ok_or(Damaged("p"))?,
            required: read.number("need").and_then(|n| u8::try_from(n).ok()).ok_or(Damaged("need"))?,
            began: read.number("began").map(Timestamp::from_millis).ok_or(Damaged("began"))?,
            expires: read.number("exp").map(Timestamp::from_millis).ok_or(Damaged("exp"))?,
            locale: read.text("loc").ok_or(Damaged("loc"))?,
            terms_version: read.text("tv").ok_or(Damaged("tv"))?,
            sealed: read.bytes("box").ok_or(Damaged("box"))?,
            sends,
            sends_total: read.number("total").unwrap_or_default(),
            masked: read.text_set("masked"),
            sms_allowance: read.number("smax").and_then(|n| u32::try_from(n).ok()).unwrap_or_default(),
            code,
            done: read.text_set("done"),
            typed: read.bytes_set("tried"),
            fingerprint: read.bytes("fp"),
            changed: read.number("at").map(Timestamp::from_millis),
            told: read.number("told").is_some(),
        })
    }

    /// Whether the live code is proven.
    pub fn live_code_proven(&self) -> bool {
        self.code.as_ref().is_some_and(LiveCode::proven)
    }

    /// Whether this method is proven.
    pub fn confirmed(&self, method: &MethodId) -> bool {
        self.done.contains(method.as_str())
            || self.code.as_ref().is_some_and(|code| code.proven() && code.method == *method)
    }

    /// How many methods are proven, all different.
    pub fn confirmed_count(&self) -> u8 {
        let earlier = u8::try_from(self.done.len()).unwrap_or(u8::MAX);
        let live = self.code.as_ref().is_some_and(|c| c.proven() && !self.done.contains(c.method.as_str()));
        earlier.saturating_add(u8::from(live))
    }

    /// Whether all required methods are proven.
    pub fn all_proven(&self) -> bool {
        self.confirmed_count() >= self.required
    }

    /// Guesses left on the live code.
    pub fn attempts_left(&self, guesses: i64) -> i64 {
        let spent = self.code.as_ref().map_or(0, |code| i64::try_from(code.seen.len()).unwrap_or(i64::MAX));
        (guesses - spent).max(0)
    }
}

struct Reader<'a>(&'a Item);

impl Reader<'_> {
    fn number(&self, name: &str) -> Option<i64> {
        if let Some(Value::Number(n)) = self.0.get(name) { Some(*n) } else { None }
    }

    fn text(&self, name: &str) -> Option<String> {
        if let Some(Value::Text(text)) = self.0.get(name) { Some(text.clone()) } else { None }
    }

    fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        if let Some(Value::Bytes(bytes)) = self.0.get(name) { Some(bytes.clone()) } else { None }
    }

    fn bytes_set(&self, name: &str) -> BTreeSet<Vec<u8>> {
        if let Some(Value::BytesSet(set)) = self.0.get(name) { set.clone() } else { BTreeSet::new() }
    }

    fn text_set(&self, name: &str) -> BTreeSet<String> {
        if let Some(Value::TextSet(set)) = self.0.get(name) { set.clone() } else { BTreeSet::new() }
    }

    fn numbers(&self, name: &str) -> BTreeMap<String, i64> {
        if let Some(Value::Numbers(map)) = self.0.get(name) { map.clone() } else { BTreeMap::new() }
    }
}

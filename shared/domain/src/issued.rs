//! Codes issued beforehand: printed in a letter, or told at the help desk to whom it knows.
//!
//! Only the inner hash is stored, so that a code can be armed in a challenge without being known. A person
//! has one code of each kind; a new one replaces it. It is used up by the password that it led to.

use crate::challenge::{Challenge, Damaged};
use crate::clock::Timestamp;
use crate::conditional::{Change, Condition, Item, Value, Write, absent, equal, exists, more};
use crate::keys::{InnerHash, KeyedHash};
use crate::rules::MethodKind;
use std::time::Duration;

/// How a code was issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IssuedKind {
    /// On paper.
    Letter,
    /// At the help desk.
    Desk,
}

impl IssuedKind {
    /// As stored and logged.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Desk => "desk",
        }
    }

    /// The method that takes it.
    pub const fn method(self) -> MethodKind {
        match self {
            Self::Letter => MethodKind::Letter,
            Self::Desk => MethodKind::Desk,
        }
    }

    /// How long a code is good: the post takes days, the desk none (`challenge.md`, Numbers).
    pub const fn life(self) -> Duration {
        match self {
            Self::Letter => Duration::from_hours(60 * 24),
            Self::Desk => Duration::from_hours(24),
        }
    }
}

/// How long an issued code is kept after its end, for who asks what became of it.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// An issued code as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedCode {
    /// The code's inner hash.
    pub inner: InnerHash,
    /// When it was issued; no two codes of a person are issued in the same millisecond.
    pub issued: Timestamp,
    /// Until when it is good.
    pub expires: Timestamp,
    /// The batch of letters that it belongs to; empty for a desk code.
    pub batch: String,
    /// When it was used.
    pub used: Option<Timestamp>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

/// The key of a person's code of a kind.
pub fn issued_key(person: KeyedHash, kind: IssuedKind) -> String {
    format!("I#{}#{}", person.to_text(), kind.name())
}

impl IssuedCode {
    /// A new code, good from now on.
    pub fn new(inner: InnerHash, kind: IssuedKind, batch: &str, now: Timestamp) -> Self {
        Self {
            inner,
            issued: now,
            expires: now.plus(kind.life()),
            batch: batch.to_owned(),
            used: None,
            revoked: None,
        }
    }

    /// Whether it can still prove anything.
    pub fn good(&self, now: Timestamp) -> bool {
        self.used.is_none() && self.revoked.is_none() && self.expires > now
    }

    /// As stored.
    pub fn item(&self) -> Item {
        let moment =
            |name: &str, at: Option<Timestamp>| at.map(|at| (name.to_owned(), Value::Number(at.as_millis())));
        let mut item: Item = [
            ("inner", Value::Bytes(self.inner.to_vec())),
            ("at", Value::Number(self.issued.as_millis())),
            ("exp", Value::Number(self.expires.as_millis())),
            ("ttl", Value::Number(self.expires.plus(KEPT).as_secs())),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        if !self.batch.is_empty() {
            item.insert("batch".to_owned(), Value::from(self.batch.as_str()));
        }
        item.extend(moment("used", self.used).into_iter().chain(moment("revoked", self.revoked)));
        item
    }

    /// Reads a stored one.
    pub fn from_item(item: &Item) -> Result<Self, Damaged> {
        let moment = |name: &str| match item.get(name) {
            Some(Value::Number(at)) => Some(Timestamp::from_millis(*at)),
            _ => None,
        };
        let inner = match item.get("inner") {
            Some(Value::Bytes(bytes)) => InnerHash::from_bytes(bytes),
            _ => None,
        };
        Ok(Self {
            inner: inner.ok_or(Damaged("inner"))?,
            issued: moment("at").ok_or(Damaged("at"))?,
            expires: moment("exp").ok_or(Damaged("exp"))?,
            batch: match item.get("batch") {
                Some(Value::Text(batch)) => batch.clone(),
                _ => String::new(),
            },
            used: moment("used"),
            revoked: moment("revoked"),
        })
    }
}

/// Uses up the code that was issued at that moment, if it is still there and good: it may have ended since it
/// was armed.
pub fn use_up(issued: Timestamp, now: Timestamp) -> Write {
    let good = Condition::All(vec![
        equal("at", issued.as_millis()),
        absent("used"),
        absent("revoked"),
        more("exp", now.as_millis()),
    ]);
    Write { condition: good, changes: vec![Change::Set("used".into(), now.as_millis().into())] }
}

/// Gives a code back that was used up at that moment, for a password that a directory refused.
pub fn give_back(issued: Timestamp, used: Timestamp) -> Write {
    let ours = Condition::All(vec![equal("at", issued.as_millis()), equal("used", used.as_millis())]);
    Write { condition: ours, changes: vec![Change::Remove("used")] }
}

/// The writes that use up the letter and desk codes that proved the person of a challenge, by their keys.
pub fn use_up_armed(challenge: &Challenge, now: Timestamp) -> Vec<(String, Write)> {
    of_armed(challenge, |issued| use_up(issued, now))
}

/// The writes that give back what [`use_up_armed`] used up at that moment.
pub fn give_back_armed(challenge: &Challenge, used: Timestamp) -> Vec<(String, Write)> {
    of_armed(challenge, |issued| give_back(issued, used))
}

fn of_armed(challenge: &Challenge, write: impl Fn(Timestamp) -> Write) -> Vec<(String, Write)> {
    let proven = challenge.proven().into_iter().filter_map(|contact| contact.issued_kind());
    let armed = proven.filter_map(|kind| Some((kind, *challenge.armed.get(kind.name())?)));
    armed.map(|(kind, issued)| (issued_key(challenge.person, kind), write(issued))).collect()
}

/// Revokes a code that was not used; the first revocation stays.
pub fn revoke(now: Timestamp) -> Write {
    Write {
        condition: Condition::All(vec![exists("at"), absent("used"), absent("revoked")]),
        changes: vec![Change::Set("revoked".into(), now.as_millis().into())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Key, RegistryKeys};

    #[test]
    fn an_issued_code_reads_back_as_it_was_stored() {
        let inner = RegistryKeys::derive(&Key::new([1; 32])).code("7K3M9QWXRT2A");
        let now = Timestamp::from_millis(1_795_262_400_000);
        let letter = IssuedCode::new(inner, IssuedKind::Letter, "2026-11-21", now);
        let used = IssuedCode { used: Some(now), revoked: Some(now), ..letter.clone() };
        for code in [letter, used] {
            assert_eq!(IssuedCode::from_item(&code.item()), Ok(code));
        }
    }

    #[test]
    fn a_letter_is_good_for_sixty_days_and_a_desk_code_for_one() {
        let inner = || RegistryKeys::derive(&Key::new([1; 32])).code("7K3M9QWXRT2A");
        let now = Timestamp::from_millis(0);
        for (kind, days) in [(IssuedKind::Letter, 60), (IssuedKind::Desk, 1)] {
            let code = IssuedCode::new(inner(), kind, "", now);
            let end = now.plus(Duration::from_hours(days * 24));
            assert!(code.good(Timestamp::from_millis(end.as_millis() - 1)) && !code.good(end));
        }
    }
}

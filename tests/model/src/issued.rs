//! Letter and desk codes, and what operators do with them at any time.

use crate::code::{KINDS, issued_codes, issued_in, moment_of_issue};
use crate::few::Few;
use crate::history::Invariant;
use crate::interpret::apply;
use crate::request::{ChallengeIndex, Code};
use crate::setting::{Kind, Setting};
use crate::world::{PERSON, World, moment};
use recupmail_domain::challenge::Challenge;
use recupmail_domain::conditional::{Item, Value};
use recupmail_domain::issued::{self, IssuedCode, IssuedKind};
use recupmail_domain::keys::{InnerHash, KeyedHash};
use std::sync::Arc;

/// The person's issued codes, and what really happened to them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Issued {
    /// Those that are there, by kind.
    items: [Option<Arc<Item>>; KINDS.len()],
    /// All that there ever were.
    ever: Few,
    /// Those that were revoked, replaced or forgotten.
    pub(crate) ended: Few,
    /// Those that led to a password.
    pub(crate) spent: Few,
}

/// The kind whose code lies under a key.
fn kind_at(key: &str) -> Option<usize> {
    let person = KeyedHash::from_bytes(&PERSON)?;
    KINDS.iter().position(|kind| issued::issued_key(person, *kind) == key)
}

impl Issued {
    pub(crate) fn item(&self, kind: IssuedKind) -> Option<&Item> {
        self.items[kind as usize].as_deref()
    }

    /// The code of a kind that is there, whatever became of it.
    pub(crate) fn found(&self, kind: IssuedKind) -> Option<Code> {
        issued_in(self.item(kind)?)
    }

    /// These codes once those that proved a challenge's person are used up; `None` if one of them refuses.
    pub(crate) fn used_up(&self, challenge: &Challenge, now: i64, setting: &Setting) -> Option<Self> {
        let mut after = self.clone();
        for (key, write) in issued::use_up_armed(challenge, moment(now)) {
            let item = &mut after.items[kind_at(&key)?];
            let used = apply(&(setting.alter)(Kind::UseUp, write), item.as_deref()).ok()?;
            *item = Some(Arc::new(used));
        }
        Some(after)
    }

    /// Whether the code that is there is past its end.
    fn expired(&self, code: Code, now: i64) -> bool {
        let past = |item: &Item| match item.get("exp") {
            Some(Value::Number(end)) => *end <= moment(now).as_millis(),
            _ => false,
        };
        self.items.iter().flatten().any(|item| issued_in(item) == Some(code) && past(item))
    }

    fn end(&mut self, kind: IssuedKind) {
        if let Some(code) = self.found(kind) {
            self.ended.insert(code);
        }
    }
}

/// What operators do.
impl World {
    /// Issues a code, in place of the one before.
    pub(crate) fn issue_code(&mut self, kind: IssuedKind, setting: &Setting) -> Option<()> {
        let issued = &mut self.issued;
        let code = issued_codes(kind, setting.issues).find(|code| !issued.ever.contains(*code))?;
        let stored = IssuedCode {
            issued: moment_of_issue(code),
            expires: moment(self.clock).plus(setting.issued_life),
            ..IssuedCode::new(InnerHash::from_bytes(&[0; 32])?, kind, "", moment(self.clock))
        };
        issued.end(kind);
        issued.ever.insert(code);
        issued.items[kind as usize] = Some(Arc::new(stored.item()));
        Some(())
    }

    /// Revokes the code of a kind.
    pub(crate) fn revoke_code(&mut self, kind: IssuedKind, setting: &Setting) -> Option<()> {
        let write = (setting.alter)(Kind::RevokeIssued, issued::revoke(moment(0)));
        let after = apply(&write, self.issued.item(kind)).ok()?;
        self.issued.end(kind);
        if self.issued.items[kind as usize].replace(Arc::new(after)).is_none() {
            self.breaks(Invariant::Deletion);
        }
        Some(())
    }

    /// Forgets the code of a kind.
    pub(crate) fn forget_code(&mut self, kind: IssuedKind) -> Option<()> {
        self.issued.end(kind);
        self.issued.items[kind as usize].take().map(|_| ())
    }

    /// The codes that proved a challenge's person led to a password.
    pub(crate) fn spend(&mut self, challenge: ChallengeIndex, now: i64) {
        for code in self.challenges[challenge].history.proven_by.iter() {
            if self.issued.ended.contains(code) {
                self.breaks(Invariant::EndedCode);
            }
            if self.issued.expired(code, now) {
                self.breaks(Invariant::Expiry);
            }
            if !self.issued.spent.insert(code) {
                self.breaks(Invariant::SpentCode);
            }
        }
    }
}

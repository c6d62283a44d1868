//! What really happened to a challenge, whatever its item says: the model's own memory, against which the
//! invariants are judged.

use crate::code::{METHODS, shape_of};
use crate::few::Few;
use crate::request::{Code, Method};
use recupmail_domain::challenge::writes::Shape;

/// The invariants of the handbook (`challenge.md`) that one person's challenges can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invariant {
    /// 1: too many guesses were evaluated.
    Guesses,
    /// 3: a password was written without every proof, or too late.
    Proofs,
    /// 4: two passwords, or success told for one that was not written.
    OnePassword,
    /// 5: an end was left.
    Ends,
    /// 6: a decoy did something.
    Decoy,
    /// 7: too many codes, or too close.
    Sends,
    /// 7: an older code was confirmed.
    OlderCode,
    /// 9: something happened to a deleted item.
    Deletion,
    /// 1: what does not look like the live code was a guess at it.
    Shape,
    /// 11: a challenge outlived another's success.
    Others,
    /// Something was granted after its time.
    Expiry,
    /// An issued code led to two passwords.
    SpentCode,
    /// An issued code led to a password after it was revoked, replaced or forgotten.
    EndedCode,
    /// What a password was to use up changed after everything was proven.
    Settled,
}

/// The code that was issued last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Live {
    pub(crate) method: Method,
    pub(crate) since: i64,
}

/// The memory of one challenge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct History {
    /// When it began; `None` before.
    pub(crate) began: Option<i64>,
    /// Every code that was sent, or was to be.
    pub(crate) made: Few,
    /// Those that went out, or perhaps did.
    pub(crate) delivered: Few,
    /// Those after which another was issued.
    pub(crate) replaced: Few,
    pub(crate) live: Option<Live>,
    /// The different guesses evaluated since the guesses last began anew.
    pub(crate) guessed: Few,
    /// The repeats evaluated since then.
    pub(crate) repeated: i64,
    /// The methods whose code was typed back rightly.
    pub(crate) proven: Few,
    /// The issued codes that were typed back rightly.
    pub(crate) proven_by: Few,
    /// Codes that went out or were armed, and when the last was, by method.
    pub(crate) sent: [(i64, i64); METHODS],
    /// The passwords it wrote.
    pub(crate) passwords: Few,
    /// Another challenge of the person's succeeded since it began.
    pub(crate) overtaken: bool,
}

impl History {
    /// Whether the live code was typed back rightly.
    pub(crate) fn right(&self) -> bool {
        self.live.is_some_and(|live| self.proven.contains(live.method))
    }

    /// A code went live. Guesses begin anew only after the former was proven.
    pub(crate) fn issue(&mut self, code: Code, method: Method, now: i64, former: Option<Code>, anew: bool) {
        let sent = |code: &Code| shape_of(*code) == Shape::Sent;
        if sent(&code) {
            self.made.insert(code);
        }
        if let Some(former) = former.filter(|former| *former != code && sent(former)) {
            self.replaced.insert(former);
        }
        self.live = Some(Live { method, since: now });
        if anew {
            self.guessed = Few::default();
            self.repeated = 0;
        }
    }

    /// The challenge ended: what is only judged before is forgotten, so that fewer states differ.
    pub(crate) fn close(&mut self) {
        let Self { began, proven, proven_by, passwords, overtaken, .. } = *self;
        *self = Self { began, proven, proven_by, passwords, overtaken, ..Self::default() };
    }
}

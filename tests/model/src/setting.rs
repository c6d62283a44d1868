//! What is explored: who, how much, and with which writes.

use crate::code::{issued_codes, method_of};
use recupmail_domain::conditional::Write;
use recupmail_domain::issued::IssuedKind;
use recupmail_domain::limits::Limits;
use std::time::Duration;

/// The model's clock counts hours, so that an item's TTL, an hour after its end, is one tick after it.
pub(crate) const TICK: Duration = Duration::from_hours(1);

/// So many ticks.
pub const fn ticks(count: u32) -> Duration {
    TICK.saturating_mul(count)
}

/// A challenge that can be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// Methods required.
    pub required: u8,
    /// It stands for nobody: its codes go nowhere and nobody can guess them.
    pub decoy: bool,
    /// The last tick at which it may begin; the first challenge begins at once.
    pub latest: i64,
}

/// The writes of a challenge, by constructor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `Sending::first_or_again`.
    FirstOrAgain,
    /// `Sending::next_method`.
    NextMethod,
    /// `Sending::give_back`.
    GiveBack,
    /// `guess`.
    Guess,
    /// `repeat`.
    Repeat,
    /// `finish`.
    Finish,
    /// `change_account`.
    ChangeAccount,
    /// `revoke`.
    Revoke,
    /// `issued::use_up`.
    UseUp,
    /// `issued::revoke`.
    RevokeIssued,
}

/// One person's small world.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The challenges that can be started.
    pub starts: Vec<Start>,
    /// The person's contacts.
    pub contacts: u8,
    /// The codes that are issued beforehand and can be armed. None is at first.
    pub kinds: Vec<IssuedKind>,
    /// Codes of a kind that can be issued, each in place of the one before. Everybody may guess each of them.
    pub issues: u8,
    /// How long they are good.
    pub issued_life: Duration,
    /// Codes are these many, and everybody may guess each of them at any time; a challenge sends each at
    /// most once. A decoy's are as many others.
    pub codes: u8,
    /// Different passwords that are tried.
    pub passwords: u8,
    /// Requests that are between two of their steps at the same time.
    pub parallel: usize,
    /// Whether answers of writes get lost, so that they are repeated, and copies of writes arrive late.
    pub losses: bool,
    /// The last tick.
    pub horizon: i64,
    /// The limits. Spacing should be the same after every send.
    pub limits: Limits,
    /// The writes pass through here on their way to the items: as they are, unless a test weakens them.
    pub alter: fn(Kind, Write) -> Write,
}

impl Start {
    /// A challenge of the person's.
    pub const fn requiring(required: u8) -> Self {
        Self { required, decoy: false, latest: 0 }
    }

    /// The same, which may also begin later.
    #[must_use]
    pub const fn until(self, latest: i64) -> Self {
        Self { latest, ..self }
    }

    /// The same for nobody.
    #[must_use]
    pub const fn decoy(self) -> Self {
        Self { decoy: true, ..self }
    }
}

impl Setting {
    /// The methods of every challenge.
    pub(crate) fn methods(&self) -> impl Iterator<Item = u8> {
        (0..self.contacts).chain(self.kinds.iter().map(|kind| method_of(*kind)))
    }

    /// What everybody may guess.
    pub(crate) fn guesses(&self) -> impl Iterator<Item = u8> {
        let issued = self.kinds.iter().flat_map(|kind| issued_codes(*kind, self.issues));
        (1..=self.codes).chain(issued)
    }

    /// Small limits with which everything can still happen: a code lives two ticks, a challenge three, its
    /// item four.
    pub fn new(starts: Vec<Start>) -> Self {
        Self {
            starts,
            contacts: 2,
            kinds: Vec::new(),
            issues: 2,
            issued_life: ticks(2),
            codes: 3,
            passwords: 1,
            parallel: 2,
            losses: false,
            horizon: 4,
            limits: Limits {
                code_life: ticks(2),
                session_life: ticks(3),
                guesses: 2,
                repeats: 1,
                sends_per_contact: 2,
                send_spacing: [ticks(1); 3],
                sends_per_challenge: 3,
                ..Limits::default()
            },
            alter: |_, write| write,
        }
    }
}

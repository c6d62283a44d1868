//! What is explored: how many challenges, directories, passwords and attempts, and with which writes.

use crate::setting::Start;
use recupmail_domain::challenge::writes::applying::LEASE;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::conditional::Write;
use std::time::Duration;

/// The moment of a tick. A lease lasts two, and a live request less than two.
pub(super) fn moment(tick: i64) -> Timestamp {
    let half = i64::try_from((LEASE / 2).as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(tick * half)
}

/// The writes of a change, by constructor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemoteKind {
    /// `Attempt::announce`.
    Announce,
    /// `Attempt::take_over(Held::Still)`.
    TakeOverStill,
    /// `Attempt::take_over(Held::Anew)`.
    TakeOverAnew,
    /// `Attempt::note`.
    Note,
    /// `Attempt::complete`.
    Complete,
    /// `Attempt::release`.
    Release,
    /// `Attempt::give_up`.
    GiveUp,
    /// `hold_account(Held::Still)`.
    HoldStill,
    /// `hold_account(Held::Anew)`.
    HoldAnew,
    /// `stamp_account`.
    Stamp,
    /// `free_account`.
    Free,
    /// `issued::use_up`.
    UseUp,
    /// `issued::give_back`.
    GiveBack,
    /// `writes::revoke`.
    Revoke,
}

/// One person's small world with directories.
#[derive(Clone, Debug)]
pub struct RemoteSetting {
    /// The challenges that can be started, the first at once.
    pub starts: Vec<Start>,
    /// Whether the one method is the letter, of which there is one code; else they are contacts.
    pub letter: bool,
    /// The directories, asked in their order.
    pub directories: u8,
    /// Different passwords that are tried in a challenge.
    pub passwords: u8,
    /// Whether what is tried in another challenge are others.
    pub own_passwords: bool,
    /// Attempts in all.
    pub attempts: u8,
    /// Attempts that are between two of their steps at the same time.
    pub parallel: usize,
    /// Writes to the store that are on their way while nobody waits for them, at the same time.
    pub copies: usize,
    /// How many ticks a challenge lives.
    pub life: u32,
    /// The last tick.
    pub horizon: i64,
    /// The writes pass through here: as they are, unless a test weakens them.
    pub alter: fn(RemoteKind, Write) -> Write,
}

impl RemoteSetting {
    /// A small world in which everything can still happen.
    pub fn new(starts: Vec<Start>) -> Self {
        Self {
            starts,
            letter: false,
            directories: 2,
            passwords: 2,
            own_passwords: false,
            attempts: 3,
            parallel: 2,
            copies: 0,
            life: 3,
            horizon: 6,
            alter: |_, write| write,
        }
    }

    pub(super) fn passwords_of(&self, challenge: usize) -> std::ops::RangeInclusive<u8> {
        let place = if self.own_passwords { u8::try_from(challenge).unwrap_or_default() } else { 0 };
        let before = place * self.passwords;
        before + 1..=before + self.passwords
    }

    pub(super) fn session_life(&self) -> Duration {
        (LEASE / 2).saturating_mul(self.life)
    }
}

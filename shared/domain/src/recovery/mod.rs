//! The story, one file per step: verify the identity, send a code, confirm it, set the password, log out.

pub mod confirm_code;
pub mod logout;
mod new_code;
pub mod send_code;
pub mod session;
pub mod set_password;
pub mod state;
mod subject;
pub mod verify_identity;

use crate::challenge::{Challenge, ChallengeId, Damaged};
use crate::clock::Clock;
use crate::conditional::Item;
use crate::keys::{Keys, SealBroken};
use crate::person::Profile;
use crate::ports::Unavailable;
use crate::rules::Rules;

/// What every step of one institution works with.
#[derive(Clone, Copy)]
pub struct House<'a> {
    /// Its rules.
    pub rules: &'a Rules,
    /// Its keys.
    pub keys: &'a Keys,
    /// The time.
    pub clock: &'a dyn Clock,
}

/// What is stored contradicts itself or the keys: an operator's matter, never the person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Inconsistent {
    /// An item is damaged.
    #[error(transparent)]
    Item(#[from] Damaged),
    /// Sealed contents do not open.
    #[error(transparent)]
    Seal(#[from] SealBroken),
    /// The session root version of a challenge is gone before its time.
    #[error("the session root version of a live challenge is unknown")]
    RootVersion,
    /// A method names a contact that the profile lacks.
    #[error("a method names no contact")]
    Method,
}

/// What any step can run into.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A service is away; trying again helps.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// What is stored is wrong; trying again does not help.
    #[error(transparent)]
    Inconsistent(#[from] Inconsistent),
}

impl House<'_> {
    /// A stored challenge and the person's profile in it.
    fn open(&self, id: &ChallengeId, item: &Item) -> Result<(Challenge, Profile), Inconsistent> {
        let challenge = Challenge::from_item(id, item)?;
        let profile = Profile::open(challenge.person, &challenge.sealed, &self.keys.registry)?;
        Ok((challenge, profile))
    }
}

impl std::fmt::Debug for House<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("House").finish_non_exhaustive()
    }
}

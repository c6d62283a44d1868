//! The last step: the person leaves, and nothing of the challenge is worth anything any more.

use super::session::Session;
use crate::challenge::writes::revoke;
use crate::ports::{ChangeChallenge, Unavailable};

/// Ends the session's challenge, if it has not ended already. One trip.
///
/// # Errors
/// The challenges are away; the caller's cookie is cleared all the same.
pub async fn logout(challenges: &impl ChangeChallenge, session: &Session) -> Result<(), Unavailable> {
    challenges.change_challenge(&session.challenge, &revoke()).await.map(|_| ())
}

//! What a session may do, and how a step refuses one that does not fit.

use super::state::StateView;
use super::{House, Trouble};
use crate::challenge::{Challenge, ChallengeId, State};
use crate::person::Profile;
use crate::ports::ReadChallenge;
use std::collections::BTreeSet;

/// A step that a session can be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Send a code.
    SendCode,
    /// Confirm a code.
    ConfirmCode,
    /// Set the password: all required methods are proven.
    SetPassword,
}

/// A genuine, unexpired session: bound to one challenge and one set of allowed steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its challenge.
    pub challenge: ChallengeId,
    /// What it allows.
    pub grants: BTreeSet<Step>,
}

/// Why a session does not serve for a step.
#[derive(Debug, thiserror::Error)]
pub enum SessionRefusal {
    /// Its challenge is gone, revoked or overtaken.
    #[error("there is no such session any more")]
    Missing,
    /// Its challenge is past its end.
    #[error("the session expired")]
    Expired,
    /// It is good for another step than this.
    #[error("the session is at another step")]
    WrongStep(Box<StateView>),
}

impl Session {
    /// The session after the identity was proven: codes come next, or at once the password where no method
    /// is required.
    pub fn identified(challenge: ChallengeId, required: u8) -> Self {
        if required == 0 { Self::proven(challenge) } else { Self::proving(challenge) }
    }

    /// The session while methods remain to be proven.
    pub fn proving(challenge: ChallengeId) -> Self {
        Self { challenge, grants: BTreeSet::from([Step::SendCode, Step::ConfirmCode]) }
    }

    /// The session once all required methods are proven. The right code may still be repeated with it.
    pub fn proven(challenge: ChallengeId) -> Self {
        Self { challenge, grants: BTreeSet::from([Step::ConfirmCode, Step::SetPassword]) }
    }

    /// Whether it allows a step.
    pub fn allows(&self, step: Step) -> bool {
        self.grants.contains(&step)
    }
}

impl Challenge {
    /// Refuses a challenge that has ended, whatever the step.
    pub(super) fn ended(&self, house: &House<'_>) -> Option<SessionRefusal> {
        match self.state {
            State::Revoked => Some(SessionRefusal::Missing),
            State::Open | State::Sent if self.expires <= house.clock.now() => Some(SessionRefusal::Expired),
            State::Open | State::Sent | State::Applying | State::Done => None,
        }
    }
}

/// Where the caller's session stands, seen through its token.
///
/// # Errors
/// The session refers to nothing any more, or a service is away.
pub async fn current_state(
    challenges: &impl ReadChallenge,
    house: House<'_>,
    session: &Session,
) -> Result<Result<StateView, SessionRefusal>, Trouble> {
    let Some((challenge, profile)) = read(challenges, house, session).await? else {
        return Ok(Err(SessionRefusal::Missing));
    };
    Ok(match challenge.ended(&house) {
        Some(refusal) => Err(refusal),
        None => Ok(StateView::of(&challenge, &profile, session, &house)),
    })
}

/// The refusal of a session that does not allow the step it was presented to.
pub(super) async fn refuse_step(
    challenges: &impl ReadChallenge,
    house: House<'_>,
    session: &Session,
) -> Result<SessionRefusal, Trouble> {
    Ok(match current_state(challenges, house, session).await? {
        Ok(state) => SessionRefusal::WrongStep(Box::new(state)),
        Err(refusal) => refusal,
    })
}

/// The session's challenge and the person's profile in it; `None` if it is gone.
pub(super) async fn read(
    challenges: &impl ReadChallenge,
    house: House<'_>,
    session: &Session,
) -> Result<Option<(Challenge, Profile)>, Trouble> {
    match challenges.read_challenge(&session.challenge).await? {
        Some(item) => Ok(Some(house.open(&session.challenge, &item)?)),
        None => Ok(None),
    }
}

/// The refusal that a challenge at the wrong step gets, seen through this session.
pub(super) fn wrong_step(
    challenge: &Challenge,
    profile: &Profile,
    session: &Session,
    house: &House<'_>,
) -> SessionRefusal {
    SessionRefusal::WrongStep(Box::new(StateView::of(challenge, profile, session, house)))
}

//! The third step: the code is typed back.
//!
//! One trip: a conditional write spends the guess, then it is compared in constant time. Only a right code
//! whose answer was lost costs a second one.

use super::session::{Session, SessionRefusal, Step, read, refuse_step, wrong_step};
use super::state::StateView;
use super::{House, Inconsistent, Trouble};
use crate::challenge::writes::{Shape, guess, repeat};
use crate::challenge::{Challenge, State};
use crate::code::{ISSUED_CODE, OneTimeCode};
use crate::conditional::Item;
use crate::identity::{FieldError, FieldFault};
use crate::keys::Mac256;
use crate::person::Profile;
use crate::ports::{ChangeChallenge, ReadChallenge, Unavailable, Written};
use crate::rules::Rules;
use crate::secret::Confidential;

/// What becomes of a code.
#[derive(Debug)]
pub enum Confirmed {
    /// It was right; the session may do more than before.
    Granted {
        /// The session to go on with.
        session: Session,
        /// When it ends.
        expires: crate::clock::Timestamp,
        /// Where the challenge stands.
        state: Box<StateView>,
    },
    /// No guess is left, nor a repeat.
    TooManyAttempts,
}

/// Why a code confirmed nothing.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmCodeError {
    /// The session does not serve.
    #[error(transparent)]
    Session(#[from] SessionRefusal),
    /// It has not the shape of a code, and was no guess.
    #[error("not the shape of a code")]
    InvalidFields(Vec<FieldError>),
    /// It is wrong.
    #[error("the code is wrong")]
    Incorrect {
        /// Guesses left.
        attempts_left: i64,
    },
    /// The code that was sent is no longer good.
    #[error("the code expired")]
    Expired,
    /// Nothing the person can do.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<Unavailable> for ConfirmCodeError {
    fn from(cause: Unavailable) -> Self {
        Self::Trouble(cause.into())
    }
}

impl From<Inconsistent> for ConfirmCodeError {
    fn from(cause: Inconsistent) -> Self {
        Self::Trouble(cause.into())
    }
}

/// Confirms a one-time code.
pub async fn confirm_code(
    challenges: &(impl ReadChallenge + ChangeChallenge),
    house: House<'_>,
    session: &Session,
    typed: &Confidential<String>,
) -> Result<Confirmed, ConfirmCodeError> {
    if !session.allows(Step::ConfirmCode) {
        return Err(refuse_step(challenges, house, session).await?.into());
    }
    let Some((shape, code)) = read_code(typed.reveal(), house.rules) else {
        return Err(malformed(challenges, house, session).await?);
    };
    let keys = house.keys.session.version(session.challenge.root_version()).ok_or(SessionRefusal::Missing)?;
    let mac = keys.code_mac(&house.keys.registry, session.challenge.as_str(), code.reveal());

    let write = guess(&mac.to_vec(), shape, house.clock.now(), &house.rules.limits);
    match challenges.change_challenge(&session.challenge, &write).await? {
        Written::Applied(item) => compare(&house, session, &item, &mac),
        Written::Refused(None) => Err(SessionRefusal::Missing.into()),
        Written::Refused(Some(item)) => not_spent(challenges, house, session, &item, (shape, &mac)).await,
    }
}

/// A typed code and what it looks like: as those that are sent, or as those that are issued, which are longer.
fn read_code(typed: &str, rules: &Rules) -> Option<(Shape, OneTimeCode)> {
    let sent = rules.code.parse(typed).map(|code| (Shape::Sent, code));
    let read = sent.or_else(|_| ISSUED_CODE.parse(typed).map(|code| (Shape::Issued, code)));
    read.ok()
}

fn shape_of(challenge: &Challenge) -> Option<Shape> {
    let code = challenge.code.as_ref()?;
    Some(if code.contact.issued_kind().is_some() { Shape::Issued } else { Shape::Sent })
}

/// The shape of a code is looked at after the session, so a malformed one still hears of an ended session.
async fn malformed(
    challenges: &impl ReadChallenge,
    house: House<'_>,
    session: &Session,
) -> Result<ConfirmCodeError, ConfirmCodeError> {
    let (challenge, profile) = read(challenges, house, session).await?.ok_or(SessionRefusal::Missing)?;
    Ok(match refused_session(&challenge, &profile, session, &house) {
        Some(refusal) => refusal.into(),
        None => not_its_shape(),
    })
}

fn not_its_shape() -> ConfirmCodeError {
    ConfirmCodeError::InvalidFields(vec![FieldError::new("code", FieldFault::Format)])
}

fn refused_session(
    challenge: &Challenge,
    profile: &Profile,
    session: &Session,
    house: &House<'_>,
) -> Option<SessionRefusal> {
    challenge
        .ended(house)
        .or_else(|| (challenge.state != State::Sent).then(|| wrong_step(challenge, profile, session, house)))
}

/// The guess was spent; only now is it compared.
fn compare(
    house: &House<'_>,
    session: &Session,
    item: &Item,
    mac: &Mac256,
) -> Result<Confirmed, ConfirmCodeError> {
    let (challenge, profile) = house.open(&session.challenge, item)?;
    if challenge.code.as_ref().is_some_and(|live| mac.matches(&live.mac)) {
        Ok(grant(&challenge, &profile, house))
    } else {
        Err(ConfirmCodeError::Incorrect {
            attempts_left: challenge.attempts_left(house.rules.limits.guesses),
        })
    }
}

/// The guess was not spent. Told in this order: session, shape, attempts, the code's expiry, comparison.
async fn not_spent(
    challenges: &impl ChangeChallenge,
    house: House<'_>,
    session: &Session,
    item: &Item,
    (shape, mac): (Shape, &Mac256),
) -> Result<Confirmed, ConfirmCodeError> {
    let (challenge, profile) = house.open(&session.challenge, item)?;
    if let Some(refusal) = refused_session(&challenge, &profile, session, &house) {
        return Err(refusal.into());
    }
    if shape_of(&challenge) != Some(shape) {
        return Err(not_its_shape());
    }
    if challenge.live_code_proven() {
        return repeated(challenges, house, session, mac).await;
    }
    let attempts_left = challenge.attempts_left(house.rules.limits.guesses);
    if attempts_left == 0 {
        return Ok(Confirmed::TooManyAttempts);
    }
    let good =
        challenge.code.and_then(|code| code.expires).is_some_and(|expires| expires > house.clock.now());
    if good { Err(ConfirmCodeError::Incorrect { attempts_left }) } else { Err(ConfirmCodeError::Expired) }
}

/// The right code was given before and its answer may have been lost: the same grant again, a few times.
async fn repeated(
    challenges: &impl ChangeChallenge,
    house: House<'_>,
    session: &Session,
    mac: &Mac256,
) -> Result<Confirmed, ConfirmCodeError> {
    let write = repeat(house.clock.now(), &house.rules.limits);
    match challenges.change_challenge(&session.challenge, &write).await? {
        Written::Applied(item) => compare(&house, session, &item, mac),
        Written::Refused(None) => Err(SessionRefusal::Missing.into()),
        Written::Refused(Some(item)) => {
            let (challenge, profile) = house.open(&session.challenge, &item)?;
            match refused_session(&challenge, &profile, session, &house) {
                Some(refusal) => Err(refusal.into()),
                None => Ok(Confirmed::TooManyAttempts),
            }
        }
    }
}

fn grant(challenge: &Challenge, profile: &Profile, house: &House<'_>) -> Confirmed {
    let id = challenge.id.clone();
    let session = if challenge.all_proven() { Session::proven(id) } else { Session::proving(id) };
    let state = Box::new(StateView::of(challenge, profile, &session, house));
    Confirmed::Granted { session, expires: challenge.expires, state }
}

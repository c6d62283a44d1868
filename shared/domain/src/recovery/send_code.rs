//! The second step: a code goes to a contact that the institution already holds.
//!
//! Three trips: the challenge is read (or a typed contact is counted on it, which reads it too); the
//! destination's counters are reserved; the new code is written. Only then is it sent, so that a code that
//! arrives is always the live one.

use super::new_code::{NewCode, Target, prepare, spend_institutions_day};
use super::session::{Session, SessionRefusal, Step, read, refuse_step, wrong_step};
use super::state::StateView;
use super::{House, Inconsistent, Trouble};
use crate::challenge::writes::{Sending, type_contact};
use crate::challenge::{Challenge, MethodId, State};
use crate::conditional::{Item, Value, Write};
use crate::contact::Contact;
use crate::identity::{FieldError, FieldFault};
use crate::keys::Mac256;
use crate::person::Profile;
use crate::ports::{
    ChangeChallenge, CodeMessage, DeliveryFailure, FindIssued, ReadChallenge, SendMessage, SpendLimit,
    Unavailable, Written,
};
use crate::rules::{MethodKind, Rules};
use futures_util::future::try_join;
use rand::CryptoRng;

/// What a person asks for.
#[derive(Clone, Debug)]
pub struct Request {
    method: MethodId,
    typed: Option<Contact>,
}

impl Request {
    /// Reads a chosen method and, where one was typed, the full contact.
    pub fn read(method: &str, confirm: Option<&str>, rules: &Rules) -> Result<Self, Vec<FieldError>> {
        let typed = confirm.map(|input| Contact::parse(input, &rules.calling_code)).transpose();
        let typed = typed.map_err(|_| vec![FieldError::new("confirm", FieldFault::Format)])?;
        Ok(Self { method: MethodId::from_text(method), typed })
    }
}

/// What becomes of it.
#[derive(Debug)]
pub enum Sent {
    /// A code is on its way, or armed.
    Delivered {
        /// Where the challenge stands.
        state: Box<StateView>,
        /// By which kind of method.
        by: MethodKind,
        /// Why it is not on its way after all, where no answer may tell.
        undelivered: Option<Unavailable>,
    },
    /// Another may go to this contact after these seconds.
    TooSoon {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// As many as may go to this contact went there.
    SendLimit {
        /// Seconds after which the destination takes more, where waiting helps.
        retry_after: Option<u64>,
    },
    /// No guess or typed contact is left.
    TooManyAttempts,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum SendCodeError {
    /// The session does not serve.
    #[error(transparent)]
    Session(#[from] SessionRefusal),
    /// Members are wrong.
    #[error("members of the request are wrong")]
    InvalidFields(Vec<FieldError>),
    /// There is no such method.
    #[error("there is no such method")]
    UnknownMethod,
    /// The typed contact is another one.
    #[error("the typed contact is another one")]
    ContactMismatch {
        /// Different contacts that may still be typed.
        attempts_left: i64,
    },
    /// The mail or telephone service did not take it.
    #[error("the code could not be delivered")]
    DeliveryUnavailable(#[source] Unavailable),
    /// Nothing the person can do.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<Unavailable> for SendCodeError {
    fn from(cause: Unavailable) -> Self {
        Self::Trouble(cause.into())
    }
}

impl From<Inconsistent> for SendCodeError {
    fn from(cause: Inconsistent) -> Self {
        Self::Trouble(cause.into())
    }
}

/// An answer that ends the step before anything is sent.
enum Stop {
    Answer(Sent),
    Error(SendCodeError),
}

/// What a send needs beside the challenge.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a, L, I, M> {
    /// Room at the destination.
    pub limits: &'a L,
    /// Codes issued beforehand.
    pub issued: &'a I,
    /// Mail and telephone.
    pub messages: &'a M,
}

/// Sends a one-time code by the chosen method; a letter's or the desk's is armed instead.
pub async fn send_code(
    challenges: &(impl ReadChallenge + ChangeChallenge),
    outgoing: Outgoing<'_, impl SpendLimit, impl FindIssued, impl SendMessage>,
    house: House<'_>,
    rng: &mut (impl CryptoRng + Send),
    session: &Session,
    request: &Request,
) -> Result<Sent, SendCodeError> {
    if !session.allows(Step::SendCode) {
        return Err(refuse_step(challenges, house, session).await?.into());
    }
    let (challenge, profile) = match read_challenge(challenges, house, session, request).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    match refusal(&challenge, &profile, session, &request.method, &house) {
        Some(Stop::Answer(answer)) => return Ok(answer),
        Some(Stop::Error(error)) => return Err(error),
        None => {}
    }
    let target = Target::of(&profile, &request.method)?;
    compare_typed(&challenge, &target, request.typed.as_ref(), &house)?;
    let code = match prepare(&outgoing, &challenge, &target, &house, rng).await? {
        Ok(code) => code,
        Err(answer) => return Ok(answer),
    };

    let sending = Sending {
        mac: &code.mac.to_vec(),
        method: &target.method,
        armed: code.armed,
        sends_before: challenge.sends.get(&target.method.contact).map_or(0, |sends| sends.count),
        now: house.clock.now(),
        limits: &house.rules.limits,
    };
    let write = write_of(&sending, &challenge);
    let (written, closed) = try_join(
        challenges.change_challenge(&session.challenge, &write),
        spend_institutions_day(outgoing.limits, &challenge, &target, &house),
    )
    .await?;
    let item = match applied(written, &code.mac) {
        Ok(item) => item,
        Err(stored) => return refused(stored, session, &request.method, &house),
    };
    if closed.is_some() {
        challenges.change_challenge(&session.challenge, &sending.give_back()).await?;
        return Ok(Sent::SendLimit { retry_after: closed });
    }
    let undelivered = match message(&challenge, &profile, &target, &code, &house) {
        Some(message) => deliver(challenges, outgoing.messages, message, &challenge, &sending).await?,
        None => None,
    };
    let (challenge, profile) = house.open(&session.challenge, &item)?;
    let state = Box::new(StateView::of(&challenge, &profile, session, &house));
    Ok(Sent::Delivered { state, by: target.method.kind, undelivered })
}

/// The first trip. A typed contact is counted before it is compared.
async fn read_challenge(
    challenges: &(impl ReadChallenge + ChangeChallenge),
    house: House<'_>,
    session: &Session,
    request: &Request,
) -> Result<Result<(Challenge, Profile), Sent>, SendCodeError> {
    let Some(typed) = &request.typed else {
        return Ok(Ok(read(challenges, house, session).await?.ok_or(SessionRefusal::Missing)?));
    };
    let hash = house.keys.registry.counter("typed", typed.as_str());
    let write = type_contact(hash, &request.method, house.clock.now(), &house.rules.limits);
    match challenges.change_challenge(&session.challenge, &write).await? {
        Written::Applied(item) => Ok(Ok(house.open(&session.challenge, &item)?)),
        Written::Refused(None) => Err(SessionRefusal::Missing.into()),
        Written::Refused(Some(item)) => {
            let (challenge, profile) = house.open(&session.challenge, &item)?;
            match challenge.ended(&house) {
                Some(refusal) => Err(refusal.into()),
                None if matches!(challenge.state, State::Applying | State::Done) => {
                    Err(wrong_step(&challenge, &profile, session, &house).into())
                }
                None if !challenge.methods.contains(&request.method) => Err(SendCodeError::UnknownMethod),
                None => Ok(Err(Sent::TooManyAttempts)),
            }
        }
    }
}

/// Why no code can be sent by this method, in the order in which a person is told. It is asked of the
/// challenge as first read, and again if the write was refused because something came between.
fn refusal(
    challenge: &Challenge,
    profile: &Profile,
    session: &Session,
    method: &MethodId,
    house: &House<'_>,
) -> Option<Stop> {
    if let Some(ended) = challenge.ended(house) {
        return Some(Stop::Error(ended.into()));
    }
    let wrong_step = || Some(Stop::Error(wrong_step(challenge, profile, session, house).into()));
    let changing = matches!(challenge.state, State::Applying | State::Done);
    if changing || (challenge.required > 0 && challenge.all_proven()) {
        return wrong_step();
    }
    if !challenge.live_code_proven() && challenge.attempts_left(house.rules.limits.guesses) == 0 {
        return Some(Stop::Answer(Sent::TooManyAttempts));
    }
    let sends = challenge.sends.get(&method.contact()).filter(|_| challenge.methods.contains(method));
    let Some(sends) = sends else {
        return Some(Stop::Error(SendCodeError::UnknownMethod));
    };
    if challenge.confirmed(&method.contact()) {
        return wrong_step();
    }
    let limits = &house.rules.limits;
    if sends.count >= limits.sends_per_contact || challenge.sends_total >= limits.sends_per_challenge {
        return Some(Stop::Answer(Sent::SendLimit { retry_after: None }));
    }
    match house.clock.now().seconds_until(sends.next) {
        0 => None,
        retry_after => Some(Stop::Answer(Sent::TooSoon { retry_after })),
    }
}

/// A decoy's contact is never the right one.
fn compare_typed(
    challenge: &Challenge,
    target: &Target<'_>,
    typed: Option<&Contact>,
    house: &House<'_>,
) -> Result<(), SendCodeError> {
    match typed {
        Some(typed) if target.decoy || Some(typed) != target.contact => {
            let spent = i64::try_from(challenge.typed.len()).unwrap_or(i64::MAX);
            let attempts_left = (house.rules.limits.typed_contacts - spent).max(0);
            Err(SendCodeError::ContactMismatch { attempts_left })
        }
        None if house.rules.methods.confirm_contact.contains(&target.method.kind) => {
            Err(SendCodeError::InvalidFields(vec![FieldError::new("confirm", FieldFault::Required)]))
        }
        _ => Ok(()),
    }
}

fn write_of(sending: &Sending<'_>, challenge: &Challenge) -> Write {
    match &challenge.code {
        Some(live) if live.proven() => {
            sending.next_method(&live.mac, &live.contact, challenge.confirmed_count())
        }
        _ => sending.first_or_again(),
    }
}

/// The item after the write. A refusal by an item that already holds our own mac is our own retry.
fn applied(written: Written, mac: &Mac256) -> Result<Item, Option<Item>> {
    match written {
        Written::Applied(item) => Ok(item),
        Written::Refused(Some(item)) => match item.get("mac") {
            Some(Value::Bytes(stored)) if mac.matches(stored) => Ok(item),
            _ => Err(Some(item)),
        },
        Written::Refused(None) => Err(None),
    }
}

/// Something came between reading and writing; the reason is in what is stored now.
fn refused(
    stored: Option<Item>,
    session: &Session,
    method: &MethodId,
    house: &House<'_>,
) -> Result<Sent, SendCodeError> {
    let item = stored.ok_or(SessionRefusal::Missing)?;
    let (challenge, profile) = house.open(&session.challenge, &item)?;
    match refusal(&challenge, &profile, session, method, house) {
        Some(Stop::Answer(answer)) => Ok(answer),
        Some(Stop::Error(error)) => Err(error),
        None => Ok(Sent::TooSoon { retry_after: 1 }),
    }
}

/// What goes out: nothing for letter, desk and decoys.
fn message<'a>(
    challenge: &'a Challenge,
    profile: &'a Profile,
    target: &Target<'a>,
    code: &'a NewCode,
    house: &House<'_>,
) -> Option<CodeMessage<'a>> {
    Some(CodeMessage {
        to: target.contact?,
        by: target.method.kind,
        code: code.text.as_ref()?,
        profile,
        locale: &challenge.locale,
        began: challenge.began,
        minutes: house.rules.limits.code_life.as_secs() / 60,
    })
}

/// Hands the code over. A certain failure gives the send back; after a lost answer the code stays live,
/// for it may arrive. Where no answer may tell whether there is such a person, a failure is only logged.
async fn deliver(
    challenges: &impl ChangeChallenge,
    messages: &impl SendMessage,
    message: CodeMessage<'_>,
    challenge: &Challenge,
    sending: &Sending<'_>,
) -> Result<Option<Unavailable>, SendCodeError> {
    match messages.send_code(message).await {
        Ok(()) => Ok(None),
        Err(DeliveryFailure::Definite(cause) | DeliveryFailure::Unknown(cause)) if challenge.quiet => {
            Ok(Some(cause))
        }
        Err(DeliveryFailure::Definite(cause)) => {
            challenges.change_challenge(&challenge.id, &sending.give_back()).await?;
            Err(SendCodeError::DeliveryUnavailable(cause))
        }
        Err(DeliveryFailure::Unknown(cause)) => Err(SendCodeError::DeliveryUnavailable(cause)),
    }
}

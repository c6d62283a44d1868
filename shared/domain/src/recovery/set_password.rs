//! The fourth step: the new password.
//!
//! Three trips: the challenge is read; the directory and the challenge change in one transaction; then the
//! person's starts are forgotten, the audit record is kept and every contact is told, all at once.

use super::session::{Session, SessionRefusal, Step, read, refuse_step, wrong_step};
use super::state::StateView;
use super::{House, Inconsistent, Trouble};
use crate::audit::{AuditEvent, AuditRecord};
use crate::challenge::writes::{change_account, finish};
use crate::challenge::{Challenge, State};
use crate::clock::Timestamp;
use crate::keys::Mac256;
use crate::password::Fault;
use crate::person::Profile;
use crate::ports::{
    ChangeAccount, ChangeNotice, ClearStarts, HashPassword, NotifyPerson, ReadChallenge, RecordAudit, Salt,
    Transacted, Unavailable,
};
use crate::secret::Confidential;
use futures_util::future::{join_all, join3};
use rand::CryptoRng;

/// What becomes of a new password.
#[derive(Debug)]
pub enum PasswordSet {
    /// It is set, by this call or by an earlier one whose answer was lost.
    Done {
        /// Where the challenge stands.
        state: Box<StateView>,
        /// What did not go well afterwards; nothing of it undoes the change.
        afterwards: Vec<Unavailable>,
    },
    /// Another change of the same items is under way; the same call again will tell.
    InFlight,
}

/// Why no password was set.
#[derive(Debug, thiserror::Error)]
pub enum SetPasswordError {
    /// The session does not serve.
    #[error(transparent)]
    Session(#[from] SessionRefusal),
    /// The policy refuses it; nothing was consumed.
    #[error("the policy refuses the password")]
    Rejected(Vec<Fault>),
    /// Nothing the person can do.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<Unavailable> for SetPasswordError {
    fn from(cause: Unavailable) -> Self {
        Self::Trouble(cause.into())
    }
}

impl From<Inconsistent> for SetPasswordError {
    fn from(cause: Inconsistent) -> Self {
        Self::Trouble(cause.into())
    }
}

/// Where the password is written.
#[derive(Clone, Copy, Debug)]
pub struct Directory<'a, H, A> {
    /// Hashes it.
    pub hasher: &'a H,
    /// Stores it.
    pub accounts: &'a A,
}

/// What follows a change.
#[derive(Clone, Copy, Debug)]
pub struct Aftermath<'a, L, R, N> {
    /// The person's starts.
    pub limits: &'a L,
    /// The audit.
    pub audit: &'a R,
    /// The person's contacts.
    pub messages: &'a N,
}

/// Sets the password of a person who proved every required method.
pub async fn set_password(
    challenges: &impl ReadChallenge,
    directory: Directory<'_, impl HashPassword, impl ChangeAccount>,
    aftermath: Aftermath<'_, impl ClearStarts, impl RecordAudit, impl NotifyPerson>,
    house: House<'_>,
    rng: &mut (impl CryptoRng + Send),
    session: &Session,
    password: &Confidential<String>,
) -> Result<PasswordSet, SetPasswordError> {
    if !session.allows(Step::SetPassword) {
        return Err(refuse_step(challenges, house, session).await?.into());
    }
    let (challenge, profile) = read(challenges, house, session).await?.ok_or(SessionRefusal::Missing)?;
    let fingerprint = fingerprint(&challenge, password, &house)?;
    if let Some(refusal) = refused_session(&challenge, &profile, session, &fingerprint, &house) {
        return refusal.map_err(SetPasswordError::from);
    }
    let directory_id = profile.directory_id.as_ref().ok_or(Inconsistent::Method)?;
    let password = house.rules.password.accept(password, &profile).map_err(SetPasswordError::Rejected)?;

    let mut salt = Salt::default();
    rng.fill_bytes(&mut salt);
    let hash = directory.hasher.hash_password(&password, salt)?;
    // Taken after the slow hash, so that the stamp is as late as can be: what begins before it is ended.
    let now = house.clock.now();
    let end = finish(&fingerprint.to_vec(), challenge.required, now);
    let change = change_account(&hash, challenge.began, now);
    let account = house.keys.registry.account(directory_id);
    match directory.accounts.change_account((&challenge.id, &end), (account, &change)).await? {
        Transacted::Applied => {
            let challenge = Challenge { state: State::Done, ..challenge };
            let state = Box::new(StateView::of(&challenge, &profile, session, &house));
            let afterwards = tell(aftermath, &house, &challenge, &profile, now).await;
            Ok(PasswordSet::Done { state, afterwards })
        }
        Transacted::ChallengeRefused(Some(item)) => {
            let (challenge, profile) = house.open(&session.challenge, &item)?;
            refused_session(&challenge, &profile, session, &fingerprint, &house)
                .unwrap_or(Ok(PasswordSet::InFlight))
                .map_err(SetPasswordError::from)
        }
        Transacted::ChallengeRefused(None) | Transacted::AccountRefused => {
            Err(SessionRefusal::Missing.into())
        }
        Transacted::Conflict => overtaken(challenges, house, session, &fingerprint).await,
    }
}

fn fingerprint(
    challenge: &Challenge,
    password: &Confidential<String>,
    house: &House<'_>,
) -> Result<Mac256, Inconsistent> {
    let keys = house.keys.session.version(challenge.id.root_version()).ok_or(Inconsistent::RootVersion)?;
    Ok(keys.fingerprint(challenge.id.as_str(), password.reveal()))
}

/// The answer of a challenge that takes no password any more or not yet. The same password again is the
/// repeat of a lost answer.
fn refused_session(
    challenge: &Challenge,
    profile: &Profile,
    session: &Session,
    fingerprint: &Mac256,
    house: &House<'_>,
) -> Option<Result<PasswordSet, SessionRefusal>> {
    if let Some(ended) = challenge.ended(house) {
        return Some(Err(ended));
    }
    let ours = challenge.fingerprint.as_ref().is_some_and(|stored| fingerprint.matches(stored));
    if challenge.state == State::Done && ours {
        let state = Box::new(StateView::of(challenge, profile, session, house));
        return Some(Ok(PasswordSet::Done { state, afterwards: Vec::new() }));
    }
    let ready = challenge.state != State::Done && challenge.all_proven();
    (!ready).then(|| Err(wrong_step(challenge, profile, session, house)))
}

/// Another transaction was at the same items. If it was a change of this challenge, its outcome is known
/// by now.
async fn overtaken(
    challenges: &impl ReadChallenge,
    house: House<'_>,
    session: &Session,
    fingerprint: &Mac256,
) -> Result<PasswordSet, SetPasswordError> {
    let (challenge, profile) = read(challenges, house, session).await?.ok_or(SessionRefusal::Missing)?;
    refused_session(&challenge, &profile, session, fingerprint, &house)
        .unwrap_or(Ok(PasswordSet::InFlight))
        .map_err(SetPasswordError::from)
}

/// What follows a change. It happened, whatever fails here.
async fn tell(
    aftermath: Aftermath<'_, impl ClearStarts, impl RecordAudit, impl NotifyPerson>,
    house: &House<'_>,
    challenge: &Challenge,
    profile: &Profile,
    at: Timestamp,
) -> Vec<Unavailable> {
    let record = AuditRecord {
        person: challenge.person,
        at,
        event: AuditEvent::PasswordChanged,
        terms_version: challenge.terms_version.clone(),
    };
    let reachable = profile.contacts.iter().filter(|contact| house.rules.methods.of(contact).is_some());
    let notices = reachable
        .map(|to| aftermath.messages.notify(ChangeNotice { to, profile, locale: &challenge.locale, at }));
    let (cleared, recorded, notified) = join3(
        aftermath.limits.clear_starts(challenge.person),
        aftermath.audit.record(&record),
        join_all(notices),
    )
    .await;
    let unsent =
        notified.into_iter().filter_map(Result::err).map(|failure| Unavailable::new("notice", failure));
    cleared.err().into_iter().chain(recorded.err()).chain(unsent).collect()
}

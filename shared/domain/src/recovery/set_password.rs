//! The fourth step: the new password.
//!
//! Three trips: the challenge is read; the directory and the challenge change in one transaction; every contact
//! is told, and then the starts are forgotten, the audit record is kept and the telling is marked, all at once.

use super::session::{Session, SessionRefusal, Step, read, refuse_step, wrong_step};
use super::state::StateView;
use super::{House, Inconsistent, Trouble};
use crate::audit::{AuditEvent, AuditRecord};
use crate::challenge::writes::{change_account, end_telling, finish, revoke, take_over_telling};
use crate::challenge::{Challenge, State};
use crate::clock::Timestamp;
use crate::contact::Contact;
use crate::issued::use_up_armed;
use crate::keys::{KeyedHash, Mac256};
use crate::password::Fault;
use crate::person::Profile;
use crate::ports::{
    ChangeAccount, ChangeChallenge, ChangeNotice, ClearStarts, HashPassword, NotifyPerson, ReadChallenge,
    RecordAudit, Salt, Transacted, Unavailable, Written,
};
use crate::rules::MethodKind;
use crate::secret::Confidential;
use futures_util::future::{join_all, join3, try_join_all};
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
    /// A change of the same items is under way, or its telling; the same call again will tell.
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
    challenges: &(impl ReadChallenge + ChangeChallenge),
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
    match standing(&challenge, &profile, session, &fingerprint, &house) {
        Standing::Ready => {}
        Standing::Repeated => {
            return repeated(challenges, aftermath, &house, session, challenge, profile).await;
        }
        Standing::Refused(refusal) => return Err(refusal.into()),
    }
    let password = house.rules.password.accept(password, &profile).map_err(SetPasswordError::Rejected)?;

    let mut salt = Salt::default();
    rng.fill_bytes(&mut salt);
    let hash = directory.hasher.hash_password(&password, salt)?;
    // Taken after the slow hash, so that the stamp is as late as can be: what begins before it is ended.
    let now = house.clock.now();
    let end = finish(&fingerprint.to_vec(), challenge.required, now);
    let change = change_account(&hash, challenge.began, now);
    let issued = use_up_armed(&challenge, now);
    let writes =
        directory.accounts.change_account((&challenge.id, &end), (challenge.person, &change), &issued);
    let stored = match writes.await? {
        Transacted::Applied => {
            let challenge = Challenge { state: State::Done, changed: Some(now), ..challenge };
            return Ok(tell(challenges, aftermath, &house, session, &challenge, &profile).await);
        }
        Transacted::AccountRefused | Transacted::IssuedRefused => {
            aftermath.audit.record(&record(&challenge, AuditEvent::PasswordRefused, now)).await?;
            // It can never succeed, so that it ends, and a reloaded page says so too.
            challenges.change_challenge(&challenge.id, &revoke()).await?;
            None
        }
        Transacted::ChallengeRefused(item) => item,
        // Whatever was at the same items is over by now.
        Transacted::Conflict => challenges.read_challenge(&session.challenge).await?,
    };
    let (challenge, profile) = house.open(&session.challenge, &stored.ok_or(SessionRefusal::Missing)?)?;
    match standing(&challenge, &profile, session, &fingerprint, &house) {
        Standing::Ready => Ok(PasswordSet::InFlight),
        Standing::Repeated => repeated(challenges, aftermath, &house, session, challenge, profile).await,
        Standing::Refused(refusal) => Err(refusal.into()),
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

fn record(challenge: &Challenge, event: AuditEvent, at: Timestamp) -> AuditRecord {
    AuditRecord { person: challenge.person, at, event, terms_version: challenge.terms_version.clone() }
}

/// How a challenge stands to a password.
enum Standing {
    /// It takes one.
    Ready,
    /// It took this one before; the answer may have been lost.
    Repeated,
    /// It takes none, not yet or not any more.
    Refused(SessionRefusal),
}

fn standing(
    challenge: &Challenge,
    profile: &Profile,
    session: &Session,
    fingerprint: &Mac256,
    house: &House<'_>,
) -> Standing {
    if let Some(ended) = challenge.ended(house) {
        return Standing::Refused(ended);
    }
    let ours = challenge.fingerprint.as_ref().is_some_and(|stored| fingerprint.matches(stored));
    match challenge.state {
        State::Done if ours => Standing::Repeated,
        State::Open | State::Sent if challenge.all_proven() => Standing::Ready,
        _ => Standing::Refused(wrong_step(challenge, profile, session, house)),
    }
}

/// The password is set already. If nobody was told, because who set it did not come so far, it is done now.
async fn repeated(
    challenges: &impl ChangeChallenge,
    aftermath: Aftermath<'_, impl ClearStarts, impl RecordAudit, impl NotifyPerson>,
    house: &House<'_>,
    session: &Session,
    challenge: Challenge,
    profile: Profile,
) -> Result<PasswordSet, SetPasswordError> {
    if !challenge.told {
        match challenges.change_challenge(&challenge.id, &take_over_telling(house.clock.now())).await? {
            Written::Applied(_) => {
                return Ok(tell(challenges, aftermath, house, session, &challenge, &profile).await);
            }
            Written::Refused(Some(item))
                if !Challenge::from_item(&challenge.id, &item).map_err(Inconsistent::from)?.told =>
            {
                return Ok(PasswordSet::InFlight);
            }
            Written::Refused(_) => {}
        }
    }
    let state = Box::new(StateView::of(&challenge, &profile, session, house));
    Ok(PasswordSet::Done { state, afterwards: Vec::new() })
}

/// What follows a change: it happened, whatever fails here. What could not be told is left to a retry.
async fn tell(
    challenges: &impl ChangeChallenge,
    aftermath: Aftermath<'_, impl ClearStarts, impl RecordAudit, impl NotifyPerson>,
    house: &House<'_>,
    session: &Session,
    challenge: &Challenge,
    profile: &Profile,
) -> PasswordSet {
    let at = challenge.changed.unwrap_or_else(|| house.clock.now());
    let written = |contact: &&Contact| {
        let kinds = house.rules.methods.of(contact);
        kinds.iter().any(|kind| matches!(kind, MethodKind::Email | MethodKind::Sms))
    };
    let notices = profile
        .contacts
        .iter()
        .filter(written)
        .map(|to| aftermath.messages.notify(ChangeNotice { to, profile, locale: &challenge.locale, at }));
    let unsent: Vec<Unavailable> = join_all(notices)
        .await
        .into_iter()
        .filter_map(Result::err)
        .map(|failure| Unavailable::new("notice", failure))
        .collect();

    let record = record(challenge, AuditEvent::PasswordChanged, at);
    let (cleared, recorded, marked) = join3(
        clear_starts(aftermath.limits, challenge.person, house),
        aftermath.audit.record(&record),
        challenges.change_challenge(&challenge.id, &end_telling(unsent.is_empty())),
    )
    .await;
    let failures = cleared.err().into_iter().chain(recorded.err()).chain(marked.err());
    let state = Box::new(StateView::of(challenge, profile, session, house));
    PasswordSet::Done { state, afterwards: unsent.into_iter().chain(failures).collect() }
}

/// A success forgets the person's starts by every route.
async fn clear_starts(
    limits: &impl ClearStarts,
    person: KeyedHash,
    house: &House<'_>,
) -> Result<(), Unavailable> {
    let offered = &house.rules.methods.offered;
    let routes = offered.iter().filter_map(|kind| kind.issued()).map(Some);
    let cleared = std::iter::once(None).chain(routes).map(|route| limits.clear_starts(person, route));
    try_join_all(cleared).await.map(|_| ())
}

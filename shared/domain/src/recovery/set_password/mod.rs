//! The fourth step: the new password.
//!
//! Three trips. In the embedded directory: the challenge is read; the account and the challenge change in one
//! transaction; every contact is told, and then the starts are forgotten, the audit record is kept and the
//! telling is marked, all at once. In directories that are services of their own: the challenge is read; the
//! change is announced, and the directories are asked; every contact is told, and then the change is ended, the
//! starts are forgotten and the audit record is kept, all at once.

mod embedded;
mod remote;
mod telling;

use super::session::{Session, SessionRefusal, Step, read, refuse_step, wrong_step};
use super::state::StateView;
use super::{House, Inconsistent, Trouble};
use crate::challenge::{Applying, Challenge, State};
use crate::keys::Mac256;
use crate::password::Fault;
use crate::person::Profile;
use crate::ports::{
    ChangeAccount, ChangeChallenge, ClearStarts, DirectoryRule, HashPassword, NotifyPerson, ReadChallenge,
    RecordAudit, TryPassword, Unavailable, WritePassword,
};
use crate::secret::Confidential;
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
    /// A directory refuses it, by a rule of its own; another password may be tried.
    #[error("the directory {directory} refuses the password")]
    RefusedByDirectory {
        /// Which one.
        directory: String,
        /// By which rule.
        rule: DirectoryRule,
    },
    /// A directory did not say that it wrote the password. The same password may be tried again.
    #[error("the directory {directory} did not take the password")]
    DirectoryUnavailable {
        /// Which one.
        directory: String,
        /// Why.
        #[source]
        cause: Unavailable,
    },
    /// This came of it, while one directory has the password already; and the person could not be told that, or
    /// it could not be recorded.
    #[error("a change in part was not told or not recorded")]
    Untold(Box<Result<PasswordSet, SetPasswordError>>, Vec<Unavailable>),
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
pub enum Directory<'a, H, T> {
    /// The account as it is known here.
    Embedded(&'a H),
    /// Services of their own, in this order.
    Remote(&'a [T]),
}

/// Where the challenge and what hangs on it are stored.
#[derive(Clone, Copy, Debug)]
pub struct Stores<'a, C, A> {
    /// The challenges.
    pub challenges: &'a C,
    /// The accounts as they are known here.
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
    stores: Stores<'_, impl ReadChallenge + ChangeChallenge, impl ChangeAccount>,
    directory: Directory<'_, impl HashPassword, impl WritePassword + TryPassword>,
    aftermath: Aftermath<'_, impl ClearStarts, impl RecordAudit, impl NotifyPerson>,
    house: House<'_>,
    rng: &mut (impl CryptoRng + Send),
    session: &Session,
    password: &Confidential<String>,
) -> Result<PasswordSet, SetPasswordError> {
    if !session.allows(Step::SetPassword) {
        return Err(refuse_step(stores.challenges, house, session).await?.into());
    }
    let (challenge, profile) =
        read(stores.challenges, house, session).await?.ok_or(SessionRefusal::Missing)?;
    let fingerprint = fingerprint(&challenge, password, &house)?;
    let standing = standing(&challenge, &profile, session, &fingerprint, &house);
    let change = Change { house: &house, session, fingerprint, challenge, profile };
    match (standing, directory) {
        (Standing::Refused(refusal), _) => Err(refusal.into()),
        (Standing::Repeated, _) => change.repeated(stores.challenges, aftermath).await,
        (Standing::Ready, Directory::Embedded(hasher)) => {
            let password = change.accept(password)?;
            change.embedded(stores, hasher, aftermath, rng, &password).await
        }
        (Standing::Ready, Directory::Remote(directories)) => {
            let password = change.accept(password)?;
            change.remote(stores, directories, aftermath, rng, &password).await
        }
        (Standing::Abandoned(applying), Directory::Remote(directories)) => {
            let password = change.accept(password)?;
            change.take_over(stores, directories, aftermath, rng, &password, &applying).await
        }
        (Standing::InFlight, _) | (Standing::Abandoned(_), Directory::Embedded(_)) => {
            Ok(PasswordSet::InFlight)
        }
    }
}

/// A password on its way, and what was read before.
struct Change<'a> {
    house: &'a House<'a>,
    session: &'a Session,
    fingerprint: Mac256,
    challenge: Challenge,
    profile: Profile,
}

impl Change<'_> {
    /// The password as it is written, if the policy takes it.
    fn accept(&self, password: &Confidential<String>) -> Result<Confidential<String>, SetPasswordError> {
        let policy = &self.house.rules.password;
        policy.accept(password, &self.profile).map_err(SetPasswordError::Rejected)
    }

    /// How the challenge stands now that a write was refused.
    async fn look_again(
        self,
        challenges: &impl ChangeChallenge,
        aftermath: Aftermath<'_, impl ClearStarts, impl RecordAudit, impl NotifyPerson>,
        stored: Option<crate::conditional::Item>,
    ) -> Result<PasswordSet, SetPasswordError> {
        let stored = stored.ok_or(SessionRefusal::Missing)?;
        let (challenge, profile) = self.house.open(&self.session.challenge, &stored)?;
        let change = Self { challenge, profile, ..self };
        let (challenge, profile) = (&change.challenge, &change.profile);
        match standing(challenge, profile, change.session, &change.fingerprint, change.house) {
            Standing::Ready | Standing::InFlight | Standing::Abandoned(_) => Ok(PasswordSet::InFlight),
            Standing::Repeated => change.repeated(challenges, aftermath).await,
            Standing::Refused(refusal) => Err(refusal.into()),
        }
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

/// How a challenge stands to a password.
enum Standing {
    /// It takes one.
    Ready,
    /// This one is being written.
    InFlight,
    /// This one was being written, and whoever did it came to no end.
    Abandoned(Applying),
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
    match (challenge.state, &challenge.applying) {
        (State::Done, _) if ours => Standing::Repeated,
        (State::Applying, Some(applying)) if ours && applying.lease < house.clock.now() => {
            Standing::Abandoned(applying.clone())
        }
        (State::Applying, _) if ours => Standing::InFlight,
        (State::Open | State::Sent, _) if challenge.all_proven() => Standing::Ready,
        _ => Standing::Refused(wrong_step(challenge, profile, session, house)),
    }
}

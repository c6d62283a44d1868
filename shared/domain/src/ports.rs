//! What the steps need from outside, one narrow trait per action, so that a function's code can only name
//! what its role allows.
//!
//! Every action may find its service away and then says [`Unavailable`]; nothing is known to have happened.

use crate::audit::AuditRecord;
use crate::challenge::ChallengeId;
use crate::clock::Timestamp;
use crate::code::OneTimeCode;
use crate::conditional::{Item, Write};
use crate::contact::Contact;
use crate::issued::{IssuedCode, IssuedKind};
use crate::keys::KeyedHash;
use crate::limits::{Counter, Route};
use crate::person::{PersonRecord, Profile, RegistrySummary};
use crate::rules::MethodKind;
use crate::secret::Confidential;
use std::future::Future;
use std::time::Duration;

/// A service did not answer, or not with what was asked. The cause is for the log alone.
#[derive(Debug, thiserror::Error)]
#[error("{service} is unavailable")]
pub struct Unavailable {
    /// Which service.
    pub service: &'static str,
    /// What it said.
    #[source]
    pub cause: Box<dyn std::error::Error + Send + Sync>,
}

impl Unavailable {
    /// A service failed for this reason.
    pub fn new(service: &'static str, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { service, cause: cause.into() }
    }
}

/// What became of a conditional write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// The condition held; the item is now this.
    Applied(Item),
    /// The condition failed; the item is still this, or there is none.
    Refused(Option<Item>),
}

/// Looks a person up in the registry.
pub trait FindPerson {
    /// The person who can make the claim with this key; `None` if nobody can.
    fn find_person(
        &self,
        key: KeyedHash,
    ) -> impl Future<Output = Result<Option<PersonRecord>, Unavailable>> + Send;
}

/// Tells what the registry is like.
pub trait DescribeRegistry {
    /// The summary of the last import; the default one if there was none.
    fn describe_registry(&self) -> impl Future<Output = Result<RegistrySummary, Unavailable>> + Send;
}

/// What became of an attempt to spend a counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Room {
    /// There was room: it is counted.
    Counted,
    /// There was none; the counter is still this.
    Full(Option<Item>),
}

/// Spends counters.
pub trait SpendLimit {
    /// Applies the counter's write.
    fn spend(&self, counter: &Counter) -> impl Future<Output = Result<Room, Unavailable>> + Send;
}

/// Reads counters without spending them.
pub trait ReadLimit {
    /// How often it was spent in its window.
    fn spent(&self, counter: &Counter) -> impl Future<Output = Result<u32, Unavailable>> + Send;
}

/// Forgets a person's starts after a success.
pub trait ClearStarts {
    /// From now on they have started nothing by this route.
    fn clear_starts(
        &self,
        person: KeyedHash,
        route: Route,
    ) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// Stores a new challenge.
pub trait AddChallenge {
    /// Its name is new and random, so nothing can stand in the way.
    fn add_challenge(
        &self,
        id: &ChallengeId,
        item: Item,
    ) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// Reads a challenge.
pub trait ReadChallenge {
    /// The challenge as of now, never an older state; `None` if there is none.
    fn read_challenge(
        &self,
        id: &ChallengeId,
    ) -> impl Future<Output = Result<Option<Item>, Unavailable>> + Send;
}

/// Changes a challenge.
pub trait ChangeChallenge {
    /// Applies a conditional write, atomically.
    fn change_challenge(
        &self,
        id: &ChallengeId,
        write: &Write,
    ) -> impl Future<Output = Result<Written, Unavailable>> + Send;
}

/// Looks up codes issued beforehand.
pub trait FindIssued {
    /// The person's code of this kind, whatever became of it; `None` if none was issued.
    fn find_issued(
        &self,
        person: KeyedHash,
        kind: IssuedKind,
    ) -> impl Future<Output = Result<Option<IssuedCode>, Unavailable>> + Send;
}

/// What became of writes that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transacted {
    /// All of them applied.
    Applied,
    /// The challenge's condition failed; it is still this.
    ChallengeRefused(Option<Item>),
    /// The account's condition failed; it is still this.
    AccountRefused(Option<Item>),
    /// The condition of an issued code failed: it was used or revoked meanwhile.
    IssuedRefused,
    /// Another transaction was at the same items; nothing was written.
    Conflict,
}

/// Writes to a person's account as it is known here, which in the embedded directory holds their password.
pub trait ChangeAccount {
    /// Applies all writes in one transaction, or none: the challenge's, the account's, and those of issued
    /// codes.
    fn change_account(
        &self,
        challenge: (&ChallengeId, &Write),
        account: (KeyedHash, &Write),
        issued: &[(String, Write)],
    ) -> impl Future<Output = Result<Transacted, Unavailable>> + Send;
}

/// Random bytes that make equal passwords hash differently.
pub type Salt = [u8; 16];

/// Hashes passwords for the embedded directory.
pub trait HashPassword {
    /// A salted hash in PHC string format.
    fn hash_password(&self, password: &Confidential<String>, salt: Salt) -> Result<String, Unavailable>;
}

/// Why a directory refuses a password, by a rule of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectoryRule {
    /// It is too short or too simple.
    Quality,
    /// It was used before.
    History,
    /// The password before it was changed too lately.
    Age,
    /// It did not say.
    Unnamed,
}

/// Why a directory did not say that it wrote a password.
#[derive(Debug, thiserror::Error)]
pub enum WriteFailure {
    /// It read the password and refuses it; nothing was written.
    #[error("the directory refuses the password")]
    Refused(DirectoryRule),
    /// Certainly nothing was written: it was never asked, or refused whoever asked.
    #[error("certainly not written")]
    NotWritten(#[source] Unavailable),
    /// Nobody knows: the answer was lost, or came too late.
    #[error("perhaps written")]
    Unknown(#[source] Unavailable),
}

/// Writes passwords to a directory that is a service of its own.
pub trait WritePassword {
    /// The directory's name in the institution's file.
    fn name(&self) -> &str;

    /// Sets the password of the person's account. Doing it twice is as good as once. Answers `within` this
    /// time, whatever becomes of the directory.
    fn write_password(
        &self,
        whose: &Profile,
        password: &Confidential<String>,
        within: Duration,
    ) -> impl Future<Output = Result<(), WriteFailure>> + Send;
}

/// Tries passwords at a directory.
pub trait TryPassword {
    /// Whether the person's account has this password now; `None` where the directory cannot be asked.
    /// Answers `within` this time.
    fn has_password(
        &self,
        whose: &Profile,
        password: &Confidential<String>,
        within: Duration,
    ) -> impl Future<Output = Result<Option<bool>, Unavailable>> + Send;
}

/// Tells secrets, which stand in no file: passwords of service accounts, keys.
pub trait ReadSecret: Send + Sync {
    /// The secret of this name, as it is now or was a few minutes ago.
    fn read_secret(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Confidential<String>, Unavailable>> + Send;

    /// The same as it is now, for who was refused with it: it may have been rotated.
    fn read_secret_anew(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Confidential<String>, Unavailable>> + Send;
}

/// Keeps audit records.
pub trait RecordAudit {
    /// Stores one.
    fn record(&self, record: &AuditRecord) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// A message that carries a code.
#[derive(Clone, Debug)]
pub struct CodeMessage<'a> {
    /// Where it goes.
    pub to: &'a Contact,
    /// By which method: an e-mail, an SMS or a call.
    pub by: MethodKind,
    /// The code.
    pub code: &'a OneTimeCode,
    /// Whose account.
    pub profile: &'a Profile,
    /// The session's language.
    pub locale: &'a str,
    /// When the session began, so that two open tabs can be told apart.
    pub began: Timestamp,
    /// Minutes for which the code is good.
    pub minutes: u64,
}

/// A message that tells of a changed password.
#[derive(Clone, Debug)]
pub struct ChangeNotice<'a> {
    /// Where it goes.
    pub to: &'a Contact,
    /// Whose account.
    pub profile: &'a Profile,
    /// The session's language.
    pub locale: &'a str,
    /// When the password was changed.
    pub at: Timestamp,
}

/// Why a message did not go out.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryFailure {
    /// It certainly did not: it was refused, or the service was never reached.
    #[error("certainly not delivered")]
    Definite(#[source] Unavailable),
    /// Nobody knows: the answer was lost.
    #[error("perhaps delivered")]
    Unknown(#[source] Unavailable),
}

/// Sends codes.
pub trait SendMessage {
    /// Hands the message to the mail or telephone service.
    fn send_code(&self, message: CodeMessage<'_>)
    -> impl Future<Output = Result<(), DeliveryFailure>> + Send;
}

/// Tells people what happened to their account.
pub trait NotifyPerson {
    /// Hands the notice to the mail or telephone service.
    fn notify(&self, notice: ChangeNotice<'_>) -> impl Future<Output = Result<(), DeliveryFailure>> + Send;
}

//! A password in directories that are services of their own.
//!
//! The change is announced, the directories are asked in their order, and the change is ended. Until then no
//! other password gets in: the answer of a directory may be lost, and then nobody knows whether it wrote. The
//! same password again takes the change over and finishes what is left.

use super::{Aftermath, Change, PasswordSet, SetPasswordError, Stores};
use crate::audit::AuditEvent;
use crate::challenge::writes::applying::{
    Attempt, DIRECTORIES, Held, free_account, hold_account, stamp_account,
};
use crate::challenge::writes::revoke;
use crate::challenge::{Applying, Challenge, ChallengeId, State};
use crate::conditional::{Item, Value, Write};
use crate::issued::{give_back_armed, use_up_armed};
use crate::keys::KeyedHash;
use crate::ports::{
    ChangeAccount, ChangeChallenge, ClearStarts, DirectoryRule, NotifyPerson, ReadChallenge, RecordAudit,
    Transacted, TryPassword, Unavailable, WriteFailure, WritePassword, Written,
};
use crate::secret::Confidential;
use futures_util::future::{join, join3};
use rand::CryptoRng;
use std::collections::BTreeSet;
use std::time::Duration;

/// An attempt that was announced.
struct Announced<'a> {
    attempt: Attempt<'a>,
    /// Whether there was none before it.
    first: bool,
    /// The directories that have the password already.
    wrote: BTreeSet<String>,
}

/// The directories do not all have the password.
struct Halted {
    why: Stopped,
    /// Whether this attempt wrote it to one before: the person is told then, for it may stay so.
    partly: bool,
}

/// Why the directories do not all have the password.
enum Stopped {
    /// One refuses it, by a rule of its own.
    Refused(String, DirectoryRule),
    /// One was certainly never asked.
    NotWritten(String, Unavailable),
    /// One perhaps wrote it.
    Unknown(String, Unavailable),
    /// What one wrote could not be noted.
    NotNoted(Unavailable),
    /// Another attempt is at it.
    Overtaken,
}

impl Change<'_> {
    /// Announces the change and asks the directories.
    pub(super) async fn remote<T: WritePassword + TryPassword>(
        self,
        stores: Stores<'_, impl ReadChallenge + ChangeChallenge, impl ChangeAccount>,
        directories: &[T],
        aftermath: Aftermath<'_, impl ClearStarts, impl RecordAudit, impl NotifyPerson>,
        rng: &mut (impl CryptoRng + Send),
        password: &Confidential<String>,
    ) -> Result<PasswordSet, SetPasswordError> {
        let (challenge, now) = (&self.challenge, self.house.clock.now());
        let (op, fingerprint) = (random(rng), self.fingerprint.to_vec());
        let attempt = Attempt { op: &op, fingerprint: &fingerprint, now };
        let announce = attempt.announce(challenge.required);
        let hold = hold_account(&challenge.id, Held::Anew, challenge.began, now);
        let issued = use_up_armed(challenge, now);
        let writes =
            stores.accounts.change_account((&challenge.id, &announce), (challenge.person, &hold), &issued);
        let found = match settled(writes.await?, &op) {
            Transacted::Applied => {
                let announced = Announced { attempt, first: true, wrote: BTreeSet::new() };
                return self.write(stores, directories, aftermath, password, announced).await;
            }
            Transacted::AccountRefused(account) if !self.overtaken(account.as_ref()) => {
                return Ok(PasswordSet::InFlight);
            }
            Transacted::AccountRefused(_) | Transacted::IssuedRefused => {
                aftermath.audit.record(&self.record(AuditEvent::PasswordRefused, now)).await?;
                // It can never succeed, so that it ends, and a reloaded page says so too.
                stores.challenges.change_challenge(&challenge.id, &revoke()).await?;
                None
            }
            Transacted::ChallengeRefused(item) => item,
            // Whatever was at the same items is over by now.
            Transacted::Conflict => stores.challenges.read_challenge(&self.session.challenge).await?,
        };
        self.look_again(stores.challenges, aftermath, found).await
    }

    /// Takes a change over from who came to no end, and asks the directories that are left.
    pub(super) async fn take_over<T: WritePassword + TryPassword>(
        self,
        stores: Stores<'_, impl ReadChallenge + ChangeChallenge, impl ChangeAccount>,
        directories: &[T],
        aftermath: Aftermath<'_, impl ClearStarts, impl RecordAudit, impl NotifyPerson>,
        rng: &mut (impl CryptoRng + Send),
        password: &Confidential<String>,
        abandoned: &Applying,
    ) -> Result<PasswordSet, SetPasswordError> {
        let (challenge, now) = (&self.challenge, self.house.clock.now());
        let (op, fingerprint) = (random(rng), self.fingerprint.to_vec());
        let attempt = Attempt { op: &op, fingerprint: &fingerprint, now };
        // If another recovery held the account meanwhile, what was written before it counts no more.
        for held in [Held::Still, Held::Anew] {
            let take_over = attempt.take_over(&abandoned.op, held);
            let hold = hold_account(&challenge.id, held, challenge.began, now);
            let account = (challenge.person, &hold);
            let wrote = match held {
                Held::Still => abandoned.wrote.clone(),
                Held::Anew => BTreeSet::new(),
            };
            let writes = stores.accounts.change_account((&challenge.id, &take_over), account, &[]);
            match settled(writes.await?, &op) {
                Transacted::Applied => {
                    let announced = Announced { attempt, first: false, wrote };
                    return self.write(stores, directories, aftermath, password, announced).await;
                }
                Transacted::ChallengeRefused(item) => {
                    return self.look_again(stores.challenges, aftermath, item).await;
                }
                Transacted::AccountRefused(account) if self.overtaken(account.as_ref()) => {
                    aftermath.audit.record(&self.record(AuditEvent::PasswordRefused, now)).await?;
                    return self.look_again(stores.challenges, aftermath, None).await;
                }
                Transacted::AccountRefused(_) => {}
                Transacted::IssuedRefused | Transacted::Conflict => break,
            }
        }
        Ok(PasswordSet::InFlight)
    }

    /// Whether another recovery of the person's succeeded since this one began.
    fn overtaken(&self, account: Option<&Item>) -> bool {
        let changed = account.and_then(|account| account.get("changed"));
        matches!(changed, Some(Value::Number(at)) if *at >= self.challenge.began.as_millis())
    }

    /// Asks the directories, and ends the attempt one way or another.
    async fn write<T: WritePassword + TryPassword>(
        self,
        stores: Stores<'_, impl ReadChallenge + ChangeChallenge, impl ChangeAccount>,
        directories: &[T],
        aftermath: Aftermath<'_, impl ClearStarts, impl RecordAudit, impl NotifyPerson>,
        password: &Confidential<String>,
        announced: Announced<'_>,
    ) -> Result<PasswordSet, SetPasswordError> {
        let (attempt, first) = (announced.attempt, announced.first);
        let asked = self.ask(stores.challenges, directories, password, &announced).await;
        let Err(Halted { why, partly }) = asked else {
            return self.complete(stores, aftermath, &announced).await;
        };
        let outcome = self.stop(stores, &attempt, first, why).await;
        let untold =
            if partly { self.tell_in_part(aftermath.audit, aftermath.messages).await } else { Vec::new() };
        if let Err(SetPasswordError::RefusedByDirectory { .. }) = &outcome {
            let refused = self.record(AuditEvent::PasswordRefused, self.house.clock.now());
            aftermath.audit.record(&refused).await?;
        }
        if untold.is_empty() { outcome } else { Err(SetPasswordError::Untold(Box::new(outcome), untold)) }
    }

    /// Ends an attempt that did not come through: another password may be tried where this one is certainly
    /// nowhere or was refused; else this one alone, and at once.
    async fn stop(
        &self,
        stores: Stores<'_, impl ReadChallenge + ChangeChallenge, impl ChangeAccount>,
        attempt: &Attempt<'_>,
        first: bool,
        why: Stopped,
    ) -> Result<PasswordSet, SetPasswordError> {
        let (releases, failure) = match why {
            Stopped::Overtaken => return Ok(PasswordSet::InFlight),
            Stopped::Refused(directory, rule) => {
                (true, SetPasswordError::RefusedByDirectory { directory, rule })
            }
            Stopped::NotWritten(directory, cause) => {
                (first, SetPasswordError::DirectoryUnavailable { directory, cause })
            }
            Stopped::Unknown(directory, cause) => {
                (false, SetPasswordError::DirectoryUnavailable { directory, cause })
            }
            Stopped::NotNoted(cause) => (false, cause.into()),
        };
        if releases && !self.release(stores.accounts, attempt).await? {
            return Ok(PasswordSet::InFlight);
        }
        if !releases {
            // The lease would end by itself; without it the person may try again at once.
            let _ = stores.challenges.change_challenge(&self.challenge.id, &attempt.give_up()).await;
        }
        Err(failure)
    }

    /// One directory has the password and the next has not: should it stay so, the person knows at least. What
    /// failed of it.
    async fn tell_in_part(&self, audit: &impl RecordAudit, messages: &impl NotifyPerson) -> Vec<Unavailable> {
        let now = self.house.clock.now();
        let changed = self.record(AuditEvent::PasswordChangedInPart, now);
        let (unsent, recorded) = join(self.notify(messages, now), audit.record(&changed)).await;
        unsent.into_iter().chain(recorded.err()).collect()
    }

    /// Has every directory that is left write the password, in their order.
    async fn ask<T: WritePassword + TryPassword>(
        &self,
        challenges: &impl ChangeChallenge,
        directories: &[T],
        password: &Confidential<String>,
        announced: &Announced<'_>,
    ) -> Result<(), Halted> {
        let has = |directory: &&T| announced.wrote.contains(directory.name());
        let left: Vec<&T> = directories.iter().filter(|directory| !has(directory)).collect();
        for (place, directory) in left.iter().enumerate() {
            let within = self.time_left(&announced.attempt) / share(left.len() - place);
            let written = self.ask_one(*directory, (password, within), announced, place == 0).await;
            written.map_err(|why| Halted { why, partly: place > 0 })?;
            if place + 1 < left.len() {
                let note = announced.attempt.note(directory.name());
                let why = match challenges.change_challenge(&self.challenge.id, &note).await {
                    Ok(Written::Applied(_)) => continue,
                    Ok(Written::Refused(_)) => Stopped::Overtaken,
                    Err(cause) => Stopped::NotNoted(cause),
                };
                return Err(Halted { why, partly: true });
            }
        }
        Ok(())
    }

    /// Has one directory write the password. Before the `first` one has it nothing has happened; after it,
    /// another password must not get in.
    async fn ask_one(
        &self,
        directory: &(impl WritePassword + TryPassword),
        (password, within): (&Confidential<String>, Duration),
        announced: &Announced<'_>,
        first: bool,
    ) -> Result<(), Stopped> {
        let name = || directory.name().to_owned();
        match directory.write_password(&self.profile, password, within).await {
            Ok(()) => Ok(()),
            Err(WriteFailure::Refused(rule)) if announced.first => Err(Stopped::Refused(name(), rule)),
            Err(WriteFailure::Refused(_)) => {
                let within = self.time_left(&announced.attempt);
                self.written_before(directory, password, within).await
            }
            Err(WriteFailure::NotWritten(cause)) if first => Err(Stopped::NotWritten(name(), cause)),
            Err(WriteFailure::NotWritten(cause) | WriteFailure::Unknown(cause)) => {
                Err(Stopped::Unknown(name(), cause))
            }
        }
    }

    /// What an attempt has left of the time for directories.
    fn time_left(&self, attempt: &Attempt<'_>) -> Duration {
        let passed = self.house.clock.now().as_millis() - attempt.now.as_millis();
        DIRECTORIES.saturating_sub(Duration::from_millis(u64::try_from(passed).unwrap_or_default()))
    }

    /// A refusal after an attempt whose answer was lost: that attempt may have succeeded, and the directory
    /// takes no password twice.
    async fn written_before(
        &self,
        directory: &(impl WritePassword + TryPassword),
        password: &Confidential<String>,
        within: Duration,
    ) -> Result<(), Stopped> {
        let unknown = |cause| Stopped::Unknown(directory.name().to_owned(), cause);
        match directory.has_password(&self.profile, password, within).await {
            Ok(Some(true)) => Ok(()),
            Ok(has) => {
                let said =
                    if has.is_some() { "refused, and has another" } else { "refused, and tells no more" };
                Err(unknown(Unavailable::new("directory", said)))
            }
            Err(cause) => Err(unknown(cause)),
        }
    }

    /// Every directory has the password.
    async fn complete(
        self,
        stores: Stores<'_, impl ReadChallenge + ChangeChallenge, impl ChangeAccount>,
        aftermath: Aftermath<'_, impl ClearStarts, impl RecordAudit, impl NotifyPerson>,
        announced: &Announced<'_>,
    ) -> Result<PasswordSet, SetPasswordError> {
        let now = self.house.clock.now();
        let unsent = self.notify(aftermath.messages, now).await;
        let end = announced.attempt.complete(unsent.is_empty(), now);
        let stamp = stamp_account(&self.challenge.id, announced.first, now);
        let record = self.record(AuditEvent::PasswordChanged, now);
        let (ended, cleared, recorded) = join3(
            insist(stores.accounts, (&self.challenge.id, &end), (self.challenge.person, &stamp), &[]),
            self.clear_starts(aftermath.limits),
            aftermath.audit.record(&record),
        )
        .await;
        match ended? {
            Transacted::Applied => {
                let challenge = Challenge { state: State::Done, changed: Some(now), ..self.challenge };
                let failures = cleared.err().into_iter().chain(recorded.err());
                let afterwards = unsent.into_iter().chain(failures).collect();
                Ok(Self { challenge, ..self }.done(afterwards))
            }
            Transacted::ChallengeRefused(item) => self.look_again(stores.challenges, aftermath, item).await,
            Transacted::AccountRefused(_) | Transacted::IssuedRefused | Transacted::Conflict => {
                Ok(PasswordSet::InFlight)
            }
        }
    }

    /// Takes the announcement back, and gives back what was used up with it. False if another attempt is at it
    /// by now, which then knows better.
    async fn release(
        &self,
        accounts: &impl ChangeAccount,
        attempt: &Attempt<'_>,
    ) -> Result<bool, Unavailable> {
        let challenge = &self.challenge;
        let release: Write = attempt.release(challenge.state);
        let free = free_account(&challenge.id);
        let (challenge, account) = ((&challenge.id, &release), (challenge.person, &free));
        let issued = give_back_armed(&self.challenge, attempt.now);
        let released = match insist(accounts, challenge, account, &issued).await? {
            // Another code took its place meanwhile; there is nothing to be given back.
            Transacted::IssuedRefused => insist(accounts, challenge, account, &[]).await?,
            other => other,
        };
        Ok(released == Transacted::Applied)
    }
}

/// How often writes are tried that another transaction stands in the way of: it is over by then.
const TRIES: u32 = 4;

/// Applies writes that belong together, again where another transaction was at the same items.
async fn insist(
    accounts: &impl ChangeAccount,
    challenge: (&ChallengeId, &Write),
    account: (KeyedHash, &Write),
    issued: &[(String, Write)],
) -> Result<Transacted, Unavailable> {
    for _ in 1..TRIES {
        match accounts.change_account(challenge, account, issued).await? {
            Transacted::Conflict => {}
            other => return Ok(other),
        }
    }
    accounts.change_account(challenge, account, issued).await
}

/// As a divisor, one at least.
fn share(directories: usize) -> u32 {
    u32::try_from(directories.max(1)).unwrap_or(u32::MAX)
}

fn random(rng: &mut impl CryptoRng) -> [u8; 16] {
    let mut op = [0; 16];
    rng.fill_bytes(&mut op);
    op
}

/// A challenge that refuses an attempt and shows it already took our own write, whose answer was lost.
fn settled(transacted: Transacted, op: &[u8]) -> Transacted {
    let shows = |item: &Item| matches!(item.get("op"), Some(Value::Bytes(stored)) if stored == op);
    match transacted {
        Transacted::ChallengeRefused(Some(item)) if shows(&item) => Transacted::Applied,
        other => other,
    }
}

//! A password in the embedded directory: one transaction with the challenge.

use super::{Aftermath, Change, PasswordSet, SetPasswordError, Stores};
use crate::audit::AuditEvent;
use crate::challenge::writes::{change_account, finish, revoke};
use crate::challenge::{Challenge, State};
use crate::issued::use_up_armed;
use crate::ports::{
    ChangeAccount, ChangeChallenge, ClearStarts, HashPassword, NotifyPerson, ReadChallenge, RecordAudit,
    Salt, Transacted,
};
use crate::secret::Confidential;
use rand::CryptoRng;

impl Change<'_> {
    pub(super) async fn embedded(
        self,
        stores: Stores<'_, impl ReadChallenge + ChangeChallenge, impl ChangeAccount>,
        hasher: &impl HashPassword,
        aftermath: Aftermath<'_, impl ClearStarts, impl RecordAudit, impl NotifyPerson>,
        rng: &mut (impl CryptoRng + Send),
        password: &Confidential<String>,
    ) -> Result<PasswordSet, SetPasswordError> {
        let challenge = &self.challenge;
        let mut salt = Salt::default();
        rng.fill_bytes(&mut salt);
        let hash = hasher.hash_password(password, salt)?;
        // Taken after the slow hash, so that the stamp is as late as can be: what begins before it is ended.
        let now = self.house.clock.now();
        let end = finish(&self.fingerprint.to_vec(), challenge.required, now);
        let change = change_account(&hash, challenge.began, now);
        let issued = use_up_armed(challenge, now);
        let writes =
            stores.accounts.change_account((&challenge.id, &end), (challenge.person, &change), &issued);
        let found = match writes.await? {
            Transacted::Applied => {
                let changed = Challenge { state: State::Done, changed: Some(now), ..self.challenge };
                return Ok(Self { challenge: changed, ..self }.tell(stores.challenges, aftermath).await);
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
}

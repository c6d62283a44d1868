//! What follows a change: every contact is told, the starts are forgotten, an audit record is kept.

use super::{Aftermath, Change, PasswordSet, SetPasswordError};
use crate::audit::{AuditEvent, AuditRecord};
use crate::challenge::Challenge;
use crate::challenge::writes::{end_telling, take_over_telling};
use crate::clock::Timestamp;
use crate::contact::Contact;
use crate::ports::{
    ChangeChallenge, ChangeNotice, ClearStarts, NotifyPerson, RecordAudit, Unavailable, Written,
};
use crate::recovery::Inconsistent;
use crate::recovery::state::StateView;
use crate::rules::MethodKind;
use futures_util::future::{join_all, join3, try_join_all};

impl Change<'_> {
    /// The password is set already. If nobody was told, because who set it did not come so far, it is done now.
    pub(super) async fn repeated(
        self,
        challenges: &impl ChangeChallenge,
        aftermath: Aftermath<'_, impl ClearStarts, impl RecordAudit, impl NotifyPerson>,
    ) -> Result<PasswordSet, SetPasswordError> {
        let challenge = &self.challenge;
        if !challenge.told {
            let take_over = take_over_telling(self.house.clock.now());
            match challenges.change_challenge(&challenge.id, &take_over).await? {
                Written::Applied(_) => return Ok(self.tell(challenges, aftermath).await),
                Written::Refused(Some(item))
                    if !Challenge::from_item(&challenge.id, &item).map_err(Inconsistent::from)?.told =>
                {
                    return Ok(PasswordSet::InFlight);
                }
                Written::Refused(_) => {}
            }
        }
        Ok(self.done(Vec::new()))
    }

    /// What follows a change: it happened, whatever fails here. What could not be told is left to a retry.
    pub(super) async fn tell(
        self,
        challenges: &impl ChangeChallenge,
        aftermath: Aftermath<'_, impl ClearStarts, impl RecordAudit, impl NotifyPerson>,
    ) -> PasswordSet {
        let at = self.challenge.changed.unwrap_or_else(|| self.house.clock.now());
        let unsent = self.notify(aftermath.messages, at).await;
        let record = self.record(AuditEvent::PasswordChanged, at);
        let (cleared, recorded, marked) = join3(
            self.clear_starts(aftermath.limits),
            aftermath.audit.record(&record),
            challenges.change_challenge(&self.challenge.id, &end_telling(unsent.is_empty())),
        )
        .await;
        let failures = cleared.err().into_iter().chain(recorded.err()).chain(marked.err());
        let afterwards = unsent.into_iter().chain(failures).collect();
        self.done(afterwards)
    }

    pub(super) fn done(&self, afterwards: Vec<Unavailable>) -> PasswordSet {
        let state = StateView::of(&self.challenge, &self.profile, self.session, self.house);
        PasswordSet::Done { state: Box::new(state), afterwards }
    }

    pub(super) fn record(&self, event: AuditEvent, at: Timestamp) -> AuditRecord {
        let Challenge { person, terms_version, .. } = &self.challenge;
        AuditRecord { person: *person, at, event, terms_version: terms_version.clone() }
    }

    /// Tells every contact that can be written to. What could not be sent.
    pub(super) async fn notify(&self, messages: &impl NotifyPerson, at: Timestamp) -> Vec<Unavailable> {
        let written = |contact: &&Contact| {
            let kinds = self.house.rules.methods.of(contact);
            kinds.iter().any(|kind| matches!(kind, MethodKind::Email | MethodKind::Sms))
        };
        let (profile, locale) = (&self.profile, &self.challenge.locale);
        let contacts = profile.contacts.iter().filter(written);
        let notices = contacts.map(|to| messages.notify(ChangeNotice { to, profile, locale, at }));
        let failures = join_all(notices).await.into_iter().filter_map(Result::err);
        failures.map(|failure| Unavailable::new("notice", failure)).collect()
    }

    /// A success forgets the person's starts by every route.
    pub(super) async fn clear_starts(&self, limits: &impl ClearStarts) -> Result<(), Unavailable> {
        let offered = &self.house.rules.methods.offered;
        let routes = offered.iter().filter_map(|kind| kind.issued()).map(Some);
        let person = self.challenge.person;
        let cleared = std::iter::once(None).chain(routes).map(|route| limits.clear_starts(person, route));
        try_join_all(cleared).await.map(|_| ())
    }
}

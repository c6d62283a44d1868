//! Microsoft Entra ID, by Microsoft Graph: an application with client credentials sets the password and then ends
//! all sessions.

mod assertion;
mod cloud;
mod graph;
mod http;
mod inspect;
mod patience;
mod refusal;
mod signs;
#[cfg(test)]
mod tests;
mod token;

use crate::remote::SetupError;
use cloud::Places;
use graph::{Account, Done};
use inspect::Inspection;
use patience::{Again, Patience, Setback};
use recupmail_config as config;
use recupmail_config::AccountName;
use recupmail_domain::clock::Clock;
use recupmail_domain::person::Profile;
use recupmail_domain::ports::{DirectoryRule, ReadSecret, Unavailable, WriteFailure};
use recupmail_domain::secret::Confidential;
use reqwest::Client;
use std::sync::Arc;
use std::time::Duration;
use token::Tokens;
use tokio::time::Instant;

/// What is left of the time for the caller to hear how it ended.
const MARGIN: Duration = Duration::from_millis(250);
/// How long an inspection may take.
const INSPECTION: Duration = Duration::from_secs(8);

/// Microsoft Entra ID.
#[derive(Debug)]
pub struct Entra<S> {
    http: Client,
    graph: String,
    tokens: Tokens<S>,
    accounts: AccountName,
}

/// The password is written, and whoever is signed in still is.
#[derive(Debug, thiserror::Error)]
#[error("the password is written, but sessions are not revoked")]
struct NotRevoked(#[source] Unavailable);

impl<S: ReadSecret> Entra<S> {
    /// As the institution's file describes it. `endpoint` takes the place of the cloud's addresses.
    pub fn new(
        name: &str,
        file: &config::Entra,
        endpoint: Option<&str>,
        secrets: S,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetupError> {
        let places = Places::of(file.cloud, name, endpoint)?;
        Ok(Self {
            http: http::client(name, places.encrypted())?,
            tokens: Tokens::new(name, file, &places, secrets, clock),
            graph: places.graph,
            accounts: file.accounts,
        })
    }

    /// Sets the password and ends all sessions, in this time.
    pub(crate) async fn write(
        &self,
        whose: &Profile,
        password: &Confidential<String>,
        time: Duration,
    ) -> Result<(), WriteFailure> {
        let nobody = || WriteFailure::NotWritten(Unavailable::new("registry", "names no account"));
        let account = self.account(whose).ok_or_else(nobody)?;
        let mut patience = Patience::until(Instant::now() + time.saturating_sub(MARGIN));
        let set =
            self.insist(&mut patience, || graph::set_password(&self.http, &self.graph, &account, password));
        match set.await {
            Ok(None) => {}
            Ok(Some(rule)) if !patience.perhaps_done => return Err(WriteFailure::Refused(rule)),
            // Perhaps only because it is the password by now.
            Ok(Some(_)) => {
                let cause = Unavailable::new("Microsoft Graph", "refused, after an answer was lost");
                return Err(WriteFailure::Unknown(cause));
            }
            Err(setback) => return Err(patience.give_up(setback)),
        }
        let revoke = self.insist(&mut patience, || graph::revoke_sessions(&self.http, &self.graph, &account));
        // Whoever tries the same password again writes it again, and then their sessions may end.
        let not_revoked =
            |cause| WriteFailure::Unknown(Unavailable::new("Microsoft Graph", NotRevoked(cause)));
        match revoke.await {
            Ok(None) => Ok(()),
            Ok(Some(_)) => Err(not_revoked(Unavailable::new("Microsoft Graph", "refused the request"))),
            Err(setback) => Err(not_revoked(setback.cause)),
        }
    }

    fn account(&self, whose: &Profile) -> Option<Account> {
        match self.accounts {
            AccountName::DirectoryId => Account::named(whose.directory_id.as_deref()?),
            AccountName::AcademicEmail => Account::named(&whose.academic_email),
        }
    }

    /// Asks until there is a decision or the time is up; the rule that forbids the password, if one does. A kept
    /// token that is not taken is replaced once.
    async fn insist(
        &self,
        patience: &mut Patience,
        request: impl Fn() -> reqwest::RequestBuilder + Send + Sync,
    ) -> Result<Option<DirectoryRule>, Setback> {
        loop {
            let granted = self.tokens.get(&self.http, patience).await?;
            let setback = match graph::ask(request(), &granted.bearer, patience).await {
                Ok(Done::Yes) => return Ok(None),
                Ok(Done::Refused(rule)) => return Ok(Some(rule)),
                Ok(Done::Unauthorised) => {
                    self.tokens.drop(&granted.bearer).await;
                    let cause = Unavailable::new("Microsoft Graph", "does not take the token");
                    let again = if granted.new { Again::Never } else { Again::After(Duration::ZERO) };
                    Setback { cause, perhaps_done: false, again }
                }
                Err(setback) => setback,
            };
            patience.bear(setback).await?;
        }
    }

    /// What the application is granted. Nobody is changed, and no token is kept.
    async fn inspect(&self) -> Inspection {
        let patience = Patience::until(Instant::now() + INSPECTION);
        let (token, date) = self.tokens.probe(&self.http, &patience).await;
        Inspection {
            missing: token.as_ref().ok().and_then(|token| inspect::missing(token)),
            token: token.map(|_| ()),
            server_time: date.as_deref().and_then(inspect::moment),
        }
    }
}

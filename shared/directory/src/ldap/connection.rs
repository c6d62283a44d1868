//! Connections to an LDAP server, as the service account or as a person.

use super::account;
use super::codes::{INVALID_CREDENTIALS, SUCCESS};
use crate::remote::SetupError;
use crate::tls;
use futures_util::FutureExt;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, LdapResult};
use recupmail_config::{Accounts, Server};
use recupmail_domain::person::Profile;
use recupmail_domain::ports::{ReadSecret, Unavailable, WriteFailure};
use recupmail_domain::secret::Confidential;
use rustls::ClientConfig;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

const SEARCH: &str = "looking for the account";

/// How one server is reached, and the connection that is kept from one person to the next.
#[derive(Debug)]
pub(crate) struct Connections<S> {
    /// The directory's name, which is its secret's too.
    name: String,
    url: String,
    start_tls: bool,
    tls: Arc<ClientConfig>,
    connect: Duration,
    operation: Duration,
    /// Whom the service account signs in as.
    account: String,
    secrets: S,
    /// Signed in as the service account. An instance of a function serves one person at a time, so one is
    /// enough. It may have died meanwhile: instances are frozen between two people.
    idle: Mutex<Option<Ldap>>,
}

/// An operation without an answer that could be understood.
#[derive(Debug)]
pub(crate) struct Unanswered {
    /// Whether the request may have gone out.
    sent: bool,
    /// In words of our own.
    cause: String,
}

impl From<Unanswered> for Unavailable {
    fn from(unanswered: Unanswered) -> Self {
        unavailable(unanswered.cause)
    }
}

impl From<Unanswered> for WriteFailure {
    fn from(unanswered: Unanswered) -> Self {
        if unanswered.sent { Self::Unknown(unanswered.into()) } else { Self::NotWritten(unanswered.into()) }
    }
}

impl<S: ReadSecret> Connections<S> {
    /// To the server of a directory, where `account` signs in.
    pub(crate) fn new(
        name: &str,
        server: &Server,
        account: &str,
        folder: &Path,
        secrets: S,
    ) -> Result<Self, SetupError> {
        let ca_file = server.ca_file.as_ref().map(|file| folder.join(file));
        let seconds = |seconds: i64| Duration::from_secs(seconds.unsigned_abs());
        Ok(Self {
            name: name.to_owned(),
            url: server.url.clone(),
            start_tls: server.start_tls,
            tls: tls::client(name, ca_file.as_deref())?,
            connect: seconds(server.connect_seconds),
            operation: seconds(server.operation_seconds),
            account: account.to_owned(),
            secrets,
            idle: Mutex::new(None),
        })
    }

    /// The DN of a person's account, and a connection of the service account that has just answered, so that
    /// a write on it is not lost to a connection that died long ago. What is not found `within` this time is
    /// certainly not written to.
    pub(crate) async fn find_account(
        &self,
        accounts: &Accounts,
        whose: &Profile,
        within: Duration,
    ) -> Result<(Ldap, String), WriteFailure> {
        let late = |_| Err(WriteFailure::NotWritten(unavailable(format!("{SEARCH}: took too long"))));
        timeout(within, self.find(accounts, whose)).await.unwrap_or_else(late)
    }

    /// The same for who only looks.
    pub(crate) async fn look_up(
        &self,
        accounts: &Accounts,
        whose: &Profile,
    ) -> Result<(Ldap, String), Unavailable> {
        self.find(accounts, whose).await.map_err(|failure| match failure {
            WriteFailure::NotWritten(cause) | WriteFailure::Unknown(cause) => cause,
            refused @ WriteFailure::Refused(_) => unavailable(refused.to_string()),
        })
    }

    async fn find(&self, accounts: &Accounts, whose: &Profile) -> Result<(Ldap, String), WriteFailure> {
        let name = account::name(accounts, whose)?;
        if let Some(mut ldap) = self.take_idle() {
            // It gets the time that a new connection has to stand; after it, a new one is tried.
            let found = answered(SEARCH, self.connect, account::search(&mut ldap, accounts, name)).await;
            if let Ok(Ok(found)) = found.map(account::found) {
                return Ok((ldap, account::only(found)?));
            }
        }
        let mut ldap = self.sign_in().await.map_err(WriteFailure::NotWritten)?;
        let found = answered(SEARCH, self.operation, account::search(&mut ldap, accounts, name)).await;
        let found = found.map_err(|unanswered| WriteFailure::NotWritten(unanswered.into()))?;
        Ok((ldap, account::only(account::found(found)?)?))
    }

    /// The answer to a request that writes, `within` this time. Without one nobody knows what it did, and its
    /// connection is not to be kept.
    pub(crate) async fn written<T>(
        &self,
        request: impl Future<Output = Result<T, LdapError>>,
        within: Duration,
    ) -> Result<T, WriteFailure> {
        Ok(answered("writing the password", self.operation.min(within), request).await?)
    }

    /// Keeps a connection of the service account that has just answered, for whoever comes next.
    pub(crate) fn keep(&self, ldap: Ldap) {
        *self.idle.lock().unwrap_or_else(PoisonError::into_inner) = Some(ldap);
    }

    fn take_idle(&self) -> Option<Ldap> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What the server says to somebody who signs in with a password, on a connection of their own.
    pub(crate) async fn try_bind(
        &self,
        who: &str,
        password: &Confidential<String>,
    ) -> Result<LdapResult, Unavailable> {
        Ok(self.bind(who, password).await?.1)
    }

    /// The answer to a request that changes nothing.
    pub(crate) async fn asked<T>(
        &self,
        request: impl Future<Output = Result<T, LdapError>>,
    ) -> Result<T, Unavailable> {
        Ok(answered("asking", self.operation, request).await?)
    }

    /// A new connection of the service account.
    pub(crate) async fn sign_in(&self) -> Result<Ldap, Unavailable> {
        let password = self.secrets.read_secret(&self.name).await?;
        let (mut ldap, mut result) = self.bind(&self.account, &password).await?;
        if result.rc == INVALID_CREDENTIALS {
            let rotated = self.secrets.read_secret_anew(&self.name).await?;
            if rotated != password {
                (ldap, result) = self.bind(&self.account, &rotated).await?;
            }
        }
        match result.rc {
            SUCCESS => Ok(ldap),
            code => Err(unavailable(format!("the service account was refused with result code {code}"))),
        }
    }

    async fn bind(
        &self,
        who: &str,
        password: &Confidential<String>,
    ) -> Result<(Ldap, LdapResult), Unavailable> {
        // A name without a password is let in as nobody (RFC 4513 section 5.1.2).
        if password.reveal().is_empty() {
            return Err(unavailable("there is no password to sign in with".to_owned()));
        }
        let mut ldap = self.connect().await?;
        let bind = ldap.simple_bind(who, password.reveal());
        let result = answered("signing in", self.operation, bind).await?;
        Ok((ldap, result))
    }

    async fn connect(&self) -> Result<Ldap, Unavailable> {
        let settings = LdapConnSettings::new().set_config(self.tls.clone()).set_starttls(self.start_tls);
        let connecting = LdapConnAsync::with_settings(settings, &self.url);
        let (connection, ldap) = answered("connecting", self.connect, connecting).await?;
        // Ends when its handle is dropped or the server hangs up, which the next operation is told.
        tokio::spawn(async move { connection.drive().await });
        Ok(ldap)
    }
}

/// What an operation came to in the time that it has.
async fn answered<T>(
    what: &'static str,
    time: Duration,
    operation: impl Future<Output = Result<T, LdapError>>,
) -> Result<T, Unanswered> {
    // The library panics where an answer is not what LDAP allows.
    let (sent, cause) = match timeout(time, AssertUnwindSafe(operation).catch_unwind()).await {
        Ok(Ok(Ok(answer))) => return Ok(answer),
        Ok(Ok(Err(error))) => (!matches!(error, LdapError::OpSend { .. }), in_our_words(error)),
        Ok(Err(_)) => (true, "the answer was not LDAP".to_owned()),
        Err(_) => (true, format!("no answer in {} s", time.as_secs())),
    };
    Err(Unanswered { sent, cause: format!("{what}: {cause}") })
}

fn in_our_words(error: LdapError) -> String {
    match error {
        LdapError::OpSend { .. } => "the connection was closed before the request".to_owned(),
        LdapError::ResultRecv { .. } | LdapError::EndOfStream => {
            "the connection was closed before the answer".to_owned()
        }
        // The server's own words may name somebody.
        LdapError::LdapResult { result } => format!("refused with result code {}", result.rc),
        other => other.to_string(),
    }
}

/// A directory failed for this reason.
pub(crate) fn unavailable(cause: String) -> Unavailable {
    Unavailable::new("directory", cause)
}

//! An LDAP server, OpenLDAP and its like.

mod account;
pub(crate) mod codes;
pub(crate) mod connection;
mod inspect;
mod policy;
pub(crate) mod registry;

use crate::remote::SetupError;
use codes::{
    CONSTRAINT_VIOLATION, INVALID_CREDENTIALS, OPERATIONS_ERROR, OTHER, SUCCESS, TIME_LIMIT_EXCEEDED,
    UNAVAILABLE,
};
use connection::{Connections, unavailable};
use ldap3::exop::PasswordModify;
use ldap3::{LdapResult, Mod};
use policy::refused_rule;
use recupmail_config as config;
use recupmail_config::LdapWrite;
use recupmail_domain::person::Profile;
use recupmail_domain::ports::{DirectoryRule, ReadSecret, Unavailable, WriteFailure};
use recupmail_domain::secret::Confidential;
use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

/// An LDAP server.
#[derive(Debug)]
pub struct Ldap<S> {
    connections: Connections<S>,
    accounts: config::Accounts,
    write: LdapWrite,
}

impl<S: ReadSecret> Ldap<S> {
    /// As the institution's file describes it.
    pub fn new(name: &str, file: &config::Ldap, folder: &Path, secrets: S) -> Result<Self, SetupError> {
        Ok(Self {
            connections: Connections::new(name, &file.server, &file.bind, folder, secrets)?,
            accounts: file.accounts.clone(),
            write: file.write,
        })
    }

    /// Sets the password. Half of the time is for the way there, so that there is some for the answer.
    pub(crate) async fn write(
        &self,
        whose: &Profile,
        password: &Confidential<String>,
        within: Duration,
    ) -> Result<(), WriteFailure> {
        let within = within / 2;
        let (mut ldap, dn) = self.connections.find_account(&self.accounts, whose, within).await?;
        let request = ldap.with_controls(policy::request());
        let result = match self.write {
            LdapWrite::PasswordModify => {
                let new =
                    PasswordModify { user_id: Some(&dn), old_pass: None, new_pass: Some(password.reveal()) };
                self.connections.written(request.extended(new), within).await?.1
            }
            LdapWrite::UserPassword => {
                let password = HashSet::from([password.reveal().as_str()]);
                let replace = vec![Mod::Replace("userPassword", password)];
                self.connections.written(request.modify(&dn, replace), within).await?
            }
        };
        let outcome = outcome(&result);
        if !matches!(outcome, Err(WriteFailure::Unknown(_))) {
            self.connections.keep(ldap);
        }
        outcome
    }

    /// Whether the account can be signed in to with this password.
    pub(crate) async fn has(
        &self,
        whose: &Profile,
        password: &Confidential<String>,
    ) -> Result<bool, Unavailable> {
        let (ldap, dn) = self.connections.look_up(&self.accounts, whose).await?;
        self.connections.keep(ldap);
        match self.connections.try_bind(&dn, password).await?.rc {
            SUCCESS => Ok(true),
            INVALID_CREDENTIALS => Ok(false),
            code => Err(unavailable(format!("signing in as the person was refused with result code {code}"))),
        }
    }
}

/// What the answer to a password write says.
fn outcome(result: &LdapResult) -> Result<(), WriteFailure> {
    if result.rc == SUCCESS {
        return Ok(());
    }
    if let Some(rule) = refused_rule(&result.ctrls) {
        return Err(WriteFailure::Refused(rule));
    }
    let said = |cause: &str| unavailable(format!("{cause} with result code {}", result.rc));
    Err(match result.rc {
        CONSTRAINT_VIOLATION => WriteFailure::Refused(DirectoryRule::Unnamed),
        // What balances load between servers says so too when it loses one that was about to write.
        OPERATIONS_ERROR | TIME_LIMIT_EXCEEDED | UNAVAILABLE | OTHER.. => {
            WriteFailure::Unknown(said("the password write failed"))
        }
        // Whoever refuses a modification has made none (RFC 4511 section 4.6).
        _ => WriteFailure::NotWritten(said("the password write was refused")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_tells_what_became_of_the_write() {
        let outcome = |rc| {
            let (matched, text) = ("ou=people".to_owned(), "uid=amina is locked".to_owned());
            outcome(&LdapResult { rc, matched, text, refs: Vec::new(), ctrls: Vec::new() })
        };
        assert!(outcome(0).is_ok());
        assert!(matches!(outcome(19), Err(WriteFailure::Refused(DirectoryRule::Unnamed))));
        for definite in [8, 10, 13, 32, 50, 51, 53] {
            let said = format!("the password write was refused with result code {definite}");
            let failure = outcome(definite).unwrap_err();
            assert!(matches!(failure, WriteFailure::NotWritten(why) if why.cause.to_string() == said));
        }
        for doubtful in [1, 3, 52, 80, 118, 4096] {
            assert!(matches!(outcome(doubtful), Err(WriteFailure::Unknown(_))), "{doubtful}");
        }
    }
}

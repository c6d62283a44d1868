//! Active Directory.

mod access;
mod answers;
mod inspect;
mod password;
mod signs;

use crate::ldap::codes::UNAVAILABLE_CRITICAL_EXTENSION;
use crate::ldap::connection::Connections;
use crate::remote::SetupError;
use ldap3::{Ldap, LdapResult};
use password::{changes, policy_hints};
use recupmail_config as config;
use recupmail_domain::person::Profile;
use recupmail_domain::ports::{ReadSecret, Unavailable, WriteFailure};
use recupmail_domain::secret::Confidential;
use std::path::Path;
use std::time::Duration;

/// Active Directory.
#[derive(Debug)]
pub struct ActiveDirectory<S> {
    connections: Connections<S>,
    accounts: config::Accounts,
    unlock: bool,
}

impl<S: ReadSecret> ActiveDirectory<S> {
    /// As the institution's file describes it.
    pub fn new(
        name: &str,
        file: &config::ActiveDirectory,
        folder: &Path,
        secrets: S,
    ) -> Result<Self, SetupError> {
        Ok(Self {
            connections: Connections::new(name, &file.server, &file.bind, folder, secrets)?,
            accounts: file.accounts.clone(),
            unlock: file.unlock,
        })
    }

    /// Resets the password of the person's account, by all rules of the domain that the server can be asked
    /// to apply. A third of the time is for the way there, and for each of two requests.
    pub(crate) async fn write(
        &self,
        whose: &Profile,
        password: &Confidential<String>,
        within: Duration,
    ) -> Result<(), WriteFailure> {
        let within = within / 3;
        let (mut ldap, dn) = self.connections.find_account(&self.accounts, whose, within).await?;
        let mut answer = self.reset(&mut ldap, (&dn, password), true, within).await?;
        if answer.rc == UNAVAILABLE_CRITICAL_EXTENSION {
            // Nothing was done: this server knows no such rules for a reset (Samba 4.17).
            answer = self.reset(&mut ldap, (&dn, password), false, within).await?;
        }
        let outcome = answers::written(&answer);
        if !matches!(outcome, Err(WriteFailure::Unknown(_))) {
            self.connections.keep(ldap);
        }
        outcome
    }

    async fn reset(
        &self,
        ldap: &mut Ldap,
        (dn, password): (&str, &Confidential<String>),
        by_all_rules: bool,
        within: Duration,
    ) -> Result<LdapResult, WriteFailure> {
        let request = ldap.with_controls(policy_hints(by_all_rules));
        self.connections.written(request.modify(dn, changes(password, self.unlock)), within).await
    }

    /// Whether the account has this password, also where it cannot be signed in to for another reason.
    pub(crate) async fn has(
        &self,
        whose: &Profile,
        password: &Confidential<String>,
    ) -> Result<bool, Unavailable> {
        let (ldap, dn) = self.connections.look_up(&self.accounts, whose).await?;
        self.connections.keep(ldap);
        answers::signed_in(&self.connections.try_bind(&dn, password).await?)
    }
}

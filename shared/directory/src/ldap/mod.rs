//! An LDAP server.

use crate::remote::SetupError;
use recupmail_config as config;
use recupmail_domain::person::Profile;
use recupmail_domain::ports::{ReadSecret, Unavailable, WriteFailure};
use recupmail_domain::secret::Confidential;
use std::path::Path;

/// An LDAP server.
#[derive(Debug)]
pub struct Ldap<S> {
    secrets: S,
}

impl<S: ReadSecret> Ldap<S> {
    /// As the institution's file describes it.
    pub fn new(name: &str, file: &config::Ldap, folder: &Path, secrets: S) -> Result<Self, SetupError> {
        Ok(Self { secrets })
    }

    pub(crate) async fn write(
        &self,
        whose: &Profile,
        password: &Confidential<String>,
    ) -> Result<(), WriteFailure> {
        Err(WriteFailure::NotWritten(Unavailable::new("directory", "to be built")))
    }

    pub(crate) async fn has(
        &self,
        whose: &Profile,
        password: &Confidential<String>,
    ) -> Result<bool, Unavailable> {
        Err(Unavailable::new("directory", "to be built"))
    }
}

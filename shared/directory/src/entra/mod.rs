//! Microsoft Entra ID.

use crate::remote::SetupError;
use recupmail_config as config;
use recupmail_domain::person::Profile;
use recupmail_domain::ports::{ReadSecret, Unavailable, WriteFailure};
use recupmail_domain::secret::Confidential;

/// Microsoft Entra ID.
#[derive(Debug)]
pub struct Entra<S> {
    secrets: S,
}

impl<S: ReadSecret> Entra<S> {
    /// As the institution's file describes it.
    pub fn new(
        name: &str,
        file: &config::Entra,
        endpoint: Option<&str>,
        secrets: S,
    ) -> Result<Self, SetupError> {
        Ok(Self { secrets })
    }

    pub(crate) async fn write(
        &self,
        whose: &Profile,
        password: &Confidential<String>,
    ) -> Result<(), WriteFailure> {
        Err(WriteFailure::NotWritten(Unavailable::new("directory", "to be built")))
    }
}

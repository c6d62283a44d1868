//! Stands in for the mail service's sign-in, against the embedded directory.

use recupmail_aws::Accounts;
use recupmail_directory::Argon2id;
use recupmail_domain::keys::RegistryKeys;
use recupmail_domain::ports::Unavailable;
use recupmail_domain::secret::Confidential;
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;

/// What is typed there.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    email: String,
    password: Confidential<String>,
}

/// The sign-in of the local stack.
pub(crate) struct SignIn {
    accounts: Accounts,
    keys: RegistryKeys,
    /// The account's name in the directory, by the address that people sign in with.
    directory_ids: HashMap<String, String>,
}

impl SignIn {
    /// A sign-in for the people of a registry file.
    pub(crate) fn new(accounts: Accounts, keys: RegistryKeys, registry: &Path) -> Result<Self, csv::Error> {
        let mut reader = csv::Reader::from_path(registry)?;
        let rows = reader.deserialize::<HashMap<String, String>>().filter_map(Result::ok);
        let directory_ids = rows
            .filter_map(|mut row| {
                let address = row.remove("academic_email")?.to_lowercase();
                // Who was never activated gets an account under their address.
                let known = row.remove("directory_id").filter(|id| !id.is_empty());
                Some((address.clone(), known.unwrap_or(address)))
            })
            .collect();
        Ok(Self { accounts, keys, directory_ids })
    }

    /// Whether the password is the account's.
    pub(crate) async fn accepts(&self, credentials: &Credentials) -> Result<bool, Unavailable> {
        let Some(id) = self.directory_ids.get(&credentials.email.trim().to_lowercase()) else {
            return Ok(false);
        };
        let hash = self.accounts.password_hash(self.keys.account(id)).await?;
        Ok(hash.is_some_and(|hash| Argon2id.verify(&credentials.password, &hash)))
    }
}

//! Stands in for the mail service's sign-in, against the embedded directory and the stand-in of Entra ID.

use crate::entra::EntraService;
use recupmail_aws::Accounts;
use recupmail_directory::Argon2id;
use recupmail_domain::keys::{KeyedHash, RegistryKeys};
use recupmail_domain::ports::Unavailable;
use recupmail_domain::secret::Confidential;
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// What is typed there.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    email: String,
    password: Confidential<String>,
}

/// The sign-in of the local stack.
pub(crate) struct SignIn {
    accounts: Accounts,
    /// Who signs in with which address.
    people: HashMap<String, KeyedHash>,
    entra: Option<Arc<EntraService>>,
}

impl SignIn {
    /// A sign-in for the people of a registry file.
    pub(crate) fn new(
        accounts: Accounts,
        keys: &RegistryKeys,
        registry: &Path,
        entra: Option<Arc<EntraService>>,
    ) -> Result<Self, csv::Error> {
        let mut reader = csv::Reader::from_path(registry)?;
        let rows = reader.deserialize::<HashMap<String, String>>().filter_map(Result::ok);
        let person = |row: HashMap<String, String>| {
            Some((row.get("academic_email")?.to_lowercase(), keys.person(row.get("person_id")?)))
        };
        Ok(Self { accounts, people: rows.filter_map(person).collect(), entra })
    }

    /// Whether the password is the account's.
    pub(crate) async fn accepts(&self, credentials: &Credentials) -> Result<bool, Unavailable> {
        if let Some(entra) = &self.entra {
            return Ok(entra.accepts(credentials.email.trim(), credentials.password.reveal()));
        }
        let Some(person) = self.people.get(&credentials.email.trim().to_lowercase()) else {
            return Ok(false);
        };
        let hash = self.accounts.password_hash(*person).await?;
        Ok(hash.is_some_and(|hash| Argon2id.verify(&credentials.password, &hash)))
    }
}

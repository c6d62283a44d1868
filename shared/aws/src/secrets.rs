//! Secrets of the directories: one secret in Secrets Manager, a JSON object of texts by directory, or the
//! environment where there is no Secrets Manager.

use crate::client::{secrets_manager, without_values};
use aws_sdk_secretsmanager::Client;
use recupmail_config::DirectorySecrets;
use recupmail_domain::ports::{ReadSecret, Unavailable};
use recupmail_domain::secret::Confidential;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long a secret is used before it is asked for again: a rotated one is known that soon.
const KEPT: Duration = Duration::from_mins(5);

type Named = BTreeMap<String, Confidential<String>>;

/// Tells the secrets of the directories.
#[derive(Clone, Debug)]
pub enum Secrets {
    /// They are given.
    Given(Named),
    /// Secrets Manager has them.
    Kept(Keeper),
}

/// A secret in Secrets Manager, and what it was last.
#[derive(Clone, Debug)]
pub struct Keeper {
    client: Client,
    id: String,
    last: Arc<Mutex<Option<(Instant, Named)>>>,
}

impl Secrets {
    /// Those that the environment names.
    pub fn of(secrets: DirectorySecrets) -> Self {
        match secrets {
            DirectorySecrets::Given(given) => Self::Given(given),
            DirectorySecrets::Kept { service, id } => {
                Self::Kept(Keeper { client: secrets_manager(&service), id, last: Arc::default() })
            }
        }
    }
}

impl ReadSecret for Secrets {
    async fn read_secret(&self, name: &str) -> Result<Confidential<String>, Unavailable> {
        match self {
            Self::Given(given) => named(given, name),
            Self::Kept(keeper) => match keeper.remembered() {
                Some(secrets) => named(&secrets, name),
                None => named(&keeper.read().await?, name),
            },
        }
    }

    async fn read_secret_anew(&self, name: &str) -> Result<Confidential<String>, Unavailable> {
        match self {
            Self::Given(given) => named(given, name),
            Self::Kept(keeper) => named(&keeper.read().await?, name),
        }
    }
}

fn named(secrets: &Named, name: &str) -> Result<Confidential<String>, Unavailable> {
    let secret = secrets.get(name).cloned();
    secret.ok_or_else(|| Unavailable::new("secrets", format!("there is no secret named {name}")))
}

impl Keeper {
    fn remembered(&self) -> Option<Named> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(read, _)| read.elapsed() < KEPT).map(|(_, secrets)| secrets.clone())
    }

    async fn read(&self) -> Result<Named, Unavailable> {
        let failed = |cause| Unavailable::new("Secrets Manager", cause);
        let answer = self.client.get_secret_value().secret_id(&self.id).send().await;
        let answer = answer.map_err(|error| failed(without_values(error)))?;
        let secrets: BTreeMap<String, String> = answer
            .secret_string
            .and_then(|text| serde_json::from_str(&text).ok())
            .ok_or_else(|| failed("the directories' secret is no JSON object of texts".into()))?;
        let secrets: Named =
            secrets.into_iter().map(|(name, secret)| (name, Confidential::new(secret))).collect();
        let now = Instant::now();
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, secrets.clone()));
        Ok(secrets)
    }
}

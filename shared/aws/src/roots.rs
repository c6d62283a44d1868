//! The roots of all keys, as Secrets Manager keeps them.

use crate::client::{connect_to_dynamodb, secrets_manager, without_values};
use recupmail_config::{Environment, EnvironmentError, NoSessionRoots, RootSecrets, SessionRoots};
use recupmail_domain::ports::Unavailable;
use recupmail_domain::secret::Confidential;

/// Why there are no roots.
#[derive(Debug, thiserror::Error)]
pub enum RootsError {
    /// The environment is wrong.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// A secret cannot be read.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The session root's secret holds something else.
    #[error(transparent)]
    Session(#[from] NoSessionRoots),
}

/// The environment with the roots that its secrets hold, or as it is if it names none. All that takes a connection is
/// asked at once; DynamoDB with them, so that the first request need not wait for its connection.
pub async fn with_roots(environment: Environment) -> Result<Environment, RootsError> {
    let Some(RootSecrets { service, registry, session }) = environment.root_secrets()? else {
        return Ok(environment);
    };
    let client = secrets_manager(&service);
    let read = async |id: Option<String>| match id {
        Some(id) => secret(&client, &id).await.map(Some),
        None => Ok(None),
    };
    let store = environment.dynamodb()?;
    let ((), roots) =
        tokio::join!(connect_to_dynamodb(&store), async { tokio::try_join!(read(registry), read(session)) });
    let (registry, session) = roots?;
    let session = session.map(|text| SessionRoots::parse(text.reveal())).transpose()?;
    Ok(environment.with_roots(registry, session.as_ref()))
}

async fn secret(
    client: &aws_sdk_secretsmanager::Client,
    id: &str,
) -> Result<Confidential<String>, Unavailable> {
    let failed = |cause| Unavailable::new("Secrets Manager", cause);
    let answer = client.get_secret_value().secret_id(id).send().await;
    let answer = answer.map_err(|error| failed(without_values(error)))?;
    answer.secret_string.map(Confidential::new).ok_or_else(|| failed("the secret is no text".into()))
}

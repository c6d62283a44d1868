//! Rotates the session root, in the four steps that Secrets Manager calls
//! (AWS Secrets Manager User Guide, "Rotation by Lambda function"). Each may be called again.

use crate::client::{secrets_manager, without_values};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use recupmail_config::{NoSessionRoots, SessionRoots, Store};
use recupmail_domain::ports::Unavailable;
use recupmail_domain::secret::Confidential;

/// Labels of a secret's versions.
const CURRENT: &str = "AWSCURRENT";
const PENDING: &str = "AWSPENDING";

/// Why the root was not rotated.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// Secrets Manager failed.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The secret holds something else.
    #[error(transparent)]
    Roots(#[from] NoSessionRoots),
    /// The version was never made, or something else is pending by now.
    #[error("this version of the secret is not pending")]
    NotPending,
}

/// A rotation of the session root's secret.
#[derive(Clone, Debug)]
pub struct Rotation {
    client: Client,
    secret: String,
    /// The version that it is to make.
    version: String,
}

impl Rotation {
    /// The rotation that makes this version of this secret.
    pub fn of(service: &Store, secret: String, version: String) -> Self {
        Self { client: secrets_manager(service), secret, version }
    }

    /// `createSecret`: promotes the root that was published and publishes `root`, as a version that is not
    /// yet read by anybody.
    pub async fn create(&self, root: Confidential<String>) -> Result<(), RotationError> {
        if self.read(PENDING).await?.is_some() {
            return Ok(());
        }
        let current = self.read(CURRENT).await?.ok_or(NoSessionRoots)?;
        let rotated = SessionRoots::parse(current.reveal())?.rotated(root).to_text();
        let put = self.client.put_secret_value().secret_id(&self.secret).client_request_token(&self.version);
        let put = put.secret_string(rotated.reveal()).version_stages(PENDING);
        put.send().await.map_err(failed)?;
        Ok(())
    }

    /// `testSecret`: the new version reads as functions will read it.
    pub async fn test(&self) -> Result<(), RotationError> {
        let pending = self.read(PENDING).await?.ok_or(RotationError::NotPending)?;
        SessionRoots::parse(pending.reveal())?;
        Ok(())
    }

    /// `finishSecret`: functions that start from now on read the new version.
    pub async fn finish(&self) -> Result<(), RotationError> {
        let described = self.client.describe_secret().secret_id(&self.secret).send().await.map_err(failed)?;
        let mut versions = described.version_ids_to_stages.unwrap_or_default().into_iter();
        let current = versions.find(|(_, stages)| stages.iter().any(|stage| stage == CURRENT));
        let Some((current, _)) = current else { return Err(NoSessionRoots.into()) };
        if current == self.version {
            return Ok(());
        }
        let update = self.client.update_secret_version_stage().secret_id(&self.secret).version_stage(CURRENT);
        let update = update.move_to_version_id(&self.version).remove_from_version_id(current);
        update.send().await.map_err(failed)?;
        Ok(())
    }

    /// The secret under a label, `None` if no version has it; of a pending one, that which is to be made.
    async fn read(&self, stage: &str) -> Result<Option<Confidential<String>>, RotationError> {
        let mut ask = self.client.get_secret_value().secret_id(&self.secret).version_stage(stage);
        if stage == PENDING {
            ask = ask.version_id(&self.version);
        }
        match ask.send().await {
            Ok(answer) => Ok(answer.secret_string.map(Confidential::new)),
            Err(SdkError::ServiceError(error)) if error.err().is_resource_not_found_exception() => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }
}

fn failed<E, R>(error: SdkError<E, R>) -> RotationError
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    Unavailable::new("Secrets Manager", without_values(error)).into()
}

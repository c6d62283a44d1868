//! Secrets.

use crate::asked::Asked;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretError;
use aws_sdk_secretsmanager::primitives::DateTime;
use recupmail_aws::sdk_config;
use recupmail_config::Store;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::secret::Confidential;

const SERVICE: &str = "Secrets Manager";

/// How a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretState {
    /// It is marked for deletion, and cannot be read.
    pub deleted: bool,
    /// It is rotated by schedule.
    pub rotates: bool,
    /// When it was rotated last.
    pub rotated: Option<Timestamp>,
    /// When it should be rotated next.
    pub next: Option<Timestamp>,
}

/// How a secret is; `None` if it does not exist.
pub async fn inspect_secret(store: &Store, id: &str) -> Asked<Option<SecretState>> {
    let client = Client::new(&sdk_config(store));
    match client.describe_secret().secret_id(id).send().await {
        Ok(answer) => Asked::Told(Some(SecretState {
            deleted: answer.deleted_date.is_some(),
            rotates: answer.rotation_enabled == Some(true),
            rotated: answer.last_rotated_date.as_ref().and_then(timestamp),
            next: answer.next_rotation_date.as_ref().and_then(timestamp),
        })),
        Err(error)
            if error.as_service_error().is_some_and(DescribeSecretError::is_resource_not_found_exception) =>
        {
            Asked::Told(None)
        }
        Err(error) => Asked::not(SERVICE, error),
    }
}

/// A secret's text; empty if it is none.
pub async fn read_secret(store: &Store, id: &str) -> Asked<Confidential<String>> {
    let client = Client::new(&sdk_config(store));
    match client.get_secret_value().secret_id(id).send().await {
        Ok(answer) => Asked::Told(Confidential::new(answer.secret_string.unwrap_or_default())),
        Err(error) => Asked::not(SERVICE, error),
    }
}

fn timestamp(at: &DateTime) -> Option<Timestamp> {
    Some(Timestamp::from_millis(at.to_millis().ok()?))
}

//! Secrets Manager's calls, as its user guide describes them ("Lambda rotation functions").

use rand::Rng;
use recupmail_aws::{Rotation, RotationError};
use recupmail_config::{Store, machine_rng};
use recupmail_domain::secret::Confidential;
use serde::Deserialize;
use std::fmt::Write;

/// One call of four.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Call {
    /// Which one.
    pub step: Step,
    /// The secret's ARN.
    pub secret_id: String,
    /// The version that is to be made.
    pub client_request_token: String,
}

/// The steps of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// A new version is made.
    CreateSecret,
    /// It is made known elsewhere: nobody else has to know a root.
    SetSecret,
    /// It is tried.
    TestSecret,
    /// It takes effect.
    FinishSecret,
}

/// Answers one call.
pub async fn rotate(service: &Store, call: Call) -> Result<(), RotationError> {
    let rotation = Rotation::of(service, call.secret_id, call.client_request_token);
    match call.step {
        Step::CreateSecret => rotation.create(new_root()).await,
        Step::SetSecret => Ok(()),
        Step::TestSecret => rotation.test().await,
        Step::FinishSecret => rotation.finish().await,
    }
}

/// 32 random bytes in hexadecimal.
fn new_root() -> Confidential<String> {
    let mut bytes = [0_u8; 32];
    machine_rng().fill_bytes(&mut bytes);
    let mut digits = String::with_capacity(64);
    for byte in bytes {
        let _ = write!(digits, "{byte:02x}");
    }
    Confidential::new(digits)
}

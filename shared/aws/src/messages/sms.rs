//! Text messages, through SNS.

use super::failure;
use crate::client;
use aws_sdk_sns::types::MessageAttributeValue;
use recupmail_config::Store;
use recupmail_domain::ports::{DeliveryFailure, Unavailable};

const SERVICE: &str = "SNS";

/// Sends text messages.
#[derive(Clone, Debug)]
pub(super) struct TextMessages {
    sns: aws_sdk_sns::Client,
}

impl TextMessages {
    /// Text messages through this service.
    pub(super) fn through(service: &Store) -> Self {
        Self { sns: client::sns(service) }
    }

    pub(super) async fn send(&self, to: &str, text: String) -> Result<(), DeliveryFailure> {
        let transactional = MessageAttributeValue::builder()
            .data_type("String")
            .string_value("Transactional")
            .build()
            .map_err(|cause| DeliveryFailure::Definite(Unavailable::new(SERVICE, cause)))?;
        self.sns
            .publish()
            .phone_number(to)
            .message(text)
            .message_attributes("AWS.SNS.SMS.SMSType", transactional)
            .send()
            .await
            .map_err(|error| failure(SERVICE, error))?;
        Ok(())
    }
}

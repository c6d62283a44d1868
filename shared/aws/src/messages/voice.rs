//! Calls, through `SendVoiceMessage` of AWS End User Messaging, which lets Amazon Polly read a text aloud.

use super::failure;
use crate::client;
use aws_sdk_pinpointsmsvoicev2::types::{VoiceId, VoiceMessageBodyTextType};
use recupmail_config::Telephony;
use recupmail_domain::ports::DeliveryFailure;
use recupmail_texts::Call;

/// Places calls.
#[derive(Clone, Debug)]
pub(super) struct Calls {
    service: aws_sdk_pinpointsmsvoicev2::Client,
    origination: String,
}

impl Calls {
    /// Calls through this service.
    pub(super) fn through(telephony: Telephony) -> Self {
        Self { service: client::voice(&telephony.service), origination: telephony.origination }
    }

    /// Calls a number. The service may wait for a line, but no longer than the code is good: without a time to
    /// live it would still call three days later.
    pub(super) async fn place(&self, to: &str, call: Call, minutes: u64) -> Result<(), DeliveryFailure> {
        self.service
            .send_voice_message()
            .destination_phone_number(to)
            .origination_identity(&self.origination)
            .message_body_text_type(VoiceMessageBodyTextType::Ssml)
            .message_body(call.ssml)
            .voice_id(VoiceId::from(call.voice.as_str()))
            .time_to_live(time_to_live(minutes))
            .send()
            .await
            .map_err(|error| failure("voice", error))?;
        Ok(())
    }
}

/// In seconds, within the service's bounds.
fn time_to_live(minutes: u64) -> i32 {
    i32::try_from(minutes.saturating_mul(60)).unwrap_or(i32::MAX).clamp(5, 259_200)
}

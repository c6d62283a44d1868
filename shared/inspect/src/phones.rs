//! Text messages and calls.

use crate::asked::Asked;
use aws_sdk_pinpointsmsvoicev2::types::AccountAttributeName;
use recupmail_aws::sdk_config;
use recupmail_config::Store;

/// Whether text messages go to verified numbers only, as in a new account.
pub async fn sms_in_sandbox(store: &Store) -> Asked<bool> {
    let client = aws_sdk_sns::Client::new(&sdk_config(store));
    match client.get_sms_sandbox_account_status().send().await {
        Ok(answer) => Asked::Told(answer.is_in_sandbox),
        Err(error) => Asked::not("SNS", error),
    }
}

/// Whether calls go to verified numbers only, as in a new account.
pub async fn voice_in_sandbox(store: &Store) -> Asked<bool> {
    let client = aws_sdk_pinpointsmsvoicev2::Client::new(&sdk_config(store));
    match client.describe_account_attributes().send().await {
        Ok(answer) => {
            let tiers = answer.account_attributes.unwrap_or_default();
            let tier = tiers.iter().find(|attribute| attribute.name == AccountAttributeName::AccountTier);
            Asked::Told(tier.is_some_and(|tier| tier.value == "SANDBOX"))
        }
        Err(error) => Asked::not("AWS End User Messaging", error),
    }
}

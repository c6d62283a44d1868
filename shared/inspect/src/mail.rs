//! The mail service.

use crate::asked::Asked;
use aws_sdk_ses::types::VerificationStatus;
use aws_sdk_sesv2::operation::get_email_identity::GetEmailIdentityError;
use recupmail_aws::sdk_config;
use recupmail_config::Store;

/// How the mail service is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MailState {
    /// The sender, or its domain, is verified.
    pub sender_verified: bool,
    /// The most mails in a day; an account in the sandbox has 200.
    pub per_day: f64,
}

/// How the mail service is for a sender.
pub async fn inspect_mail(store: &Store, sender: &str) -> Asked<MailState> {
    let client = aws_sdk_ses::Client::new(&sdk_config(store));
    let request = client.get_identity_verification_attributes().identities(sender).identities(domain(sender));
    let attributes = match request.send().await {
        Ok(answer) => answer.verification_attributes,
        Err(error) => return Asked::not("SES", error),
    };
    let sender_verified =
        attributes.values().any(|state| state.verification_status == VerificationStatus::Success);
    match client.get_send_quota().send().await {
        Ok(quota) => Asked::Told(MailState { sender_verified, per_day: quota.max24_hour_send }),
        Err(error) => Asked::not("SES", error),
    }
}

/// The identity that a sender's mails leave by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailIdentity {
    /// The address, or its domain.
    pub name: String,
    /// The configuration set that its mails get.
    pub configuration: Option<String>,
}

/// The identity of a sender: its own if it has one, as SES prefers it, or its domain's.
pub async fn inspect_identity(store: &Store, sender: &str) -> Asked<Option<MailIdentity>> {
    let client = aws_sdk_sesv2::Client::new(&sdk_config(store));
    for name in [sender, domain(sender)] {
        match client.get_email_identity().email_identity(name).send().await {
            Ok(answer) => {
                let configuration = answer.configuration_set_name.filter(|name| !name.is_empty());
                return Asked::Told(Some(MailIdentity { name: name.to_owned(), configuration }));
            }
            Err(error)
                if error.as_service_error().is_some_and(GetEmailIdentityError::is_not_found_exception) => {}
            Err(error) => return Asked::not("SES", error),
        }
    }
    Asked::Told(None)
}

fn domain(sender: &str) -> &str {
    sender.rsplit_once('@').map_or(sender, |(_, domain)| domain)
}

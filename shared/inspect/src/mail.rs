//! The mail service.

use crate::asked::Asked;
use aws_sdk_ses::types::VerificationStatus;
use aws_sdk_sesv2::operation::get_email_identity::GetEmailIdentityError;
use recupmail_aws::sdk_config;
use recupmail_config::Store;

/// How the mail service is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MailState {
    /// The sender, or a domain that it is of, is verified.
    pub sender_verified: bool,
    /// The most mails in a day; an account in the sandbox has 200.
    pub per_day: f64,
}

/// How the mail service is for a sender.
pub async fn inspect_mail(store: &Store, sender: &str) -> Asked<MailState> {
    let client = aws_sdk_ses::Client::new(&sdk_config(store));
    let names = identities(sender).map(str::to_owned).collect();
    let request = client.get_identity_verification_attributes().set_identities(Some(names));
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
    /// The address, or a domain that it is of.
    pub name: String,
    /// The configuration set that its mails get.
    pub configuration: Option<String>,
}

/// The identity of a sender: the nearest that there is, as SES prefers it.
pub async fn inspect_identity(store: &Store, sender: &str) -> Asked<Option<MailIdentity>> {
    let client = aws_sdk_sesv2::Client::new(&sdk_config(store));
    for name in identities(sender) {
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

/// What may be verified for a sender, the nearest first: the address, its domain and those above, which stand for
/// their subdomains (Amazon SES Developer Guide, "Verified identities"); a country's own is nobody's.
fn identities(sender: &str) -> impl Iterator<Item = &str> {
    let domains = std::iter::successors(above(sender, '@'), |domain| above(domain, '.'));
    std::iter::once(sender).chain(domains.filter(|domain| domain.contains('.')))
}

fn above(name: &str, sign: char) -> Option<&str> {
    name.split_once(sign).map(|(_, above)| above)
}

#[cfg(test)]
mod tests {
    use super::identities;

    #[test]
    fn an_address_is_verified_by_its_domain_and_those_above() {
        let names: Vec<_> = identities("recup@mail.usms.ac.ma").collect();
        assert_eq!(names, ["recup@mail.usms.ac.ma", "mail.usms.ac.ma", "usms.ac.ma", "ac.ma"]);
    }
}

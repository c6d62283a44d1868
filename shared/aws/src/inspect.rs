//! Looking at what a deployment stands on, without changing anything: for `recupctl doctor`.

use crate::client::{ses, sns, voice, without_values};
use crate::stores::audit::RANGE;
use crate::table::{KEY, unavailable};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::describe_table::DescribeTableError;
use aws_sdk_dynamodb::types::{TableStatus, TimeToLiveStatus};
use aws_sdk_pinpointsmsvoicev2::types::AccountAttributeName;
use aws_sdk_ses::types::VerificationStatus;
use recupmail_config::{Store, Table};
use recupmail_domain::ports::Unavailable;

/// The attribute that says until when an item is kept.
const TTL: &str = "ttl";

/// How a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableState {
    /// It can be written to.
    pub active: bool,
    /// Its key is the one that the stores use.
    pub key_fits: bool,
    /// What is past its time is deleted.
    pub expires: bool,
}

/// Whether what a table holds is deleted after its time.
pub const fn should_expire(table: Table) -> bool {
    match table {
        Table::Challenges | Table::Limits | Table::Issued | Table::Audit => true,
        Table::People | Table::Accounts => false,
    }
}

/// How a table is; `None` if it does not exist.
pub async fn inspect_table(
    client: &Client,
    table: Table,
    name: &str,
) -> Result<Option<TableState>, Unavailable> {
    let described = match client.describe_table().table_name(name).send().await {
        Ok(answer) => answer.table,
        Err(error)
            if error.as_service_error().is_some_and(DescribeTableError::is_resource_not_found_exception) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(unavailable(error)),
    };
    let keys = described.as_ref().map(aws_sdk_dynamodb::types::TableDescription::key_schema);
    let keys: Vec<&str> = keys.into_iter().flatten().map(|key| key.attribute_name.as_str()).collect();
    let expected: &[&str] = if table == Table::Audit { &[KEY, RANGE] } else { &[KEY] };
    let answer = client.describe_time_to_live().table_name(name).send().await.map_err(unavailable)?;
    let expires = answer.time_to_live_description.is_some_and(|ttl| {
        let on =
            matches!(ttl.time_to_live_status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling));
        on && ttl.attribute_name.as_deref() == Some(TTL)
    });
    let status = described.as_ref().and_then(|table| table.table_status.as_ref());
    Ok(Some(TableState { active: status == Some(&TableStatus::Active), key_fits: keys == expected, expires }))
}

/// What a service says when it is asked how it is.
#[derive(Debug)]
pub enum Asked<T> {
    /// It told.
    Told(T),
    /// It answered, but does not tell: the code of its refusal.
    Refused(String),
    /// It did not answer.
    Silent(Unavailable),
}

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
    let client = ses(store);
    let domain = sender.rsplit_once('@').map_or(sender, |(_, domain)| domain);
    let request = client.get_identity_verification_attributes().identities(sender).identities(domain);
    let attributes = match request.send().await {
        Ok(answer) => answer.verification_attributes,
        Err(error) => return no("SES", error),
    };
    let sender_verified =
        attributes.values().any(|state| state.verification_status == VerificationStatus::Success);
    match client.get_send_quota().send().await {
        Ok(quota) => Asked::Told(MailState { sender_verified, per_day: quota.max24_hour_send }),
        Err(error) => no("SES", error),
    }
}

/// Whether text messages go to verified numbers only, as in a new account.
pub async fn sms_in_sandbox(store: &Store) -> Asked<bool> {
    match sns(store).get_sms_sandbox_account_status().send().await {
        Ok(answer) => Asked::Told(answer.is_in_sandbox),
        Err(error) => no("SNS", error),
    }
}

/// Whether calls go to verified numbers only, as in a new account.
pub async fn voice_in_sandbox(store: &Store) -> Asked<bool> {
    match voice(store).describe_account_attributes().send().await {
        Ok(answer) => {
            let tiers = answer.account_attributes.unwrap_or_default();
            let tier = tiers.iter().find(|attribute| attribute.name == AccountAttributeName::AccountTier);
            Asked::Told(tier.is_some_and(|tier| tier.value == "SANDBOX"))
        }
        Err(error) => no("AWS End User Messaging", error),
    }
}

fn no<T, E, R>(service: &'static str, error: SdkError<E, R>) -> Asked<T>
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match error.as_service_error() {
        Some(refusal) => Asked::Refused(refusal.code().unwrap_or("refused without a code").to_owned()),
        None => Asked::Silent(Unavailable::new(service, without_values(error))),
    }
}

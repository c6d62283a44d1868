//! What a deployment stands on in its AWS account, looked at without changing anything: for `recupctl doctor`.
//! Functions do not link it.

mod alarms;
mod asked;
mod mail;
mod phones;
mod secrets;
mod tables;

pub use alarms::{ALARMS, Alarm, AlarmState, Subscribers, inspect_alarms, inspect_topic};
pub use asked::Asked;
pub use mail::{MailIdentity, MailState, inspect_identity, inspect_mail};
pub use phones::{sms_in_sandbox, voice_in_sandbox};
pub use secrets::{SecretState, inspect_secret, read_secret};
pub use tables::{Recovery, TableState, inspect_recovery, inspect_table, recovery_days};

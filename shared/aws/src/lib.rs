//! DynamoDB stores, mails, SMS and calls behind the domain's ports. The only crate that names an AWS SDK.
//!
//! A store is one table and implements just the ports of that table, so what a function wires is what its
//! role must allow.

mod client;
mod expression;
mod inspect;
mod item;
mod messages;
mod roots;
mod rotation;
mod secrets;
mod stores;
mod table;
mod tables;

pub use aws_sdk_dynamodb::Client as DynamoClient;
pub use client::{dynamodb, ses};
pub use inspect::{
    Asked, MailState, TableState, inspect_mail, inspect_table, should_expire, sms_in_sandbox,
    voice_in_sandbox,
};
pub use messages::{CodeMessages, Notices};
pub use roots::{RootsError, with_roots};
pub use rotation::{Rotation, RotationError};
pub use secrets::{Keeper, Secrets};
pub use stores::accounts::Accounts;
pub use stores::audit::{AuditEntry, AuditLog};
pub use stores::challenges::Challenges;
pub use stores::issued::{BATCH_PART, BatchPart, IssuedCodes};
pub use stores::limits::Counters;
pub use stores::people::{Imported, KnownPerson, People, Root};
pub use table::DynamoTable;
pub use tables::{dump_table, ensure_tables, verify_sender};

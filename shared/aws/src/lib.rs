//! DynamoDB stores, mails, SMS and calls behind the domain's ports: what functions know of AWS. Besides, only
//! `recupmail-inspect` names an AWS SDK.
//!
//! A store is one table and implements just the ports of that table, so what a function wires is what its
//! role must allow.

mod client;
mod expression;
mod item;
mod messages;
mod roots;
mod rotation;
mod secrets;
mod stores;
mod table;
mod tables;

pub use aws_sdk_dynamodb::Client as DynamoClient;
pub use client::{dynamodb, sdk_config, ses};
pub use messages::{CodeMessages, Notices};
pub use roots::{RootsError, with_roots};
pub use rotation::{Rotation, RotationError};
pub use secrets::{Keeper, Secrets};
pub use stores::accounts::Accounts;
pub use stores::audit::{AuditEntry, AuditLog};
pub use stores::challenges::{Challenges, UpdatedChallenges};
pub use stores::issued::{BATCH_PART, BatchPart, IssuedCodes};
pub use stores::limits::Counters;
pub use stores::people::{Imported, KnownPerson, People, Root};
pub use table::DynamoTable;
pub use tables::{dump_table, ensure_tables, key_of, should_expire, verify_sender};

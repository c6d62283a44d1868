//! Audit events: what happened, without personal values.

use crate::clock::Timestamp;
use crate::keys::KeyedHash;

/// What is kept per person of a recovery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Whose account.
    pub person: KeyedHash,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: AuditEvent,
    /// The version of the terms that the person accepted when they began.
    pub terms_version: String,
}

/// What can happen to a person's account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditEvent {
    /// A recovery set a new password.
    PasswordChanged,
    /// A proven recovery changed nothing: the account had changed meanwhile, or an issued code was used or
    /// revoked.
    PasswordRefused,
}

impl AuditEvent {
    /// As stored and logged.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PasswordChanged => "password-changed",
            Self::PasswordRefused => "password-refused",
        }
    }
}

/// How long audit records are kept: a year, and a month to look into it.
pub const AUDIT_RETENTION_DAYS: i64 = 395;

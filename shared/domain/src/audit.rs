//! Audit events: what happened, without personal values.

use crate::clock::Timestamp;
use crate::keys::{KeyedHash, RegistryKeys};
use std::collections::BTreeMap;

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
    /// A recovery set a new password in one directory, and the next one did not take it, or not yet.
    PasswordChangedInPart,
    /// A proven recovery did not end with this password: a directory refused it, the account had changed
    /// meanwhile, or an issued code was used or revoked.
    PasswordRefused,
    /// An operator printed a letter with a code.
    LetterIssued,
    /// The help desk told a code, and cleared the starts.
    DeskCodeIssued,
    /// An operator ended codes that were issued.
    CodesRevoked,
    /// The help desk cleared the starts.
    Unlocked,
    /// An operator removed all that is kept of a person, these records aside.
    Forgotten,
    /// An operator imported the registry.
    RegistryImported,
}

impl AuditEvent {
    /// As stored and logged.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PasswordChanged => "password-changed",
            Self::PasswordChangedInPart => "password-changed-in-part",
            Self::PasswordRefused => "password-refused",
            Self::LetterIssued => "letter-issued",
            Self::DeskCodeIssued => "desk-code-issued",
            Self::CodesRevoked => "codes-revoked",
            Self::Unlocked => "unlocked",
            Self::Forgotten => "forgotten",
            Self::RegistryImported => "registry-imported",
        }
    }
}

/// What is noted beside a record, by name: who did it, why, which batch. Nothing of it is the person's.
pub type Notes = BTreeMap<&'static str, String>;

/// Whom records stand for that concern the registry as a whole.
pub fn registry_itself(keys: &RegistryKeys) -> KeyedHash {
    keys.counter("audit", "registry")
}

//! What really happened, whatever the items say.

use crate::few::Few;

/// What the handbook's invariants (`challenge.md`) forbid of a change in directories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harm {
    /// 3: a directory was written for an unproven person, or one who announced it too late.
    Unproven,
    /// 4: two passwords succeeded in one challenge, or another was written after one had.
    TwoPasswords,
    /// 4: success was told, and a directory has another password.
    Untrue,
    /// An attempt with another password began while one could still get in, or nobody knew whether it had.
    Fate,
    /// 5: an end was left, or written after.
    Ends,
    /// 6: a decoy reached a directory.
    Decoy,
    /// 9: something happened to a deleted item.
    Deletion,
    /// 11: a challenge wrote or succeeded after another's success.
    Others,
    /// After a success, and before anybody began anew, a directory got another password.
    Afterwards,
    /// An issued code led to two passwords.
    SpentCode,
    /// An issued code led to a password after it was revoked.
    EndedCode,
    /// An issued code was given back though a password that it let in may still get in, or did.
    GivenBack,
}

/// The memory of one challenge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct History {
    /// When it began; `None` before.
    pub(super) began: Option<i64>,
    /// Methods proven.
    pub(super) proven: u8,
    /// Whether everything was proven, and it was not too late, when a password was announced last.
    pub(super) fit: bool,
    /// The passwords ever announced.
    pub(super) announced: Few,
    /// Those of which nobody knows whether they are in a directory, or may get there yet.
    pub(super) unknown: Few,
    /// Those that succeeded.
    pub(super) succeeded: Few,
    /// Another challenge of the person's succeeded since it began.
    pub(super) overtaken: bool,
}

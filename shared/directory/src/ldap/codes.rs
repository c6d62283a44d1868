//! What an answer's result code says (RFC 4511 appendix A.2), as far as it matters here.

pub(crate) const SUCCESS: u32 = 0;
pub(crate) const OPERATIONS_ERROR: u32 = 1;
pub(crate) const TIME_LIMIT_EXCEEDED: u32 = 3;
pub(crate) const SIZE_LIMIT_EXCEEDED: u32 = 4;
pub(crate) const UNAVAILABLE_CRITICAL_EXTENSION: u32 = 12;
/// There is no such value to be taken away.
pub(crate) const NO_SUCH_ATTRIBUTE: u32 = 16;
pub(crate) const CONSTRAINT_VIOLATION: u32 = 19;
pub(crate) const NO_SUCH_OBJECT: u32 = 32;
pub(crate) const INVALID_CREDENTIALS: u32 = 49;
pub(crate) const INSUFFICIENT_ACCESS_RIGHTS: u32 = 50;
pub(crate) const UNAVAILABLE: u32 = 52;
pub(crate) const UNWILLING_TO_PERFORM: u32 = 53;
/// Whatever the server could not name; those above are of its own making.
pub(crate) const OTHER: u32 = 80;

//! One command a file.

pub(crate) mod desk_code;
pub(crate) mod import;
pub(crate) mod letters;
pub(crate) mod revoke;
pub(crate) mod unlock;

//! One command a file.

pub(crate) mod audit;
pub(crate) mod desk_code;
pub(crate) mod doctor;
pub(crate) mod forget;
pub(crate) mod import;
pub(crate) mod letters;
pub(crate) mod lookup;
pub(crate) mod revoke;
pub(crate) mod schema;
pub(crate) mod unlock;

//! One store a table.

pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod challenges;
pub(crate) mod issued;
pub(crate) mod limits;
pub(crate) mod people;

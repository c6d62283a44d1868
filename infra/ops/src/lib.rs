//! The operators' command, as a library: the local stack imports its sample registry with it.

pub mod import;
mod lines;
pub mod table;

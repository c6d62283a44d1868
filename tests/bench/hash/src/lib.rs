//! How many hashes the program of this package makes.

/// So many, one after another.
pub const HASHES: u8 = 21;

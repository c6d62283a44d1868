//! How many hashes the program of this package makes when it is not told.

/// So many, one after another.
pub const HASHES: u8 = 21;

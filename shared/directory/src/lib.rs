//! Where passwords are written. The embedded directory keeps argon2id hashes in a table of this deployment.

mod embedded;

pub use embedded::Argon2id;

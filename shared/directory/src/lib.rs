//! Where passwords are written. The embedded directory keeps argon2id hashes in a table of this deployment; the
//! others are services of their own, each asked over its own protocol.

mod active_directory;
mod embedded;
mod entra;
mod inspection;
mod ldap;
mod remote;
mod tls;

pub use active_directory::ActiveDirectory;
pub use embedded::Argon2id;
pub use entra::Entra;
pub use inspection::{How, Sign};
pub use ldap::Ldap;
pub use ldap::registry::{LdapRegistry, ReadError, Row};
pub use remote::{RemoteDirectory, SetupError, remote_directories};

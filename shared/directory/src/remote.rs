//! The directories that are services of their own, and the time they have.

use crate::active_directory::ActiveDirectory;
use crate::entra::Entra;
use crate::inspection::Sign;
use crate::ldap::Ldap;
use recupmail_config::{DirectoryFile, Institution};
use recupmail_domain::clock::{Clock, Timestamp};
use recupmail_domain::person::Profile;
use recupmail_domain::ports::{ReadSecret, TryPassword, Unavailable, WriteFailure, WritePassword};
use recupmail_domain::secret::Confidential;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Why a directory cannot be asked as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Its certificates cannot be read.
    #[error("{directory}: {}: {cause}", path.display())]
    Certificates {
        /// Which directory.
        directory: String,
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// The machine trusts no certificate.
    #[error("{0}: this system has no certificates to trust; name a `ca_file`")]
    NoCertificates(String),
    /// No connections can be made as configured.
    #[error("{directory}: {cause}")]
    Client {
        /// Which directory.
        directory: String,
        /// Why.
        cause: String,
    },
}

/// A directory that is a service of its own.
#[derive(Debug)]
pub struct RemoteDirectory<S> {
    name: String,
    kind: Kind<S>,
}

#[derive(Debug)]
enum Kind<S> {
    Ldap(Ldap<S>),
    ActiveDirectory(ActiveDirectory<S>),
    Entra(Entra<S>),
}

/// The directories of an institution that are services of their own, in their order; none where passwords are
/// kept here. `entra` says where Entra ID answers, where not at its usual place; `clock` is for what it is told
/// of time.
pub fn remote_directories<S: ReadSecret + Clone>(
    institution: &Institution,
    secrets: &S,
    entra: Option<&str>,
    clock: &Arc<dyn Clock>,
) -> Result<Vec<RemoteDirectory<S>>, SetupError> {
    let directories = institution.directories.iter().filter_map(|(name, file)| {
        let (folder, secrets) = (institution.folder(), secrets.clone());
        let kind = match file {
            DirectoryFile::Embedded => return None,
            DirectoryFile::Ldap(file) => Ldap::new(name, file, folder, secrets).map(Kind::Ldap),
            DirectoryFile::ActiveDirectory(file) => {
                ActiveDirectory::new(name, file, folder, secrets).map(Kind::ActiveDirectory)
            }
            DirectoryFile::Entra(file) => {
                Entra::new(name, file, entra, secrets, clock.clone()).map(Kind::Entra)
            }
        };
        Some(kind.map(|kind| RemoteDirectory { name: name.clone(), kind }))
    });
    directories.collect()
}

impl<S: ReadSecret> RemoteDirectory<S> {
    /// How the directory is, without changing anybody, at this moment by our clock.
    pub async fn inspect(&self, now: Timestamp) -> Vec<Sign> {
        match &self.kind {
            Kind::Ldap(ldap) => ldap.inspect().await,
            Kind::ActiveDirectory(domain) => domain.signs(now).await,
            Kind::Entra(entra) => entra.signs(now).await,
        }
    }
}

impl<S: ReadSecret> WritePassword for RemoteDirectory<S> {
    fn name(&self) -> &str {
        &self.name
    }

    async fn write_password(
        &self,
        whose: &Profile,
        password: &Confidential<String>,
        within: Duration,
    ) -> Result<(), WriteFailure> {
        match &self.kind {
            Kind::Ldap(ldap) => ldap.write(whose, password, within).await,
            Kind::ActiveDirectory(domain) => domain.write(whose, password, within).await,
            Kind::Entra(entra) => entra.write(whose, password, within).await,
        }
    }
}

impl<S: ReadSecret> TryPassword for RemoteDirectory<S> {
    async fn has_password(
        &self,
        whose: &Profile,
        password: &Confidential<String>,
        within: Duration,
    ) -> Result<Option<bool>, Unavailable> {
        let tried = async {
            match &self.kind {
                Kind::Ldap(ldap) => ldap.has(whose, password).await.map(Some),
                Kind::ActiveDirectory(domain) => domain.has(whose, password).await.map(Some),
                // Entra ID has no such question: signing in asks for more than a password.
                Kind::Entra(_) => Ok(None),
            }
        };
        let late = |_| Err(Unavailable::new("directory", "took too long"));
        timeout(within, tried).await.unwrap_or_else(late)
    }
}

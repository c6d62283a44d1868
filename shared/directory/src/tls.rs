//! TLS as every directory is reached by.

use crate::remote::SetupError;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;

/// A client that trusts the certificates of a PEM file, or those of the system.
pub(crate) fn client(directory: &str, ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, SetupError> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = ca_file {
        let failed = |cause: String| SetupError::Certificates {
            directory: directory.to_owned(),
            path: path.to_owned(),
            cause,
        };
        let certificates = CertificateDer::pem_file_iter(path).map_err(|error| failed(error.to_string()))?;
        for certificate in certificates {
            let certificate = certificate.map_err(|error| failed(error.to_string()))?;
            roots.add(certificate).map_err(|error| failed(error.to_string()))?;
        }
        if roots.is_empty() {
            return Err(failed("holds no certificate".to_owned()));
        }
    } else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err(SetupError::NoCertificates(directory.to_owned()));
        }
    }
    trusting(directory, roots).map(Arc::new)
}

/// A client for connections that are not encrypted: it could reach nobody by TLS.
pub(crate) fn trusting_nobody(directory: &str) -> Result<ClientConfig, SetupError> {
    trusting(directory, RootCertStore::empty())
}

fn trusting(directory: &str, roots: RootCertStore) -> Result<ClientConfig, SetupError> {
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| SetupError::Client { directory: directory.to_owned(), cause: error.to_string() })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

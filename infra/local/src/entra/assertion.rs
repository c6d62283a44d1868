//! Whether an assertion is what <https://learn.microsoft.com/entra/identity-platform/certificate-credentials> asks for.

use super::bodies::Denied;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use recupmail_domain::clock::Timestamp;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use webpki::EndEntityCert;
use webpki::ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY as RSA_PSS_SHA256;

/// How far an application's clock may be off, in seconds.
const SKEW: i64 = 300;
/// The longest that an assertion may be good, in seconds.
const LONGEST: i64 = 600;

/// The certificate that is registered for the application.
pub(super) struct Registered {
    certificate: CertificateDer<'static>,
    /// The ids of the assertions there were.
    seen: HashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    #[serde(rename = "x5t#S256")]
    thumbprint: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    aud: String,
    iss: String,
    sub: String,
    jti: String,
    nbf: i64,
    iat: i64,
    exp: i64,
}

impl Registered {
    /// The certificate of a PEM text.
    pub(super) fn from_pem(pem: &str) -> Result<Self, &'static str> {
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes());
        let certificate = certificate.map_err(|_| "the secret of Entra ID holds no PEM certificate")?;
        Ok(Self { certificate, seen: HashSet::new() })
    }

    /// Checks everything in an assertion.
    pub(super) fn check(
        &mut self,
        assertion: &str,
        client: &str,
        endpoint: &str,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let (signed, signature) = assertion.rsplit_once('.').ok_or(Denied::MALFORMED_ASSERTION)?;
        let (header, claims) = signed.split_once('.').ok_or(Denied::MALFORMED_ASSERTION)?;
        let header: Header = part(header)?;
        let claims: Claims = part(claims)?;
        if header.alg != "PS256" || header.typ != "JWT" {
            return Err(Denied::MALFORMED_ASSERTION);
        }
        if header.thumbprint != BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&self.certificate)) {
            return Err(Denied::WRONG_SIGNATURE);
        }
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| Denied::MALFORMED_ASSERTION)?;
        EndEntityCert::try_from(&self.certificate)
            .and_then(|own| own.verify_signature(RSA_PSS_SHA256, signed.as_bytes(), &signature))
            .map_err(|_| Denied::WRONG_SIGNATURE)?;
        if claims.aud != endpoint {
            return Err(Denied::WRONG_AUDIENCE);
        }
        if claims.iss != client || claims.sub != client {
            return Err(Denied::WRONG_ISSUER);
        }
        let now = now.as_secs();
        let timely = claims.nbf <= now + SKEW
            && claims.iat <= now + SKEW
            && claims.exp > now - SKEW
            && claims.exp > claims.nbf
            && claims.exp - claims.nbf <= LONGEST;
        if !timely {
            return Err(Denied::NOT_IN_TIME);
        }
        let unique = claims.jti.len() == 36 && self.seen.insert(claims.jti);
        if unique { Ok(()) } else { Err(Denied::MALFORMED_ASSERTION) }
    }
}

fn part<T: DeserializeOwned>(encoded: &str) -> Result<T, Denied> {
    let json = BASE64_URL_SAFE_NO_PAD.decode(encoded).map_err(|_| Denied::MALFORMED_ASSERTION)?;
    serde_json::from_slice(&json).map_err(|_| Denied::MALFORMED_ASSERTION)
}

//! An application's proof by certificate: a signed assertion (RFC 7523), as
//! <https://learn.microsoft.com/entra/identity-platform/certificate-credentials> wants it.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use recupmail_domain::clock::Timestamp;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::{KeyPair as _, RSA_PSS_SHA256};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use serde_json::json;

/// How long an assertion is good, in seconds: "five to ten minutes after `nbf` at most".
const GOOD: i64 = 300;

/// A certificate and its key.
pub(super) struct Certificate {
    key: KeyPair,
    thumbprint: String,
}

/// Why a secret is no certificate with its key. Nothing of the secret is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CertificateError {
    /// It has no such part.
    #[error("the secret holds no PEM certificate")]
    NoCertificate,
    /// It has no such part.
    #[error("the secret holds no PEM private key in PKCS#8 (BEGIN PRIVATE KEY)")]
    NoKey,
    /// PS256 is RSA.
    #[error("the private key is no RSA key of 2048 bits or more")]
    NotRsa,
    /// They are not of one pair.
    #[error("the private key is not the certificate's")]
    NotOfOnePair,
    /// The machine has no randomness.
    #[error("the assertion cannot be signed")]
    NotSigned,
}

impl Certificate {
    /// From a PEM text with both.
    pub(super) fn from_pem(pem: &str) -> Result<Self, CertificateError> {
        let certificate =
            CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| CertificateError::NoCertificate)?;
        let key = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| CertificateError::NoKey)?;
        let key = KeyPair::from_pkcs8(key.secret_pkcs8_der()).map_err(|_| CertificateError::NotRsa)?;
        // A certificate holds its key as it is (RFC 5280 section 4.1.2.7, RFC 8017 appendix A.1.1).
        let public = key.public_key().as_ref();
        if !certificate.windows(public.len()).any(|part| part == public) {
            return Err(CertificateError::NotOfOnePair);
        }
        let thumbprint = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, &certificate));
        Ok(Self { key, thumbprint })
    }

    /// A signed assertion by this client for this token endpoint. `id` is never used twice.
    pub(super) fn assert(
        &self,
        client: &str,
        endpoint: &str,
        now: Timestamp,
        id: [u8; 16],
    ) -> Result<String, CertificateError> {
        let header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": self.thumbprint});
        let now = now.as_secs();
        let claims = json!({
            "aud": endpoint,
            "iss": client,
            "sub": client,
            "jti": guid(id),
            "nbf": now,
            "iat": now,
            "exp": now + GOOD,
        });
        let encode = |part: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(part);
        let signed =
            format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PSS_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| CertificateError::NotSigned)?;
        Ok(format!("{signed}.{}", encode(&signature)))
    }
}

/// Random bytes as a GUID (RFC 9562 section 5.4).
fn guid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

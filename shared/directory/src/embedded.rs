//! argon2id for the embedded directory.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use recupmail_domain::ports::{HashPassword, Salt, Unavailable};
use recupmail_domain::secret::Confidential;

/// Memory in KiB, passes and lanes: the floor of the OWASP Password Storage Cheat Sheet (19 MiB, 2, 1).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes and verifies passwords with argon2id.
#[derive(Clone, Copy, Debug, Default)]
pub struct Argon2id;

fn failed(cause: impl std::fmt::Display) -> Unavailable {
    Unavailable::new("argon2id", cause.to_string())
}

impl HashPassword for Argon2id {
    fn hash_password(&self, password: &Confidential<String>, salt: Salt) -> Result<String, Unavailable> {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(failed)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash: PasswordHash =
            argon2.hash_password_with_salt(password.reveal().as_bytes(), &salt).map_err(failed)?;
        Ok(hash.to_string())
    }
}

impl Argon2id {
    /// Whether a password is the one that was hashed. What the hash names, not what is configured, decides
    /// how it is computed.
    pub fn verify(self, password: &Confidential<String>, hash: &str) -> bool {
        let Ok(parsed) = PasswordHash::new(hash) else { return false };
        Argon2::default().verify_password(password.reveal().as_bytes(), &parsed).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_verifies_against_its_own_hash_alone() {
        let password = Confidential::new("Tagine-7-citrons".to_owned());
        let hash = Argon2id.hash_password(&password, [7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(Argon2id.verify(&password, &hash));
        assert!(!Argon2id.verify(&Confidential::new("Tagine-8-citrons".to_owned()), &hash));
        assert!(!Argon2id.verify(&password, "no hash"));
    }
}

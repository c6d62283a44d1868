//! Every key, derived from two roots, one HKDF label per use (RFC 5869).
//!
//! The **registry root** guards what lasts: lookup hashes, sealed contacts, issued codes, counters. It
//! changes only with a re-import. The **session root** guards what is short-lived: tokens, code macs,
//! fingerprints. It rotates: one version signs, and the one before and the one after it are accepted too.

use crate::secret::Confidential;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use rand::Rng;
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// A 256-bit key.
pub type Key = Confidential<[u8; 32]>;

/// Bytes of a random nonce of XChaCha20-Poly1305.
const NONCE_BYTES: usize = 24;

/// HMAC-SHA-256 over parts, each preceded by its length so that no two lists of parts collide.
fn hmac(key: &Key, parts: &[&[u8]]) -> [u8; 32] {
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key.reveal()) else {
        unreachable!("HMAC takes keys of any length")
    };
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn derive(root: &Key, label: &str) -> Key {
    let mut key = [0; 32];
    let expanded = hkdf::Hkdf::<Sha256>::new(None, root.reveal()).expand(label.as_bytes(), &mut key);
    assert!(expanded.is_ok(), "32 bytes are within HKDF's bound");
    Key::new(key)
}

/// A keyed hash of a value that must not be stored itself; 128 bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyedHash([u8; 16]);

impl KeyedHash {
    fn of(key: &Key, parts: &[&[u8]]) -> Self {
        let mut short = [0; 16];
        short.copy_from_slice(&hmac(key, parts)[..16]);
        Self(short)
    }

    /// From stored bytes; `None` if they are not 16.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes, for storing.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// As 22 base64url characters, for item keys.
    pub fn to_text(self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl std::fmt::Debug for KeyedHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyedHash(…)")
    }
}

/// The mac of a code within one challenge, or the fingerprint of a password within one; 256 bits.
/// Compared in constant time.
#[derive(Clone)]
pub struct Mac256([u8; 32]);

impl Mac256 {
    /// A mac of nothing, which no code has.
    pub fn random(rng: &mut impl Rng) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The bytes, for storing.
    pub fn to_vec(&self) -> Vec<u8> {
        self.0.to_vec()
    }

    /// Whether stored bytes are this mac, in constant time.
    pub fn matches(&self, stored: &[u8]) -> bool {
        self.0.ct_eq(stored).into()
    }
}

/// The inner hash of a code, `HMAC(registry key, code)`; 256 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct InnerHash([u8; 32]);

impl InnerHash {
    /// From stored bytes; `None` if they are not 32.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes, for storing.
    pub fn to_vec(&self) -> Vec<u8> {
        self.0.to_vec()
    }
}

impl std::fmt::Debug for InnerHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InnerHash(…)")
    }
}

/// Keys of what lasts.
#[derive(Clone, Debug)]
pub struct RegistryKeys {
    lookup: Key,
    people: Key,
    contacts: Key,
    counters: Key,
    codes: Key,
    decoys: Key,
}

/// The sealed contents could not be opened: another root, or damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sealed contents do not open with this registry root")]
pub struct SealBroken;

impl RegistryKeys {
    /// Derives all from the registry root.
    pub fn derive(root: &Key) -> Self {
        Self {
            lookup: derive(root, "recupmail registry lookup"),
            people: derive(root, "recupmail registry people"),
            contacts: derive(root, "recupmail registry contacts"),
            counters: derive(root, "recupmail registry counters"),
            codes: derive(root, "recupmail registry codes"),
            decoys: derive(root, "recupmail registry decoys"),
        }
    }

    /// Under which key the registry holds an identity claim.
    pub fn lookup(&self, scheme: &str, values: &[&str]) -> KeyedHash {
        let mut parts = vec![scheme.as_bytes()];
        parts.extend(values.iter().map(|value| value.as_bytes()));
        KeyedHash::of(&self.lookup, &parts)
    }

    /// Stands for a person in every table.
    pub fn person(&self, person_id: &str) -> KeyedHash {
        KeyedHash::of(&self.people, &[person_id.as_bytes()])
    }

    /// Stands for a counted value (`kind` keeps apart what is counted apart).
    pub fn counter(&self, kind: &str, value: &str) -> KeyedHash {
        KeyedHash::of(&self.counters, &[kind.as_bytes(), value.as_bytes()])
    }

    /// What a decoy for a claim is made of, always the same for the same claim; `part` keeps apart what is
    /// drawn apart.
    pub fn decoy(&self, claim: KeyedHash, part: &str) -> KeyedHash {
        KeyedHash::of(&self.decoys, &[&claim.0, part.as_bytes()])
    }

    /// The inner hash of a code: what an issued code can be armed with, without being known.
    pub fn code(&self, code: &str) -> InnerHash {
        InnerHash(hmac(&self.codes, &[code.as_bytes()]))
    }

    /// Seals contents with XChaCha20-Poly1305 under a random nonce, bound to one person.
    pub fn seal(&self, person: KeyedHash, contents: &[u8], rng: &mut impl Rng) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        rng.fill_bytes(&mut nonce);
        let payload = Payload { msg: contents, aad: person.as_bytes() };
        let Ok(sealed) = self.cipher().encrypt(&XNonce::from(nonce), payload) else {
            unreachable!("a profile is far below the cipher's bound")
        };
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what [`Self::seal`] sealed for this person.
    pub fn open(&self, person: KeyedHash, sealed: &[u8]) -> Result<Vec<u8>, SealBroken> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(SealBroken)?;
        let payload = Payload { msg: sealed, aad: person.as_bytes() };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealBroken)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.contacts.reveal().into())
    }
}

/// Keys of one version of the session root.
#[derive(Clone, Debug)]
pub struct SessionKeys {
    version: String,
    token: Key,
    code: Key,
    fingerprint: Key,
}

impl SessionKeys {
    /// Derives all from one version of the session root.
    pub fn derive(version: &str, root: &Key) -> Self {
        Self {
            version: version.to_owned(),
            token: derive(root, "recupmail session token"),
            code: derive(root, "recupmail session code"),
            fingerprint: derive(root, "recupmail session fingerprint"),
        }
    }

    /// The name of this version of the root.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The key that signs session tokens.
    pub const fn token(&self) -> &Key {
        &self.token
    }

    /// `HMAC(session key, challenge id ‖ HMAC(registry key, code))`: a code is worth something in one
    /// challenge only, and neither root alone suffices to find it.
    pub fn code_mac(&self, registry: &RegistryKeys, challenge: &str, code: &str) -> Mac256 {
        self.inner_mac(challenge, &registry.code(code))
    }

    /// The same of a code of which only the inner hash is known.
    pub fn inner_mac(&self, challenge: &str, inner: &InnerHash) -> Mac256 {
        Mac256(hmac(&self.code, &[challenge.as_bytes(), &inner.0]))
    }

    /// `HMAC(session key, challenge id ‖ password)`: tells a retry from another password.
    pub fn fingerprint(&self, challenge: &str, password: &str) -> Mac256 {
        Mac256(hmac(&self.fingerprint, &[challenge.as_bytes(), password.as_bytes()]))
    }
}

/// The versions of the session root that are valid now.
#[derive(Clone, Debug)]
pub struct SessionKeyRing {
    current: SessionKeys,
    others: Vec<SessionKeys>,
}

impl SessionKeyRing {
    /// New things are made with `current`; the others open what was made before a rotation, or by a function
    /// that started after one.
    pub const fn new(current: SessionKeys, others: Vec<SessionKeys>) -> Self {
        Self { current, others }
    }

    /// What new things are made with.
    pub const fn current(&self) -> &SessionKeys {
        &self.current
    }

    /// The keys of a version, if it is still valid.
    pub fn version(&self, version: &str) -> Option<&SessionKeys> {
        std::iter::once(&self.current).chain(&self.others).find(|keys| keys.version == version)
    }
}

/// All keys of a function.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Of what lasts.
    pub registry: RegistryKeys,
    /// Of what is short-lived.
    pub session: SessionKeyRing,
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn registry(byte: u8) -> RegistryKeys {
        RegistryKeys::derive(&Key::new([byte; 32]))
    }

    #[test]
    fn sealed_contents_open_for_their_person_and_root_only() {
        let (keys, mut rng) = (registry(1), StdRng::seed_from_u64(1));
        let (amina, badr) = (keys.person("amina"), keys.person("badr"));
        let sealed = keys.seal(amina, b"+212612345667", &mut rng);
        assert_eq!(keys.open(amina, &sealed), Ok(b"+212612345667".to_vec()));
        assert_eq!(keys.open(badr, &sealed), Err(SealBroken));
        assert_eq!(registry(2).open(amina, &sealed), Err(SealBroken));
        assert_eq!(keys.open(amina, &sealed[..10]), Err(SealBroken));
    }

    #[test]
    fn the_same_code_has_another_mac_in_another_challenge_or_version() {
        let (keys, session) = (registry(1), SessionKeys::derive("1", &Key::new([3; 32])));
        let mac = session.code_mac(&keys, "one", "12345678");
        assert!(mac.matches(&session.code_mac(&keys, "one", "12345678").to_vec()));
        assert!(!mac.matches(&session.code_mac(&keys, "two", "12345678").to_vec()));
        let rotated = SessionKeys::derive("2", &Key::new([4; 32]));
        assert!(!mac.matches(&rotated.code_mac(&keys, "one", "12345678").to_vec()));
    }

    #[test]
    fn lists_of_fields_do_not_collide() {
        let keys = registry(1);
        assert_ne!(keys.lookup("student", &["ab", "c"]), keys.lookup("student", &["a", "bc"]));
    }
}

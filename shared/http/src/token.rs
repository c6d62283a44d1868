//! Session tokens: signed, bound to one challenge and one set of steps.
//!
//! HS256 is the only algorithm there is here: no other is compiled in, and a token's header must be exactly
//! the one that we write.

use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use recupmail_domain::challenge::ChallengeId;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::keys::{SessionKeyRing, SessionKeys};
use recupmail_domain::recovery::session::{Session, Step};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use signature::{Signer, Verifier};
use std::collections::BTreeSet;

const ISSUER: &str = "recupmail";
const TYPE: &str = "recup+jwt";
/// How far two machines' clocks may be apart, in seconds.
const LEEWAY: i64 = 5;

/// All claims are required.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    sub: String,
    aud: BTreeSet<String>,
    iat: i64,
    nbf: i64,
    exp: i64,
    /// The session's language, so that problems are told in it.
    loc: String,
}

/// What a genuine token says.
#[derive(Clone, Debug)]
pub(crate) struct Genuine {
    pub(crate) session: Session,
    pub(crate) locale: String,
    pub(crate) expired: bool,
}

/// Signs and reads tokens.
#[derive(Clone, Debug)]
pub struct Tokens {
    keys: SessionKeyRing,
    /// Longest life of a session in seconds; a token that claims a longer one is not ours.
    longest: i64,
}

const fn audience(step: Step) -> &'static str {
    match step {
        Step::SendCode => "send-code",
        Step::ConfirmCode => "confirm-code",
        Step::SetPassword => "set-password",
    }
}

fn step(audience: &str) -> Option<Step> {
    [Step::SendCode, Step::ConfirmCode, Step::SetPassword]
        .into_iter()
        .find(|step| self::audience(*step) == audience)
}

fn header(keys: &SessionKeys) -> Header {
    Header {
        typ: Some(TYPE.to_owned()),
        kid: Some(keys.version().to_owned()),
        ..Header::new(Algorithm::HS256)
    }
}

impl Tokens {
    /// Tokens under these keys, for sessions that last at most so long.
    pub fn new(keys: SessionKeyRing, longest: std::time::Duration) -> Self {
        // Already installed by an earlier instance in this process is as good.
        let _ = CryptoProvider::install_default(&HMAC_SHA256);
        Self { keys, longest: i64::try_from(longest.as_secs()).unwrap_or(i64::MAX) }
    }

    /// A token for a session. `None` only if the keys are unusable, which they never are.
    pub(crate) fn sign(
        &self,
        session: &Session,
        locale: &str,
        now: Timestamp,
        expires: Timestamp,
    ) -> Option<String> {
        let claims = Claims {
            iss: ISSUER.to_owned(),
            sub: session.challenge.as_str().to_owned(),
            aud: session.grants.iter().map(|step| audience(*step).to_owned()).collect(),
            iat: now.as_secs(),
            nbf: now.as_secs(),
            exp: expires.as_secs(),
            loc: locale.to_owned(),
        };
        let keys = self.keys.current();
        jsonwebtoken::encode(&header(keys), &claims, &EncodingKey::from_secret(keys.token().reveal())).ok()
    }

    /// What a token says, if it is ours. Its times are checked against our clock, not the machine's.
    pub(crate) fn read(&self, token: &str, now: Timestamp) -> Option<Genuine> {
        let claimed = jsonwebtoken::decode_header(token).ok()?;
        let keys = self.keys.version(claimed.kid.as_deref()?)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["iss", "sub", "aud", "exp", "nbf"]);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[Step::SendCode, Step::ConfirmCode, Step::SetPassword].map(audience));
        validation.validate_exp = false;
        let key = DecodingKey::from_secret(keys.token().reveal());
        let decoded = jsonwebtoken::decode::<Claims>(token, &key, &validation).ok()?;
        let claims = decoded.claims;
        let now = now.as_secs();
        let plausible = claims.iat <= now + LEEWAY
            && claims.nbf <= now + LEEWAY
            && claims.nbf == claims.iat
            && claims.exp > claims.iat
            && claims.exp - claims.iat <= self.longest;
        let ours = decoded.header == header(keys) && plausible;
        let grants = claims.aud.iter().map(|name| step(name)).collect::<Option<BTreeSet<_>>>()?;
        ours.then(|| Genuine {
            session: Session { challenge: ChallengeId::from_text(&claims.sub), grants },
            locale: claims.loc,
            expired: claims.exp <= now,
        })
    }
}

/// HMAC-SHA-256 and nothing else.
static HMAC_SHA256: CryptoProvider = CryptoProvider {
    signer_factory: |algorithm, key| {
        Ok(Box::new(HmacSha256::new(*algorithm, key.as_bytes())?) as Box<dyn JwtSigner>)
    },
    verifier_factory: |algorithm, key| {
        Ok(Box::new(HmacSha256::new(*algorithm, key.try_get_as_bytes()?)?) as Box<dyn JwtVerifier>)
    },
    key_utils: KeyUtils::new_unimplemented(),
};

struct HmacSha256(Hmac<Sha256>);

impl HmacSha256 {
    fn new(algorithm: Algorithm, key: &[u8]) -> Result<Self, Error> {
        if algorithm != Algorithm::HS256 {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        Hmac::new_from_slice(key).map(Self).map_err(|_| ErrorKind::InvalidKeyFormat.into())
    }
}

impl Signer<Vec<u8>> for HmacSha256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.0.clone().chain_update(message).finalize().into_bytes().to_vec())
    }
}

impl Verifier<Vec<u8>> for HmacSha256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let mac = self.0.clone().chain_update(message);
        mac.verify_slice(signature).map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for HmacSha256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for HmacSha256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    use recupmail_domain::keys::Key;
    use serde_json::{Value, json};
    use std::time::Duration;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn keys(byte: u8) -> SessionKeys {
        SessionKeys::derive(&byte.to_string(), &Key::new([byte; 32]))
    }

    fn tokens() -> Tokens {
        Tokens::new(SessionKeyRing::new(keys(2), vec![keys(1)]), Duration::from_mins(15))
    }

    fn session() -> Session {
        Session::proving(ChallengeId::from_text("2.abc"))
    }

    fn claims() -> Value {
        let now = NOW.as_secs();
        json!({"iss": "recupmail", "sub": "2.abc", "aud": ["send-code"], "iat": now, "nbf": now,
               "exp": now + 900, "loc": "fr"})
    }

    /// Signs any header and claims with the real key.
    fn forge(header: &Value, claims: &Value) -> String {
        let encode = |part: &Value| BASE64_URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let mac = HmacSha256::new(Algorithm::HS256, keys(2).token().reveal()).unwrap();
        let signature = mac.try_sign(message.as_bytes()).unwrap();
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    fn good_header() -> Value {
        json!({"typ": "recup+jwt", "alg": "HS256", "kid": "2"})
    }

    #[test]
    fn a_token_reads_back_until_its_second() {
        let token = tokens().sign(&session(), "fr", NOW, NOW.plus(Duration::from_mins(15))).unwrap();
        let read = tokens().read(&token, NOW).unwrap();
        assert_eq!((read.session, read.locale.as_str(), read.expired), (session(), "fr", false));
        assert!(tokens().read(&token, NOW.plus(Duration::from_mins(15))).unwrap().expired);
    }

    #[test]
    fn a_token_of_the_previous_root_is_still_read_and_one_of_an_unknown_root_is_not() {
        let old = Tokens::new(SessionKeyRing::new(keys(1), Vec::new()), Duration::from_mins(15));
        let token = old.sign(&session(), "fr", NOW, NOW.plus(Duration::from_mins(15))).unwrap();
        assert!(tokens().read(&token, NOW).is_some());
        let foreign = Tokens::new(SessionKeyRing::new(keys(3), Vec::new()), Duration::from_mins(15));
        let token = foreign.sign(&session(), "fr", NOW, NOW.plus(Duration::from_mins(15))).unwrap();
        assert!(tokens().read(&token, NOW).is_none());
    }

    #[test]
    fn the_header_must_be_exactly_ours_even_under_a_good_signature() {
        assert!(tokens().read(&forge(&good_header(), &claims()), NOW).is_some());
        for (member, value) in [
            ("typ", json!("JWT")),
            ("alg", json!("none")),
            ("alg", json!("HS512")),
            ("alg", json!("RS256")),
            ("kid", json!("1")),
            ("kid", json!("../2")),
            ("crit", json!(["exp"])),
            ("jku", json!("https://example.org/keys")),
            ("cty", json!("JWT")),
            ("jwk", json!({"kty": "oct", "k": "AAAA"})),
        ] {
            let mut header = good_header();
            header[member] = value.clone();
            assert!(tokens().read(&forge(&header, &claims()), NOW).is_none(), "{member} {value}");
        }
    }

    #[test]
    fn every_claim_is_required_and_must_be_plausible() {
        for claim in ["iss", "sub", "aud", "iat", "nbf", "exp", "loc"] {
            let mut without = claims();
            without.as_object_mut().unwrap().remove(claim);
            assert!(tokens().read(&forge(&good_header(), &without), NOW).is_none(), "{claim}");
        }
        let now = NOW.as_secs();
        for (claim, value) in [
            ("iss", json!("another")),
            ("aud", json!([])),
            ("aud", json!("send-code")),
            ("aud", json!(["send-code", "admin"])),
            ("exp", json!(now + 100_000)),
            ("exp", json!(1e300)),
            ("exp", json!("tomorrow")),
            ("nbf", json!(now + 60)),
            ("iat", json!(now + 60)),
            ("role", json!("admin")),
        ] {
            let mut wrong = claims();
            wrong[claim] = value.clone();
            assert!(tokens().read(&forge(&good_header(), &wrong), NOW).is_none(), "{claim} {value}");
        }
    }

    #[test]
    fn clocks_may_be_five_seconds_apart() {
        let mut ahead = claims();
        (ahead["iat"], ahead["nbf"], ahead["exp"]) =
            (json!(NOW.as_secs() + 5), json!(NOW.as_secs() + 5), json!(NOW.as_secs() + 905));
        assert!(tokens().read(&forge(&good_header(), &ahead), NOW).is_some());
    }
}

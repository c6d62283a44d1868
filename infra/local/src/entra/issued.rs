//! The tokens that were issued.

use super::application::Application;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rand::RngExt;
use recupmail_config::machine_rng;
use recupmail_domain::clock::Timestamp;
use serde_json::json;
use std::collections::HashMap;
use std::time::Duration;

/// How long a token is good (an hour, as Entra's are at least).
pub(super) const LIFE: Duration = Duration::from_secs(3599);

/// All tokens, and how often one was asked for.
#[derive(Default)]
pub(super) struct Issued {
    tokens: HashMap<String, Token>,
    pub(super) requests: u32,
}

struct Token {
    expires: Timestamp,
    permissions: Vec<String>,
}

impl Issued {
    /// A token for the application, in the form of Graph's own.
    pub(super) fn issue(&mut self, application: &Application, now: Timestamp) -> String {
        let expires = now.plus(LIFE);
        let claims = json!({
            "aud": application.scope.trim_end_matches("/.default"),
            "appid": application.client,
            "roles": application.permissions,
            "tid": application.tenant,
            "nbf": now.as_secs(),
            "exp": expires.as_secs(),
        });
        let mut signature = [0_u8; 32];
        machine_rng().fill(&mut signature);
        let encode = |part: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(part);
        let parts = [
            encode(br#"{"typ":"JWT","alg":"RS256"}"#),
            encode(claims.to_string().as_bytes()),
            encode(&signature),
        ];
        let token = parts.join(".");
        self.tokens.insert(token.clone(), Token { expires, permissions: application.permissions.clone() });
        token
    }

    /// The permissions of a token that is good now.
    pub(super) fn permissions(&self, token: &str, now: Timestamp) -> Option<&[String]> {
        let token = self.tokens.get(token).filter(|token| now < token.expires)?;
        Some(&token.permissions)
    }

    /// No token is good any more.
    pub(super) fn forget(&mut self) {
        self.tokens.clear();
    }
}

//! The two things that are asked of Microsoft Graph: a new password, and an end of all sessions.

use super::http::{Reply, send};
use super::patience::{Again, Patience, Setback};
use super::refusal;
use super::token::Bearer;
use recupmail_domain::ports::{DirectoryRule, Unavailable};
use recupmail_domain::secret::Confidential;
use reqwest::header::CONTENT_LENGTH;
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde_json::json;
use std::fmt::Write;

const SERVICE: &str = "Microsoft Graph";

/// Whose account, as it stands in a path.
pub(super) struct Account(String);

/// What became of a request that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// It was done.
    Yes,
    /// A rule forbids the password.
    Refused(DirectoryRule),
    /// The token is taken no more.
    Unauthorised,
}

#[derive(Deserialize)]
struct Revoked {
    value: bool,
}

impl Account {
    #[cfg(test)]
    pub(super) fn path(&self) -> &str {
        &self.0
    }

    /// By object id or user principal name. None where there is neither.
    pub(super) fn named(id: &str) -> Option<Self> {
        // `.` and `..` would be another path, however they are written (RFC 3986 section 5.2.4).
        if id.is_empty() || id == "." || id == ".." {
            return None;
        }
        let mut encoded = String::new();
        for byte in id.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                encoded.push(char::from(byte));
            } else {
                let Ok(()) = write!(encoded, "%{byte:02X}") else { unreachable!("strings take all") };
            }
        }
        Some(Self(encoded))
    }
}

/// `PATCH /users/{id}` (<https://learn.microsoft.com/graph/api/user-update>).
pub(super) fn set_password(
    http: &Client,
    graph: &str,
    account: &Account,
    password: &Confidential<String>,
) -> RequestBuilder {
    let profile = json!({"forceChangePasswordNextSignIn": false, "password": password.reveal()});
    http.patch(format!("{graph}/v1.0/users/{}", account.0)).json(&json!({"passwordProfile": profile}))
}

/// `POST /users/{id}/revokeSignInSessions` (<https://learn.microsoft.com/graph/api/user-revokesigninsessions>).
pub(super) fn revoke_sessions(http: &Client, graph: &str, account: &Account) -> RequestBuilder {
    http.post(format!("{graph}/v1.0/users/{}/revokeSignInSessions", account.0)).header(CONTENT_LENGTH, 0)
}

/// Asks, and says what the reply means.
pub(super) async fn ask(
    request: RequestBuilder,
    bearer: &Bearer,
    patience: &Patience,
) -> Result<Done, Setback> {
    meaning(&send(SERVICE, request.bearer_auth(bearer.reveal()), patience).await?)
}

pub(super) fn meaning(reply: &Reply) -> Result<Done, Setback> {
    let status = reply.status;
    let setback = |said: String, perhaps_done, again| {
        Err(Setback { cause: Unavailable::new(SERVICE, said), perhaps_done, again })
    };
    let coded = |said: &str| format!("{said}: {status} {}", refusal::code(reply));
    match status {
        204 => Ok(Done::Yes),
        // The revocation's answer.
        200 if reply.json::<Revoked>().is_some_and(|revoked| revoked.value) => Ok(Done::Yes),
        401 => Ok(Done::Unauthorised),
        400 if let Some(rule) = refusal::rule(reply) => Ok(Done::Refused(rule)),
        403 => setback(coded("the application lacks a permission or a role"), false, Again::Never),
        404 => setback(coded("no such account"), false, Again::Never),
        429 => setback(coded("too many requests"), false, reply.again()),
        // Nobody knows how far it came: it did not answer in time, met another change, or failed.
        408 | 409 | 423 | 500.. => setback(coded("answered"), true, reply.again()),
        400..500 => setback(coded("refused the request"), false, Again::Never),
        _ => setback(coded("answered what nobody expects"), true, Again::Soon),
    }
}

//! What can be told of an application without changing anybody.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::fmt::rfc2822::DateTimeParser;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::ports::Unavailable;
use serde::Deserialize;

/// The application permissions that a change needs, the least that Microsoft's reference names
/// (<https://learn.microsoft.com/graph/api/user-update>, <https://learn.microsoft.com/graph/api/user-revokesigninsessions>).
/// A password needs a directory role besides, User Administrator, which no token tells reliably.
const PERMISSIONS: [&str; 2] = ["User-PasswordProfile.ReadWrite.All", "User.RevokeSessions.All"];

/// What the application is granted.
#[derive(Debug)]
pub(super) struct Inspection {
    /// Whether a token is granted; if not, why.
    pub(super) token: Result<(), Unavailable>,
    /// The permissions that the token lacks; none known where there is no token or it cannot be read.
    pub(super) missing: Option<Vec<&'static str>>,
    /// The time by the server's clock, to the second.
    pub(super) server_time: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    roles: Vec<String>,
}

/// The permissions that a token lacks. It is Graph's own business what its tokens say; who looks for a mistake in
/// a deployment may look at one.
pub(super) fn missing(token: &str) -> Option<Vec<&'static str>> {
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    Some(PERMISSIONS.into_iter().filter(|needed| !claims.roles.iter().any(|role| role == needed)).collect())
}

/// A moment as HTTP writes it (RFC 9110 section 5.6.7).
pub(super) fn moment(date: &str) -> Option<Timestamp> {
    let parsed = DateTimeParser::new().parse_timestamp(date).ok()?;
    Some(Timestamp::from_millis(parsed.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_missing_permission_is_named() {
        let token = |claims: &str| format!("header.{}.signature", BASE64_URL_SAFE_NO_PAD.encode(claims));
        let all = r#"{"roles":["User-PasswordProfile.ReadWrite.All","User.RevokeSessions.All","Mail.Read"]}"#;
        assert_eq!(missing(&token(all)), Some(vec![]));
        let one = r#"{"roles":["User.RevokeSessions.All"]}"#;
        assert_eq!(missing(&token(one)), Some(vec!["User-PasswordProfile.ReadWrite.All"]));
        assert_eq!(missing(&token("{}")).map(|missing| missing.len()), Some(2));
        assert_eq!(missing("opaque"), None);
    }

    #[test]
    fn the_servers_time_is_read_as_http_writes_it() {
        let at = moment("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(at, Some(Timestamp::from_millis(784_111_777_000)));
        assert_eq!(moment("yesterday"), None);
    }
}

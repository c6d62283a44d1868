//! The session cookie.

use crate::problem::{Problem, ProblemCode};
use crate::token::{Genuine, Tokens};
use lambda_http::http::HeaderMap;
use lambda_http::http::header::COOKIE;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::recovery::session::Session;

/// The cookie's name; the prefix keeps other hosts and paths from setting it (RFC 6265bis section 4.1.3.2).
pub(crate) const COOKIE_NAME: &str = "__Host-recup";

/// A session as presented.
#[derive(Clone, Debug)]
pub struct Presented {
    /// The session.
    pub session: Session,
    /// Its language.
    pub locale: String,
}

/// Why there is no session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionProblem {
    /// No cookie, or not one of ours.
    Missing,
    /// One of ours, past its end.
    Expired,
}

impl From<SessionProblem> for Problem {
    fn from(problem: SessionProblem) -> Self {
        match problem {
            SessionProblem::Missing => Self::new(ProblemCode::SessionMissing),
            SessionProblem::Expired => Self::new(ProblemCode::SessionExpired),
        }
    }
}

/// The session that the request's cookie carries.
pub(crate) fn presented(
    headers: &HeaderMap,
    tokens: &Tokens,
    now: Timestamp,
) -> Result<Presented, SessionProblem> {
    let genuine = genuine(headers, tokens, now).ok_or(SessionProblem::Missing)?;
    if genuine.expired {
        return Err(SessionProblem::Expired);
    }
    Ok(Presented { session: genuine.session, locale: genuine.locale })
}

/// The challenge that the request's cookie names, however old it is: leaving is always possible.
pub(crate) fn leaving(headers: &HeaderMap, tokens: &Tokens, now: Timestamp) -> Option<Session> {
    genuine(headers, tokens, now).map(|genuine| genuine.session)
}

/// The language of the session, however old the request's cookie is.
pub(crate) fn locale(headers: &HeaderMap, tokens: &Tokens, now: Timestamp) -> Option<String> {
    genuine(headers, tokens, now).map(|genuine| genuine.locale)
}

fn genuine(headers: &HeaderMap, tokens: &Tokens, now: Timestamp) -> Option<Genuine> {
    cookie(headers).and_then(|token| tokens.read(token, now))
}

/// The cookie's value; none if it stands there twice, for a browser never sends it so.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE_NAME)
        .map(|(_, value)| value);
    let value = values.next()?;
    if values.next().is_some() { None } else { Some(value) }
}

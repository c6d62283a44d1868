//! What Microsoft Graph says where it does not do as it was asked, in its error bodies
//! (<https://learn.microsoft.com/graph/errors>).

use super::http::Reply;
use recupmail_domain::ports::DirectoryRule;
use serde::Deserialize;

#[derive(Deserialize)]
struct Body {
    error: Problem,
}

#[derive(Deserialize)]
struct Problem {
    code: String,
    #[serde(default)]
    message: String,
}

/// The error's code, for the log: a plain word, or nothing. The message may name somebody and goes nowhere.
pub(super) fn code(reply: &Reply) -> String {
    let code = reply.json::<Body>().map(|body| body.error.code).unwrap_or_default();
    let plain = code.len() <= 60 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    if plain { code } else { String::new() }
}

/// The rule by which a password is refused, if that is what a 400 says. Graph has one code for all bad requests,
/// so that its words must tell.
pub(super) fn rule(reply: &Reply) -> Option<DirectoryRule> {
    let problem = reply.json::<Body>()?.error;
    if reply.status != 400 || problem.code != "Request_BadRequest" {
        return None;
    }
    let message = problem.message.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if !says(&["password"]) {
        None
    } else if says(&["history", "previous", "recently used", "used before"]) {
        Some(DirectoryRule::History)
    } else if says(&["minimum age", "too recently", "too soon"]) {
        Some(DirectoryRule::Age)
    } else if says(&["complex", "banned", "weak", "too short", "too long", "length", "common", "guess"]) {
        Some(DirectoryRule::Quality)
    } else if says(&["policy", "requirement", "different password"]) {
        Some(DirectoryRule::Unnamed)
    } else {
        None
    }
}

//! What there is to say of a service that did not tell.

use super::Findings;
use recupmail_domain::ports::Unavailable;
use recupmail_inspect::Asked;
use std::error::Error;

/// Says why; these are the rights that are needed to ask.
pub(super) fn unasked<T>(what: &str, asked: Asked<T>, rights: &str, findings: &mut Findings) {
    match asked {
        Asked::Told(_) => {}
        // Stand-ins on one machine work, and know no such question.
        Asked::Refused(code) if code.starts_with("InvalidAction") || code.starts_with("UnknownOperation") => {
            findings.ok(what, "answers; how it is set cannot be told here");
        }
        Asked::Refused(code) => findings.warn(
            what,
            format!("answers, but does not tell how it is: {code}"),
            format!("run this with credentials that may ask: {rights}"),
        ),
        Asked::Silent(cause) => {
            findings.error(
                what,
                said(&cause),
                "look whether region and network are right, and the service answers",
            );
        }
    }
}

/// What happened, with what lies beneath.
pub(super) fn said(cause: &Unavailable) -> String {
    let beneath = std::iter::successors(cause.source(), |cause| (*cause).source());
    beneath.fold(cause.to_string(), |said, cause| format!("{said}: {cause}"))
}

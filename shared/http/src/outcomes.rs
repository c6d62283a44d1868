//! From the outcomes of the steps to answers: every case once, and no inner error's words.

use crate::answer::{Answer, Facts, SessionCookie, Success};
use crate::problem::{Problem, ProblemCode};
use crate::session::Presented;
use crate::state::state_json;
use recupmail_domain::ports::Unavailable;
use recupmail_domain::recovery::Trouble;
use recupmail_domain::recovery::confirm_code::{ConfirmCodeError, Confirmed};
use recupmail_domain::recovery::send_code::{SendCodeError, Sent};
use recupmail_domain::recovery::session::{Session, SessionRefusal};
use recupmail_domain::recovery::set_password::{PasswordSet, SetPasswordError};
use recupmail_domain::recovery::state::StateView;
use recupmail_domain::recovery::verify_identity::{Identified, VerifyIdentityError};
use serde_json::json;

/// How long a change that is under way may take, in seconds.
const IN_FLIGHT_SECONDS: u64 = 2;

/// After how many seconds a directory that did not answer is asked again.
const DIRECTORY_SECONDS: u64 = 5;

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unavailable(cause) => Self::unavailable(cause),
            Trouble::Inconsistent(cause) => Self::new(ProblemCode::Internal).caused_by(cause),
        }
    }
}

impl From<SessionRefusal> for Problem {
    fn from(refusal: SessionRefusal) -> Self {
        match refusal {
            SessionRefusal::Missing => Self::new(ProblemCode::SessionMissing),
            SessionRefusal::Expired => Self::new(ProblemCode::SessionExpired),
            SessionRefusal::WrongStep(state) => {
                Self::new(ProblemCode::WrongStep).with("state", state_json(&state))
            }
        }
    }
}

fn success(event: &'static str, state: &StateView, session: &Session, cookie: SessionCookie) -> Success {
    let facts = Facts { confirmed: Some(state.methods_confirmed), ..facts_of(session) };
    Success { event, facts, body: Some(state_json(state)), cookie, warnings: Vec::new() }
}

fn facts_of(session: &Session) -> Facts {
    Facts { challenge: Some(session.challenge.reference()), ..Facts::default() }
}

impl Problem {
    /// A problem of this session.
    fn of(self, presented: &Presented) -> Self {
        let challenge = Some(presented.session.challenge.reference().into());
        Self { challenge, ..self }
    }
}

/// The answer of verify-identity. `locale` is the session's from now on.
pub fn identified(outcome: Result<Identified, VerifyIdentityError>, locale: String) -> Answer {
    let problem = match outcome {
        Ok(Identified::Started { session, expires, state }) => {
            let granted = SessionCookie::Granted { session: session.clone(), locale, expires };
            return Ok(success("started", &state, &session, granted));
        }
        Ok(Identified::Limited { retry_after }) => {
            Problem::new(ProblemCode::TooManyAttempts).retry_after(retry_after)
        }
        Err(VerifyIdentityError::InvalidFields(errors)) => Problem::invalid_fields(&errors),
        Err(VerifyIdentityError::TermsNotAccepted) => Problem::new(ProblemCode::TermsNotAccepted),
        Err(VerifyIdentityError::NotRecognised) => Problem::new(ProblemCode::IdentityNotRecognised),
        Err(VerifyIdentityError::Trouble(trouble)) => trouble.into(),
    };
    Err(problem.in_locale(locale))
}

/// The answer of GET verify-identity.
pub fn current_state(
    outcome: Result<Result<StateView, SessionRefusal>, Trouble>,
    presented: &Presented,
) -> Answer {
    let problem = match outcome {
        Ok(Ok(state)) => return Ok(success("state", &state, &presented.session, SessionCookie::Unchanged)),
        Ok(Err(refusal)) => refusal.into(),
        Err(trouble) => Problem::from(trouble),
    };
    Err(problem.of(presented))
}

/// The answer of send-code.
pub fn code_sent(outcome: Result<Sent, SendCodeError>, presented: &Presented) -> Answer {
    let problem = match outcome {
        Ok(Sent::Delivered { state, by, undelivered }) => {
            let event = if by.issued().is_some() { "armed" } else { "sent" };
            let mut sent = success(event, &state, &presented.session, SessionCookie::Unchanged);
            sent.facts.method = Some(by.name());
            sent.warnings = undelivered.into_iter().map(Into::into).collect();
            return Ok(sent);
        }
        Ok(Sent::TooSoon { retry_after }) => {
            Problem::new(ProblemCode::ResendTooSoon).retry_after(Some(retry_after))
        }
        Ok(Sent::SendLimit { retry_after }) => Problem::new(ProblemCode::SendLimit).retry_after(retry_after),
        Ok(Sent::TooManyAttempts) => Problem::new(ProblemCode::TooManyAttempts),
        Err(SendCodeError::Session(refusal)) => refusal.into(),
        Err(SendCodeError::InvalidFields(errors)) => Problem::invalid_fields(&errors),
        Err(SendCodeError::UnknownMethod) => Problem::new(ProblemCode::UnknownMethod),
        Err(SendCodeError::ContactMismatch { attempts_left }) => {
            Problem::new(ProblemCode::ContactMismatch).with("attempts_left", json!(attempts_left))
        }
        Err(SendCodeError::DeliveryUnavailable(cause)) => {
            Problem::new(ProblemCode::DeliveryUnavailable).caused_by(cause)
        }
        Err(SendCodeError::Trouble(trouble)) => trouble.into(),
    };
    Err(problem.of(presented))
}

/// The answer of confirm-code.
pub fn code_confirmed(outcome: Result<Confirmed, ConfirmCodeError>, presented: &Presented) -> Answer {
    let problem = match outcome {
        Ok(Confirmed::Granted { session, expires, state }) => {
            let locale = presented.locale.clone();
            let granted = SessionCookie::Granted { session: session.clone(), locale, expires };
            return Ok(success("confirmed", &state, &session, granted));
        }
        Ok(Confirmed::TooManyAttempts) => Problem::new(ProblemCode::TooManyAttempts),
        Err(ConfirmCodeError::Session(refusal)) => refusal.into(),
        Err(ConfirmCodeError::InvalidFields(errors)) => Problem::invalid_fields(&errors),
        Err(ConfirmCodeError::Incorrect { attempts_left }) => {
            Problem::new(ProblemCode::CodeIncorrect).with("attempts_left", json!(attempts_left))
        }
        Err(ConfirmCodeError::Expired) => Problem::new(ProblemCode::CodeExpired),
        Err(ConfirmCodeError::Trouble(trouble)) => trouble.into(),
    };
    Err(problem.of(presented))
}

/// The answer of set-password.
pub fn password_set(outcome: Result<PasswordSet, SetPasswordError>, presented: &Presented) -> Answer {
    let problem = match outcome {
        Ok(PasswordSet::Done { state, afterwards }) => {
            let warnings = afterwards.into_iter().map(Into::into).collect();
            let changed = success("changed", &state, &presented.session, SessionCookie::Cleared);
            return Ok(Success { warnings, ..changed });
        }
        Ok(PasswordSet::InFlight) => {
            Problem::new(ProblemCode::DirectoryUnavailable).retry_after(Some(IN_FLIGHT_SECONDS))
        }
        Err(SetPasswordError::Session(refusal)) => refusal.into(),
        Err(SetPasswordError::Rejected(faults)) => Problem::password_rejected(&faults),
        Err(SetPasswordError::RefusedByDirectory { directory: _, rule }) => Problem::directory_refused(rule),
        Err(error @ SetPasswordError::DirectoryUnavailable { .. }) => {
            Problem::new(ProblemCode::DirectoryUnavailable)
                .retry_after(Some(DIRECTORY_SECONDS))
                .caused_by(error)
        }
        Err(SetPasswordError::Untold(outcome, failures)) => {
            let answer = password_set(*outcome, presented);
            return answer.map_err(|problem| failures.into_iter().fold(problem, Problem::caused_by));
        }
        Err(SetPasswordError::Trouble(trouble)) => trouble.into(),
    };
    Err(problem.of(presented))
}

/// The answer of logout.
pub fn logged_out(outcome: Result<(), Unavailable>, session: Option<&Session>) -> Answer {
    outcome.map_err(|cause| Problem::unavailable(cause).clearing_cookie())?;
    Ok(Success {
        event: "revoked",
        facts: session.map(facts_of).unwrap_or_default(),
        body: None,
        cookie: SessionCookie::Cleared,
        warnings: Vec::new(),
    })
}

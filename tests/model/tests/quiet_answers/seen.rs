//! What an outcome tells the caller, in words: all of it, but of a hint only its shape.

use recupmail_domain::recovery::confirm_code::{ConfirmCodeError, Confirmed};
use recupmail_domain::recovery::send_code::{SendCodeError, Sent};
use recupmail_domain::recovery::session::{Session, SessionRefusal};
use recupmail_domain::recovery::set_password::SetPasswordError;
use recupmail_domain::recovery::state::{CodeView, MethodView, NextStep, StateView};
use recupmail_domain::recovery::verify_identity::{Identified, VerifyIdentityError};

pub(crate) fn identified(outcome: &Result<Identified, VerifyIdentityError>) -> String {
    match outcome {
        Ok(Identified::Started { session, expires, state: view }) => {
            format!("started, {}, until {}: {}", grants(session), expires.as_millis(), state(view))
        }
        Ok(Identified::Limited { retry_after }) => format!("limited for {retry_after:?}"),
        Err(VerifyIdentityError::Trouble(trouble)) => panic!("{trouble}"),
        Err(refusal) => format!("{refusal:?}"),
    }
}

pub(crate) fn sent(outcome: &Result<Sent, SendCodeError>) -> String {
    match outcome {
        Ok(Sent::Delivered { state: view, by, .. }) => format!("sent by {}: {}", by.name(), state(view)),
        Ok(refusal) => format!("{refusal:?}"),
        Err(SendCodeError::Session(refusal)) => refused(refusal),
        Err(SendCodeError::Trouble(trouble)) => panic!("{trouble}"),
        Err(refusal) => format!("{refusal:?}"),
    }
}

/// Of a code that was not the right one.
pub(crate) fn confirmed(outcome: &Result<Confirmed, ConfirmCodeError>) -> String {
    match outcome {
        Ok(Confirmed::Granted { .. }) => panic!("no code of these is right"),
        Ok(Confirmed::TooManyAttempts) => "TooManyAttempts".to_owned(),
        Err(ConfirmCodeError::Session(refusal)) => refused(refusal),
        Err(ConfirmCodeError::Trouble(trouble)) => panic!("{trouble}"),
        Err(refusal) => format!("{refusal:?}"),
    }
}

/// Of a password without the grant for one.
pub(crate) fn no_password<T: std::fmt::Debug>(outcome: &Result<T, SetPasswordError>) -> String {
    match outcome {
        Err(SetPasswordError::Session(refusal)) => refused(refusal),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn current(outcome: &Result<StateView, SessionRefusal>) -> String {
    match outcome {
        Ok(view) => state(view),
        Err(refusal) => refused(refusal),
    }
}

fn refused(refusal: &SessionRefusal) -> String {
    match refusal {
        SessionRefusal::WrongStep(view) => format!("WrongStep: {}", state(view)),
        SessionRefusal::Missing | SessionRefusal::Expired => format!("Session{refusal:?}"),
    }
}

fn grants(session: &Session) -> String {
    format!("{:?}", session.grants)
}

fn state(view: &StateView) -> String {
    let step = match &view.step {
        NextStep::ChooseMethod => "choose".to_owned(),
        NextStep::EnterCode(code) => code_view(code),
        NextStep::SetPassword(_) | NextStep::Done { .. } => panic!("nothing was proven"),
    };
    let methods: Vec<String> = view.methods.iter().map(method).collect();
    format!(
        "{step}; {} s, {} of {}; {}",
        view.expires_in,
        view.methods_confirmed,
        view.methods_required,
        methods.join(", ")
    )
}

fn code_view(code: &CodeView) -> String {
    format!(
        "enter {:?} of {} for {} s, {} attempts",
        code.format,
        code.method.as_str(),
        code.expires_in,
        code.attempts_left
    )
}

fn method(view: &MethodView) -> String {
    format!(
        "{} {} [{}]{}{} in {} s, {} left",
        view.id.as_str(),
        view.kind.name(),
        shape(&view.hint),
        if view.confirm_required { " typed" } else { "" },
        if view.confirmed { " proven" } else { "" },
        view.resend_in,
        view.sends_left
    )
}

fn shape(hint: &str) -> String {
    match hint.split_once('@') {
        Some((local, _)) => format!("{} and a domain", local.chars().count()),
        None => hint.chars().count().to_string(),
    }
}

//! Answers that are no problem.

use crate::problem::Problem;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::recovery::session::Session;
use serde_json::Value;

/// What a step answers.
pub type Answer = Result<Success, Problem>;

/// What becomes of the session cookie.
#[derive(Debug)]
pub enum SessionCookie {
    /// It stays as it is.
    Unchanged,
    /// It carries this session from now on.
    Granted {
        /// The session.
        session: Session,
        /// Its language.
        locale: String,
        /// When it ends.
        expires: Timestamp,
    },
    /// It is taken back.
    Cleared,
}

/// What an audit event says beside its name; nothing personal.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// In which challenge, by the start of its random name.
    pub challenge: Option<String>,
    /// By which kind of method.
    pub method: Option<&'static str>,
    /// How many methods are proven.
    pub confirmed: Option<u8>,
}

/// A step that went well.
#[derive(Debug)]
pub struct Success {
    /// What happened, for the log.
    pub event: &'static str,
    /// What else the log says of it.
    pub facts: Facts,
    /// The state; none for 204.
    pub body: Option<Value>,
    /// The session cookie.
    pub cookie: SessionCookie,
    /// What did not go well afterwards, for the log.
    pub warnings: Vec<Box<dyn std::error::Error + Send + Sync>>,
}

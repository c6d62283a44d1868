//! Problems: RFC 9457, one code for each thing that can go wrong, each with one status.

use lambda_http::http::StatusCode;
use recupmail_domain::identity::{FieldError, FieldFault};
use recupmail_domain::password::Fault;
use recupmail_domain::ports::DirectoryRule;
use serde_json::{Map, Value, json};

/// What went wrong, as the contract names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its name in the contract")]
pub enum ProblemCode {
    Malformed,
    CrossSite,
    MethodNotAllowed,
    TooLarge,
    UnsupportedMediaType,
    InvalidFields,
    TermsNotAccepted,
    IdentityNotRecognised,
    SessionMissing,
    SessionExpired,
    WrongStep,
    UnknownMethod,
    ContactMismatch,
    ResendTooSoon,
    SendLimit,
    DeliveryUnavailable,
    CodeIncorrect,
    CodeExpired,
    TooManyAttempts,
    PasswordRejected,
    DirectoryUnavailable,
    Internal,
    Unavailable,
}

impl ProblemCode {
    /// Its name in the contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::CrossSite => "cross-site",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::TooLarge => "too-large",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::InvalidFields => "invalid-fields",
            Self::TermsNotAccepted => "terms-not-accepted",
            Self::IdentityNotRecognised => "identity-not-recognised",
            Self::SessionMissing => "session-missing",
            Self::SessionExpired => "session-expired",
            Self::WrongStep => "wrong-step",
            Self::UnknownMethod => "unknown-method",
            Self::ContactMismatch => "contact-mismatch",
            Self::ResendTooSoon => "resend-too-soon",
            Self::SendLimit => "send-limit",
            Self::DeliveryUnavailable => "delivery-unavailable",
            Self::CodeIncorrect => "code-incorrect",
            Self::CodeExpired => "code-expired",
            Self::TooManyAttempts => "too-many-attempts",
            Self::PasswordRejected => "password-rejected",
            Self::DirectoryUnavailable => "directory-unavailable",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }

    /// What it is called in the audit, if it belongs there.
    pub(crate) const fn audit(self) -> Option<&'static str> {
        match self {
            Self::IdentityNotRecognised | Self::ContactMismatch | Self::CodeIncorrect => Some("failed"),
            Self::TooManyAttempts | Self::ResendTooSoon | Self::SendLimit => Some("limited"),
            Self::PasswordRejected => Some("refused"),
            _ => None,
        }
    }

    /// Its status.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::IdentityNotRecognised | Self::SessionMissing | Self::SessionExpired => {
                StatusCode::UNAUTHORIZED
            }
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::WrongStep => StatusCode::CONFLICT,
            Self::CodeExpired => StatusCode::GONE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::InvalidFields
            | Self::TermsNotAccepted
            | Self::UnknownMethod
            | Self::ContactMismatch
            | Self::CodeIncorrect
            | Self::PasswordRejected => StatusCode::UNPROCESSABLE_ENTITY,
            Self::ResendTooSoon | Self::SendLimit | Self::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::DeliveryUnavailable | Self::DirectoryUnavailable | Self::Unavailable => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }
}

/// A problem on its way to the client, and its causes on their way to the log.
#[derive(Debug)]
pub struct Problem {
    pub(crate) code: ProblemCode,
    pub(crate) members: Map<String, Value>,
    /// By which rule of its own a directory refuses a password.
    pub(crate) rule: Option<DirectoryRule>,
    /// In which challenge, for the log.
    pub(crate) challenge: Option<Box<str>>,
    pub(crate) retry_after: Option<u64>,
    /// The language that the request states; without, it is the session's.
    pub(crate) locale: Option<String>,
    pub(crate) clears_cookie: bool,
    pub(crate) causes: Vec<Box<dyn std::error::Error + Send + Sync>>,
}

impl Problem {
    /// A problem without anything more to say.
    pub fn new(code: ProblemCode) -> Self {
        Self {
            code,
            members: Map::new(),
            rule: None,
            challenge: None,
            retry_after: None,
            locale: None,
            clears_cookie: false,
            causes: Vec::new(),
        }
    }

    /// Wrong members, each by name.
    pub fn invalid_fields(errors: &[FieldError]) -> Self {
        let entries =
            errors.iter().map(|error| json!({"field": error.field, "code": fault_name(error.fault)}));
        Self::new(ProblemCode::InvalidFields).with("errors", entries.collect())
    }

    /// A password that the policy refuses.
    pub(crate) fn password_rejected(faults: &[Fault]) -> Self {
        let entries =
            faults.iter().map(|fault| json!({"field": "password", "code": password_fault_name(*fault)}));
        Self::new(ProblemCode::PasswordRejected).with("errors", entries.collect())
    }

    /// A password that a directory refuses.
    pub(crate) fn directory_refused(rule: DirectoryRule) -> Self {
        let entry = json!({"field": "password", "code": "directory-refused"});
        let problem = Self::new(ProblemCode::PasswordRejected).with("errors", json!([entry]));
        Self { rule: Some(rule), ..problem }
    }

    /// Something is away.
    pub(crate) fn unavailable(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::new(ProblemCode::Unavailable).retry_after(Some(RETRY_SECONDS)).caused_by(cause)
    }

    pub(crate) fn with(mut self, member: &str, value: Value) -> Self {
        self.members.insert(member.to_owned(), value);
        self
    }

    pub(crate) const fn retry_after(mut self, seconds: Option<u64>) -> Self {
        self.retry_after = seconds;
        self
    }

    /// The person has left as far as this browser goes, whatever became of the challenge.
    pub(crate) const fn clearing_cookie(mut self) -> Self {
        self.clears_cookie = true;
        self
    }

    pub(crate) fn in_locale(mut self, locale: String) -> Self {
        self.locale = Some(locale);
        self
    }

    pub(crate) fn caused_by(mut self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.causes.push(Box::new(cause));
        self
    }
}

/// After how many seconds a service that is away is asked again.
const RETRY_SECONDS: u64 = 5;

const fn fault_name(fault: FieldFault) -> &'static str {
    match fault {
        FieldFault::Required => "required",
        FieldFault::Format => "format",
        FieldFault::Unknown => "unknown",
    }
}

const fn password_fault_name(fault: Fault) -> &'static str {
    match fault {
        Fault::TooShort => "too-short",
        Fault::TooLong => "too-long",
        Fault::TooFewClasses => "too-few-classes",
        Fault::ContainsPersonalData => "contains-personal-data",
        Fault::Common => "common",
        Fault::TooGuessable => "too-guessable",
        Fault::CharacterNotAllowed => "character-not-allowed",
    }
}

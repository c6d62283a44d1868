//! What a service says when it is asked how it is.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use recupmail_domain::ports::Unavailable;

/// What a service says when it is asked how it is.
#[derive(Debug)]
pub enum Asked<T> {
    /// It told.
    Told(T),
    /// It answered, but does not tell: the code of its refusal.
    Refused(String),
    /// It did not answer.
    Silent(Unavailable),
}

impl<T> Asked<T> {
    /// Why it did not tell. A refusal may quote the request, so only its code is kept.
    pub(crate) fn not<E, R>(service: &'static str, error: SdkError<E, R>) -> Self
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        match error.as_service_error() {
            Some(refusal) => Self::Refused(refusal.code().unwrap_or("its answer cannot be read").to_owned()),
            None => Self::Silent(Unavailable::new(service, error)),
        }
    }
}

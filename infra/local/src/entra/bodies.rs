//! How the two services refuse: the token endpoint's error bodies
//! (<https://learn.microsoft.com/entra/identity-platform/reference-error-codes>) and Graph's
//! (<https://learn.microsoft.com/graph/errors>).

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rand::RngExt;
use recupmail_config::machine_rng;
use recupmail_domain::clock::Timestamp;
use serde_json::json;

/// What the token endpoint answers instead of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Denied {
    status: u16,
    error: &'static str,
    pub(super) number: u32,
    words: &'static str,
}

impl Denied {
    pub(super) const UNKNOWN_TENANT: Self = Self::new(400, "invalid_request", 90_002, "Tenant not found.");
    pub(super) const WRONG_PARAMETERS: Self =
        Self::new(400, "invalid_request", 900_144, "The request body must contain other parameters.");
    pub(super) const WRONG_GRANT: Self =
        Self::new(400, "unsupported_grant_type", 70_003, "The app requested an unsupported grant type.");
    pub(super) const UNKNOWN_CLIENT: Self =
        Self::new(400, "unauthorized_client", 700_016, "Application was not found in the directory.");
    pub(super) const WRONG_SCOPE: Self =
        Self::new(400, "invalid_scope", 70_011, "The provided value for 'scope' is not valid.");
    pub(super) const NO_PROOF: Self =
        Self::new(401, "invalid_client", 7_000_218, "'client_assertion' or 'client_secret' is required.");
    pub(super) const WRONG_SECRET: Self =
        Self::new(401, "invalid_client", 7_000_215, "Invalid client secret provided.");
    pub(super) const EXPIRED_SECRET: Self =
        Self::new(401, "invalid_client", 7_000_222, "The provided client secret keys are expired.");
    pub(super) const MALFORMED_ASSERTION: Self =
        Self::new(400, "invalid_request", 50_027, "The provided assertion is not valid.");
    pub(super) const WRONG_SIGNATURE: Self =
        Self::new(401, "invalid_client", 700_027, "The certificate with this thumbprint is not registered.");
    pub(super) const WRONG_AUDIENCE: Self =
        Self::new(401, "invalid_client", 700_023, "Client assertion audience does not match.");
    pub(super) const WRONG_ISSUER: Self =
        Self::new(401, "invalid_client", 700_021, "Client assertion application does not match 'client_id'.");
    pub(super) const NOT_IN_TIME: Self =
        Self::new(401, "invalid_client", 700_024, "Client assertion is not within its valid time range.");

    const fn new(status: u16, error: &'static str, number: u32, words: &'static str) -> Self {
        Self { status, error, number, words }
    }

    pub(super) fn answer(self, now: Timestamp) -> Response {
        let (trace, correlation, at) = (guid(), guid(), moment(now));
        let body = json!({
            "error": self.error,
            "error_description": format!("AADSTS{}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {at}", self.number, self.words),
            "error_codes": [self.number],
            "timestamp": at,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.number),
        });
        (status(self.status), [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
    }
}

/// What Graph answers instead of doing what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    status: u16,
    code: &'static str,
    message: &'static str,
}

impl Problem {
    pub(super) const NO_TOKEN: Self = Self::new(401, "InvalidAuthenticationToken", "Access token is empty.");
    pub(super) const BAD_TOKEN: Self =
        Self::new(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.");
    pub(super) const FORBIDDEN: Self =
        Self::new(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
    pub(super) const NOBODY: Self = Self::new(404, "Request_ResourceNotFound", "Resource does not exist.");
    pub(super) const WRONG_TYPE: Self =
        Self::new(415, "Request_UnsupportedMediaType", "The content type is not application/json.");
    pub(super) const WRONG_BODY: Self =
        Self::new(400, "Request_BadRequest", "A property is invalid, missing or unknown.");
    pub(super) const WEAK: Self = Self::new(
        400,
        "Request_BadRequest",
        "The specified password does not comply with password complexity requirements. Please provide a different password.",
    );
    pub(super) const THROTTLED: Self = Self::new(429, "TooManyRequests", "Too many requests.");

    const fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message }
    }

    /// A failure of the service's own.
    pub(super) const fn failed(status: u16) -> Self {
        Self::new(status, "ServiceNotAvailable", "The service is not available.")
    }

    pub(super) fn answer(self, now: Timestamp) -> Response {
        let request = guid();
        let at = moment(now);
        let inner =
            json!({"date": at.trim_end_matches('Z'), "request-id": request, "client-request-id": request});
        let body = json!({"error": {"code": self.code, "message": self.message, "innerError": inner}});
        (status(self.status), Json(body)).into_response()
    }
}

fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn moment(now: Timestamp) -> String {
    jiff::Timestamp::from_second(now.as_secs()).map(|at| at.to_string()).unwrap_or_default()
}

fn guid() -> String {
    let hex = format!("{:032x}", machine_rng().random::<u128>());
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

//! Requests and replies, and what is known where there is no reply.

use super::patience::{Again, Patience, Setback};
use crate::remote::SetupError;
use crate::tls;
use recupmail_domain::ports::Unavailable;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use rustls::ClientConfig;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Until a connection must stand, in all that it takes.
const CONNECT: Duration = Duration::from_secs(3);
/// Until a request must be answered at most: two fit into the time that a lone directory has.
const REQUEST: Duration = Duration::from_millis(5500);
/// How long a connection is kept for the next request.
const IDLE: Duration = Duration::from_secs(20);
/// The longest body that is read, in bytes; tokens have a few thousand.
const LONGEST: usize = 64 * 1024;

/// A service's reply. Its body may hold a token.
pub(super) struct Reply {
    /// Its status.
    pub(super) status: u16,
    /// The time that it says to wait.
    pub(super) retry_after: Option<Duration>,
    /// When it answered, by its own clock, as it wrote it.
    pub(super) date: Option<String>,
    body: Vec<u8>,
}

/// A client that goes straight to its server, by TLS where it is to be encrypted, and follows nobody elsewhere.
pub(super) fn client(directory: &str, encrypted: bool) -> Result<Client, SetupError> {
    let builder = Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .https_only(encrypted)
        .tls_backend_preconfigured(tls_config(directory, encrypted)?);
    let failed = |error: reqwest::Error| SetupError::Client {
        directory: directory.to_owned(),
        cause: error.without_url().to_string(),
    };
    builder.build().map_err(failed)
}

/// Where nothing is encrypted, no certificate of the system is needed either.
fn tls_config(directory: &str, encrypted: bool) -> Result<ClientConfig, SetupError> {
    if encrypted { Ok((*tls::client(directory, None)?).clone()) } else { tls::trusting_nobody(directory) }
}

/// Sends a request and reads the reply.
pub(super) async fn send(
    service: &'static str,
    request: RequestBuilder,
    patience: &Patience,
) -> Result<Reply, Setback> {
    let lost = |error: reqwest::Error| Setback {
        // Until the connection stands, nothing has left.
        perhaps_done: !error.is_connect() && !error.is_builder(),
        again: Again::Soon,
        cause: Unavailable::new(service, error.without_url()),
    };
    let response = request.timeout(REQUEST.min(patience.for_one())).send().await.map_err(lost)?;
    let status = response.status().as_u16();
    let headers = response.headers();
    let (retry_after, date) = (retry_after(headers), text(headers, &DATE).map(str::to_owned));
    let body = read(response).await.map_err(lost)?;
    Ok(Reply { status, retry_after, date, body })
}

async fn read(mut response: Response) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk[..chunk.len().min(LONGEST - body.len())]);
        if body.len() == LONGEST {
            break;
        }
    }
    Ok(body)
}

fn text<'a>(headers: &'a HeaderMap, name: &reqwest::header::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Microsoft Graph names seconds (<https://learn.microsoft.com/graph/throttling>).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    text(headers, &RETRY_AFTER)?.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
impl Reply {
    /// A reply for tests.
    pub(super) fn of(status: u16, body: &str) -> Self {
        Self { status, retry_after: None, date: None, body: body.as_bytes().to_vec() }
    }
}

impl Reply {
    /// The body as JSON.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    /// When to ask again.
    pub(super) fn again(&self) -> Again {
        self.retry_after.map_or(Again::Soon, Again::After)
    }
}

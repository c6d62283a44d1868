//! The functions' URLs: what stands before cargo-lambda.
//!
//! cargo-lambda 1.9.2 loses requests when about a hundred wait at once, and cannot carry a body that is no
//! text, as the cloud does. Here so many are let in at a time that neither happens.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use reqwest::Client;
use tokio::sync::Semaphore;

/// The functions there are.
pub(crate) const STEPS: [&str; 5] =
    ["verify-identity", "send-code", "confirm-code", "set-password", "logout"];
/// Requests that cargo-lambda gets at once.
const AT_ONCE: usize = 32;
/// Headers that belong to one connection only.
const HOP_BY_HOP: [&str; 4] = ["connection", "transfer-encoding", "content-length", "host"];

/// The way to the functions.
#[derive(Debug)]
pub(crate) struct Functions {
    client: Client,
    port: u16,
    room: Semaphore,
}

impl Functions {
    /// The functions behind a cargo-lambda at this port.
    pub(crate) fn behind(port: u16, client: Client) -> Self {
        Self { client, port, room: Semaphore::new(AT_ONCE) }
    }

    /// Invokes a step by its URL.
    pub(crate) async fn invoke(
        &self,
        step: &str,
        method: Method,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Response {
        if !STEPS.contains(&step) {
            return StatusCode::NOT_FOUND.into_response();
        }
        let Ok(_room) = self.room.acquire().await else { return StatusCode::BAD_GATEWAY.into_response() };
        let url = format!("http://127.0.0.1:{}/lambda-url/{step}/", self.port);
        let mut request = self.client.request(method, url).body(as_text(body));
        for (name, value) in headers.iter().filter(|(name, _)| !HOP_BY_HOP.contains(&name.as_str())) {
            request = request.header(name, value);
        }
        let Ok(answer) = request.send().await else { return StatusCode::BAD_GATEWAY.into_response() };
        let mut response = Response::builder().status(answer.status());
        for (name, value) in answer.headers().iter().filter(|(name, _)| !HOP_BY_HOP.contains(&name.as_str()))
        {
            response = response.header(name, value);
        }
        let body = answer.bytes().await.map(Body::from).unwrap_or_default();
        response.body(body).unwrap_or_else(|_| StatusCode::BAD_GATEWAY.into_response())
    }

    /// Whether a step answers as the contract says.
    pub(crate) async fn answers(&self, step: &str) -> bool {
        let answer = self.invoke(step, Method::GET, &HeaderMap::new(), Bytes::new()).await;
        answer.headers().contains_key("x-request-id")
    }
}

/// A body that is no text becomes as much text that is no JSON, which the function refuses in the same way.
fn as_text(body: Bytes) -> Bytes {
    if std::str::from_utf8(&body).is_ok() { body } else { vec![b'?'; body.len()].into() }
}

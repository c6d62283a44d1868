//! Steps asked in this process, as the platform would ask them.

use lambda_http::http::StatusCode;
use lambda_http::{Body, Request};
use recupmail_http::{Step, serve};
use serde_json::Value;

/// One call of a step, with a session's cookie; it succeeds.
pub(crate) async fn call(step: &impl Step, body: &Value, token: &mut Option<String>) -> Value {
    let (status, body) = answer(step, body, token).await;
    assert!(status.is_success(), "{status} {body:#}");
    body
}

/// One call that is refused.
pub(crate) async fn refused(step: &impl Step, body: &Value, token: &mut Option<String>) {
    let (status, body) = answer(step, body, token).await;
    assert_eq!(status.as_u16(), 422, "{body:#}");
}

pub(crate) async fn answer(
    step: &impl Step,
    body: &Value,
    token: &mut Option<String>,
) -> (StatusCode, Value) {
    let request = Request::new(Body::Text(body.to_string()));
    let (mut parts, body) = request.into_parts();
    parts.method = "POST".parse().unwrap();
    parts.headers.insert("content-type", "application/json".parse().unwrap());
    if let Some(token) = token {
        parts.headers.insert("cookie", format!("__Host-recup={token}").parse().unwrap());
    }
    let response = Box::pin(serve(step, &Request::from_parts(parts, body))).await;
    if let Some(cookie) = response.headers().get("set-cookie") {
        let value = cookie.to_str().unwrap().split([';', '=']).nth(1).unwrap();
        *token = Some(value.to_owned());
    }
    let status = response.status();
    let body: Value = match response.body() {
        Body::Text(text) => serde_json::from_str(text).unwrap(),
        _ => Value::Null,
    };
    (status, body)
}

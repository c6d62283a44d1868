//! What functions do before they take requests: they open connections, by asking for nothing.
#![allow(clippy::unwrap_used, reason = "a failure here is a failed test")]

use axum::Router;
use axum::extract::{Request, State};
use confirm_code::ConfirmCode;
use logout::Logout;
use recupmail_aws::with_roots;
use recupmail_config::Environment;
use recupmail_http::Step;
use recupmail_tests::stack;
use send_code::SendCode;
use std::sync::{Arc, Mutex};

/// What a service was asked: method, path with query, the operation that its header names, and the body's length.
type Asked = Arc<Mutex<Vec<(String, String, Option<String>, usize)>>>;

/// A service that remembers what it is asked and says that it is healthy; where it is.
async fn service() -> (Asked, String) {
    let asked = Asked::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(healthy).with_state(asked.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (asked, url)
}

async fn healthy(State(asked): State<Asked>, request: Request) -> &'static str {
    let (parts, body) = request.into_parts();
    let operation = parts.headers.get("x-amz-target").map(|value| value.to_str().unwrap().to_owned());
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().len();
    asked.lock().unwrap().push((parts.method.to_string(), parts.uri.to_string(), operation, body));
    "healthy"
}

fn nothing() -> (String, String, Option<String>, usize) {
    ("GET".to_owned(), "/".to_owned(), None, 0)
}

/// Roles allow no such operation, for there is none: a greeting that named one would be refused or charged.
#[tokio::test(flavor = "multi_thread")]
async fn dynamodb_is_reached_at_start_and_asked_for_nothing() {
    let (asked, url) = service().await;
    let mut variables = stack().variables_with_root_secrets("starts").await;
    variables.push(("AWS_ENDPOINT_URL_DYNAMODB".to_owned(), url));
    with_roots(variables.into_iter().collect()).await.unwrap();
    assert_eq!(*asked.lock().unwrap(), [nothing()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ses_is_reached_before_the_first_code_and_asked_for_nothing() {
    let (asked, url) = service().await;
    let mut variables = stack().variables();
    variables.push(("AWS_ENDPOINT_URL_SES".to_owned(), url));
    let environment: Environment = variables.into_iter().collect();
    SendCode::wire(&environment).unwrap().warm_up().await;
    assert_eq!(*asked.lock().unwrap(), [nothing()]);
}

/// Contacts, letters and counters are sealed with what it is derived from: who only leaves has no business with it.
#[tokio::test(flavor = "multi_thread")]
async fn logout_starts_without_the_root_of_the_registry_and_others_do_not() {
    let variables = stack().variables().into_iter().filter(|(name, _)| name != "RECUPMAIL_REGISTRY_ROOT");
    let environment: Environment = variables.collect();
    assert!(Logout::wire(&environment).is_ok());
    let refused = ConfirmCode::wire(&environment).unwrap_err().to_string();
    assert!(refused.contains("RECUPMAIL_REGISTRY_ROOT"), "{refused}");
}

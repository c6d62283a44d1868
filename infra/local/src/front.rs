//! What CloudFront is in the cloud: one origin for the pages and the functions. And what only a local stack
//! has: the outbox, a sign-in, and controls for tests.

use crate::entra::EntraService;
use crate::functions::Functions;
use crate::gate::Gate;
use crate::outbox::Outbox;
use crate::sign_in::{Credentials, SignIn};
use crate::stack::Outcome;
use axum::body::{Body, Bytes};
use axum::extract::{self, Query, Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use minijinja::{AutoEscape, Environment};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::{SetResponseHeader, SetResponseHeaderLayer};

/// The request headers that reach a function, as the deployment's origin request policy lists them.
const FORWARDED: [&str; 6] =
    ["content-type", "accept-language", "origin", "sec-fetch-site", "x-amz-content-sha256", "cookie"];
/// Longest body that a function URL takes, in bytes (AWS Lambda quotas).
const LONGEST_BODY: usize = 6 * 1024 * 1024;
/// What a longer one becomes: still too large for a function, which then says so itself.
const TOO_LARGE: [u8; 9000] = [b' '; 9000];
/// The pages' policy: nothing from elsewhere, nothing inline, no unsafe sinks.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// What the front works with.
pub(crate) struct Front {
    pub(crate) functions: Functions,
    pub(crate) outbox: Outbox,
    /// Set once everything runs.
    pub(crate) sign_in: OnceLock<SignIn>,
    pub(crate) gates: Gates,
    pub(crate) clock_offset_file: PathBuf,
    /// Where the institution writes passwords there.
    pub(crate) entra: Option<Arc<EntraService>>,
}

/// The gates before the services.
pub(crate) struct Gates {
    pub(crate) dynamodb: Gate,
    pub(crate) ses: Gate,
    pub(crate) sns: Gate,
    pub(crate) voice: Gate,
    pub(crate) secrets: Gate,
    pub(crate) entra: Option<Gate>,
}

type Shared = State<Arc<Front>>;

/// The functions' own URLs.
pub(crate) fn function_urls(front: Arc<Front>) -> Router {
    Router::new().route("/lambda-url/{*path}", any(function)).with_state(front)
}

/// The routes of the site.
pub(crate) fn router(front: Arc<Front>, site: &Path) -> Outcome<Router> {
    let assets = Router::new()
        .fallback_service(ServeDir::new(site.join("assets")).precompressed_br().precompressed_gzip())
        .layer(page_header(header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
    let missing = any(missing).with_state(Arc::from(site));
    let pages = ServeDir::new(site).precompressed_br().precompressed_gzip().fallback(missing);
    // RFC 9116, section 3.
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    let security = ServeFile::new(site.join(".well-known/security.txt"));
    let security = SetResponseHeader::overriding(security, header::CONTENT_TYPE, plain);
    let entra = front.entra.clone().map(EntraService::controls).unwrap_or_default();
    let router = Router::new()
        .route("/api/{step}", any(step))
        .route("/outbox", get(outbox_page))
        .route(
            "/outbox.css",
            get(async || ([(header::CONTENT_TYPE, "text/css")], include_str!("outbox.css"))),
        )
        .route("/outbox.json", get(outbox_json))
        .route("/healthz", get(healthz))
        .route("/local/sign-in", post(sign_in))
        .route("/local/clock", post(clock))
        .route("/local/faults", post(faults))
        .with_state(front)
        .nest("/assets", assets)
        .nest("/local/entra", entra)
        .route_service("/.well-known/security.txt", security)
        .merge(redirects(site)?)
        .fallback_service(pages)
        .layer(page_header(header::CACHE_CONTROL, "no-cache"))
        .layer(page_header(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .layer(page_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(page_header(header::REFERRER_POLICY, "no-referrer"));
    Ok(router)
}

/// Sends people on as the builder says.
fn redirects(site: &Path) -> Outcome<Router> {
    let redirects: BTreeMap<String, String> =
        serde_json::from_slice(&std::fs::read(site.join("redirects.json"))?)?;
    Ok(redirects
        .into_iter()
        .fold(Router::new(), |router, (from, to)| router.route(&from, get(async move || Redirect::to(&to)))))
}

/// Says that there is no such page, in the language of the folder that was asked for.
async fn missing(State(site): State<Arc<Path>>, request: Request) -> Response {
    let folder = request.uri().path().split('/').nth(1).unwrap_or_default();
    let language = folder.bytes().all(|b| b.is_ascii_lowercase()).then(|| site.join(folder).join("404.html"));
    let page = language.filter(|page| page.is_file()).unwrap_or_else(|| site.join("404.html"));
    let mut page = ServeFile::new(page).precompressed_br().precompressed_gzip();
    match page.try_call(request).await {
        Ok(page) => (StatusCode::NOT_FOUND, page).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn page_header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// Passes a page's call on to the function's URL, with the headers that the deployment passes on.
async fn step(
    State(front): Shared,
    extract::Path(step): extract::Path<String>,
    method: Method,
    mut headers: HeaderMap,
    body: Body,
) -> Response {
    let body = bounded(body).await;
    let others: Vec<HeaderName> =
        headers.keys().filter(|name| !FORWARDED.contains(&name.as_str())).cloned().collect();
    for name in others {
        headers.remove(name);
    }
    front.functions.invoke(&step, method, &headers, body).await
}

/// Passes a call on as it is, whatever the path behind the step's name.
async fn function(
    State(front): Shared,
    extract::Path(path): extract::Path<String>,
    method: Method,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let body = bounded(body).await;
    let step = path.split('/').next().unwrap_or_default();
    front.functions.invoke(step, method, &headers, body).await
}

async fn bounded(body: Body) -> Bytes {
    axum::body::to_bytes(body, LONGEST_BODY).await.unwrap_or_else(|_| Bytes::from_static(&TOO_LARGE))
}

#[derive(Deserialize)]
struct To {
    to: Option<String>,
}

/// A `+` that was not percent-encoded arrives as a space.
fn as_typed(to: String) -> String {
    match to.strip_prefix(' ') {
        Some(digits) => format!("+{digits}"),
        None => to,
    }
}

async fn outbox_json(State(front): Shared, Query(query): Query<To>) -> Response {
    match front.outbox.messages(query.to.map(as_typed).as_deref()).await {
        Ok(messages) => Json(messages).into_response(),
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

async fn outbox_page(State(front): Shared) -> Response {
    let Ok(messages) = front.outbox.messages(None).await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    match templates
        .render_str(include_str!("outbox.html"), minijinja::value::Serde(json!({"messages": messages})))
    {
        Ok(page) => Html(page).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn healthz(State(front): Shared) -> StatusCode {
    if front.sign_in.get().is_some() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

async fn sign_in(State(front): Shared, Json(credentials): Json<Credentials>) -> StatusCode {
    let Some(sign_in) = front.sign_in.get() else { return StatusCode::SERVICE_UNAVAILABLE };
    match sign_in.accepts(&credentials).await {
        Ok(true) => StatusCode::NO_CONTENT,
        Ok(false) => StatusCode::UNAUTHORIZED,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

#[derive(Deserialize)]
struct Clock {
    offset_seconds: i64,
}

/// Sets the functions' clock ahead, for tests of expiry.
async fn clock(State(front): Shared, Json(clock): Json<Clock>) -> StatusCode {
    match tokio::fs::write(&front.clock_offset_file, clock.offset_seconds.to_string()).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[derive(Deserialize)]
struct Faults {
    service: Service,
    away: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Service {
    DynamoDb,
    Ses,
    Sns,
    Voice,
    Secrets,
    Entra,
}

/// Takes a service away, or brings it back.
async fn faults(State(front): Shared, Json(faults): Json<Faults>) -> StatusCode {
    let gate = match faults.service {
        Service::DynamoDb => &front.gates.dynamodb,
        Service::Ses => &front.gates.ses,
        Service::Sns => &front.gates.sns,
        Service::Voice => &front.gates.voice,
        Service::Secrets => &front.gates.secrets,
        Service::Entra => match &front.gates.entra {
            Some(gate) => gate,
            None => return StatusCode::NOT_FOUND,
        },
    };
    if faults.away {
        gate.shut().await;
        return StatusCode::NO_CONTENT;
    }
    match gate.reopen().await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

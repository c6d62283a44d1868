//! One request from its arrival to its answer and its line in the log.

use crate::answer::{SessionCookie, Success};
use crate::call::Call;
use crate::context::Step;
use crate::metrics::Metrics;
use crate::problem::{Problem, ProblemCode};
use crate::session::{self, COOKIE_NAME};
use crate::telemetry::{Logged, log};
use crate::token::Tokens;
use futures_util::FutureExt;
use futures_util::future::{OptionFuture, join};
use lambda_http::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, RETRY_AFTER, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use lambda_http::http::{HeaderValue, Method, StatusCode};
use lambda_http::{Body, Request, RequestExt, Response};
use recupmail_config::Network;
use recupmail_domain::clock::Clock;
use recupmail_texts::Texts;
use serde_json::{Value, json};
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// What stands between the network and a step.
pub struct Edge {
    /// The step's name, for the log.
    pub step: &'static str,
    /// Where requests may come from.
    pub network: Network,
    /// Session tokens.
    pub tokens: Tokens,
    /// Texts of problems.
    pub texts: Arc<Texts>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What CloudWatch counts, where it does.
    pub metrics: Option<Metrics>,
}

/// Which methods a step answers to.
#[derive(Clone, Copy, Debug)]
pub enum Methods {
    /// POST alone.
    Post,
    /// GET and POST.
    GetAndPost,
}

impl Methods {
    fn list(self) -> &'static [Method] {
        match self {
            Self::Post => &[Method::POST],
            Self::GetAndPost => &[Method::GET, Method::POST],
        }
    }

    const fn allow(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::GetAndPost => "GET, POST",
        }
    }
}

impl fmt::Debug for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edge").field("step", &self.step).finish_non_exhaustive()
    }
}

/// Answers one request. Whatever the step does, panics included, the client gets an answer of the contract
/// and the log one line.
pub async fn serve<S: Step>(step: &S, request: &Request) -> Response<Body> {
    let edge = step.edge();
    let began = edge.clock.now();
    let request_id = request_id(request);
    let answer = match Call::admit(request, edge, S::METHODS.list(), began) {
        Ok(call) => {
            // Where the time of an answer would tell, none is faster than the floor. Where it tells nothing there is no
            // timer, since even one of no time ends with the millisecond.
            let floor = Some(step.floor(&call)).filter(|floor| !floor.is_zero()).map(tokio::time::sleep);
            let (answer, _) =
                join(AssertUnwindSafe(step.answer(&call)).catch_unwind(), OptionFuture::from(floor)).await;
            answer.unwrap_or_else(|_| Err(Problem::new(ProblemCode::Internal)))
        }
        Err(problem) => Err(problem),
    };
    let millis = edge.clock.now().as_millis() - began.as_millis();
    let response = match &answer {
        Ok(success) => edge.success(success),
        Err(problem) => {
            let of_session = || session::locale(request.headers(), &edge.tokens, began);
            let locale = problem.locale.clone().or_else(of_session);
            edge.problem(problem, locale.as_deref(), S::METHODS, &request_id)
        }
    };
    log(&Logged {
        step: edge.step,
        request_id: &request_id,
        status: response.status(),
        millis,
        answer: &answer,
    });
    if let Some(metrics) = &edge.metrics {
        metrics.count(&answer, began);
    }
    with_common_headers(response, &request_id)
}

impl Edge {
    fn success(&self, success: &Success) -> Response<Body> {
        let mut response = match &success.body {
            Some(body) => json_response(StatusCode::OK, "application/json", body),
            None => no_content(),
        };
        let value = match &success.cookie {
            SessionCookie::Unchanged => None,
            SessionCookie::Granted { session, locale, expires } => {
                self.tokens.sign(session, locale, self.clock.now(), *expires)
            }
            SessionCookie::Cleared => Some("; Max-Age=0".to_owned()),
        };
        if let Some(value) = value {
            set(&mut response, SET_COOKIE, &cookie(&value));
        }
        response
    }

    fn problem(
        &self,
        problem: &Problem,
        locale: Option<&str>,
        methods: Methods,
        request_id: &str,
    ) -> Response<Body> {
        let (name, status) = (problem.code.name(), problem.code.status());
        let text = self.texts.problem(locale, name);
        let refusal = problem.rule.and_then(|rule| self.texts.refusal(locale, rule));
        let mut body = json!({
            "type": format!("/problems/{name}"),
            "title": text.map_or(name, |text| &text.title),
            "status": status.as_u16(),
            "detail": refusal.or(text.map(|text| text.detail.as_str())).unwrap_or_default(),
            "code": name,
            "request_id": request_id,
        });
        for (member, value) in &problem.members {
            body[member] = value.clone();
        }
        let mut response = json_response(status, "application/problem+json", &body);
        if problem.clears_cookie {
            set(&mut response, SET_COOKIE, &cookie("; Max-Age=0"));
        }
        if let Some(seconds) = problem.retry_after {
            set(&mut response, RETRY_AFTER, &seconds.to_string());
        }
        if problem.code == ProblemCode::MethodNotAllowed {
            set(&mut response, ALLOW, methods.allow());
        }
        response
    }
}

/// The platform's name for the invocation.
fn request_id(request: &Request) -> String {
    request.lambda_context_ref().map(|context| context.request_id.clone()).unwrap_or_default()
}

fn json_response(status: StatusCode, content_type: &'static str, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::Text(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// The session cookie with this value (and what may follow it).
fn cookie(value: &str) -> String {
    format!("{COOKIE_NAME}={value}; Path=/; HttpOnly; Secure; SameSite=Strict")
}

fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

fn set(response: &mut Response<Body>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn with_common_headers(mut response: Response<Body>, request_id: &str) -> Response<Body> {
    set(&mut response, CACHE_CONTROL, "no-store");
    set(&mut response, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut response, HeaderName::from_static("x-request-id"), request_id);
    response
}

#[cfg(test)]
mod tests;

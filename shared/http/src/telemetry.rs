//! Structured logs: one line a request, of allow-listed fields. Bodies, cookies, addresses and names have no
//! way into it.

use crate::answer::{Answer, Facts};
use lambda_http::http::StatusCode;
use serde_json::Value;
use std::error::Error;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What one request leaves in the log.
pub(crate) struct Logged<'a> {
    pub(crate) step: &'static str,
    pub(crate) request_id: &'a str,
    pub(crate) status: StatusCode,
    pub(crate) millis: i64,
    pub(crate) answer: &'a Answer,
}

/// Starts structured logging at a level. Libraries are heard from warnings on.
pub fn init_telemetry(level: &str) {
    let level = level.parse::<Level>().unwrap_or(Level::INFO);
    let targets = Targets::new()
        .with_default(Level::WARN)
        .with_target("lambda_runtime", Level::ERROR)
        .with_target("recupmail", level);
    let format = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false);
    tracing_subscriber::registry().with(targets).with(format).init();
    // A panic's own words may hold what a library was just reading.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(target: "recupmail", event = "panic", place);
    }));
}

pub(crate) fn log(line: &Logged<'_>) {
    let Logged { step, request_id, millis, .. } = *line;
    let status = line.status.as_u16();
    match line.answer {
        Ok(success) => {
            let Facts { challenge, method, confirmed } = &success.facts;
            tracing::info!(
                target: "recupmail", step, request_id, status, millis, event = success.event,
                challenge, method, confirmed
            );
            for warning in &success.warnings {
                tracing::warn!(target: "recupmail", step, request_id, cause = causes(warning.as_ref()));
            }
        }
        Err(problem) => {
            let (event, code) = (problem.code.audit(), problem.code.name());
            let (event, code) = (event.unwrap_or(code), event.map(|_| code));
            let challenge = problem.challenge.as_deref();
            let attempts_left = problem.members.get("attempts_left").and_then(Value::as_i64);
            if problem.causes.is_empty() {
                tracing::info!(
                    target: "recupmail", step, request_id, status, millis, event, code, challenge, attempts_left
                );
            } else {
                let cause = problem.causes.iter().map(|cause| causes(cause.as_ref()));
                let cause = cause.collect::<Vec<_>>().join("; ");
                tracing::error!(
                    target: "recupmail", step, request_id, status, millis, event, code, challenge, cause
                );
            }
        }
    }
}

/// An error and its sources in one line. Those of services say what failed, never with what: our own errors
/// hold no values, and the SDK's service errors, which may quote a request, are cut to their first words.
fn causes(error: &(dyn Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| (*error).source());
    chain.map(|error| error.to_string().chars().take(80).collect::<String>()).collect::<Vec<_>>().join(": ")
}

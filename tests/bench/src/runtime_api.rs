//! The Lambda Runtime API for one instance of a function: hands it events, and notes when it asks and answers.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::net::Ipv4Addr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

/// How long an instance may take for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// The API as one instance sees it.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    /// Host and port, as `AWS_LAMBDA_RUNTIME_API` has them.
    pub(crate) address: String,
    polls: mpsc::UnboundedReceiver<Poll>,
    answers: mpsc::UnboundedReceiver<Answered>,
}

/// The instance asks for an event.
#[derive(Debug)]
pub(crate) struct Poll {
    /// When.
    pub(crate) at: Instant,
    event: oneshot::Sender<String>,
}

/// The instance answered one.
#[derive(Debug)]
pub(crate) struct Answered {
    /// When.
    pub(crate) at: Instant,
    /// What it said; an error if the platform would take it for one.
    pub(crate) body: Result<String, String>,
}

#[derive(Clone)]
struct Shared {
    polls: mpsc::UnboundedSender<Poll>,
    answers: mpsc::UnboundedSender<Answered>,
}

impl Poll {
    /// Hands an event over; when.
    pub(crate) fn hand(self, event: String) -> Instant {
        let now = Instant::now();
        let _ = self.event.send(event);
        now
    }
}

impl RuntimeApi {
    /// One on a loopback port of its own.
    pub(crate) async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?.to_string();
        let (polls, asked) = mpsc::unbounded_channel();
        let (answers, answered) = mpsc::unbounded_channel();
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(error))
            .with_state(Shared { polls, answers });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, polls: asked, answers: answered })
    }

    /// Waits until the instance asks for an event.
    pub(crate) async fn poll(&mut self) -> Result<Poll, String> {
        tokio::select! {
            poll = self.polls.recv() => poll.ok_or_else(|| "the API ended".to_owned()),
            failed = self.answers.recv() => Err(format!("it failed at its start: {failed:?}")),
            () = tokio::time::sleep(PATIENCE) => Err("it asks for no event".to_owned()),
        }
    }

    /// Waits until the instance answers.
    pub(crate) async fn answer(&mut self) -> Result<Answered, String> {
        let answer = tokio::time::timeout(PATIENCE, self.answers.recv()).await;
        answer.ok().flatten().ok_or_else(|| "it does not answer".to_owned())
    }
}

async fn next(State(shared): State<Shared>) -> Response {
    let (event, handed) = oneshot::channel();
    let _ = shared.polls.send(Poll { at: Instant::now(), event });
    let Ok(event) = handed.await else { return StatusCode::GONE.into_response() };
    let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + PATIENCE;
    let headers = [
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned()),
        ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:eu-west-3:000000000000:function:bench".to_owned(),
        ),
        ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0".to_owned()),
        ("content-type", "application/json".to_owned()),
    ];
    (headers, event).into_response()
}

async fn response(State(shared): State<Shared>, Path(_): Path<String>, body: String) -> StatusCode {
    let _ = shared.answers.send(Answered { at: Instant::now(), body: Ok(body) });
    StatusCode::ACCEPTED
}

async fn error(State(shared): State<Shared>, body: String) -> StatusCode {
    let _ = shared.answers.send(Answered { at: Instant::now(), body: Err(body) });
    StatusCode::ACCEPTED
}

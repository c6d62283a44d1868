//! What goes wrong on purpose, so many times.

use super::bodies::Problem;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use recupmail_domain::clock::Timestamp;
use serde::Deserialize;
use std::future::ready;
use std::io;
use std::time::Duration;

/// What is to go wrong.
#[derive(Default)]
pub(super) struct Faults(Vec<Planned>);

/// A fault that is to come.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Planned {
    at: Place,
    /// For which account alone; for all if none is named.
    account: Option<String>,
    fault: Fault,
    times: u32,
}

/// Where something goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Place {
    Token,
    Password,
    Revocation,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Fault {
    /// Nothing is done, and the answer is 429 with so many seconds of patience.
    Throttle(u32),
    /// Nothing is done, and the answer is this status.
    Fail(u16),
    /// It is done, and the answer comes after so many seconds.
    Late(u64),
    /// It is done, and the connection closes without an answer.
    Lost,
}

impl Faults {
    /// Adds one.
    pub(super) fn plan(&mut self, planned: Planned) {
        self.0.push(planned);
    }

    /// The fault of a request, if one is to come; it is one less then.
    pub(super) fn next(&mut self, at: Place, account: &str) -> Option<Fault> {
        let fits = |planned: &&mut Planned| {
            let whose = planned.account.as_deref().is_none_or(|whose| whose.eq_ignore_ascii_case(account));
            planned.at == at && planned.times > 0 && whose
        };
        let planned = self.0.iter_mut().find(fits)?;
        planned.times -= 1;
        Some(planned.fault)
    }
}

impl Fault {
    /// The answer in place of what was asked for, where nothing is done.
    pub(super) fn refuses(self, now: Timestamp) -> Option<Response> {
        match self {
            Self::Throttle(seconds) => {
                let mut answer = Problem::THROTTLED.answer(now);
                answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
                Some(answer)
            }
            Self::Fail(status) => Some(Problem::failed(status).answer(now)),
            Self::Late(_) | Self::Lost => None,
        }
    }

    /// What becomes of the answer to what was done.
    pub(super) async fn spoils(self, answer: Response) -> Response {
        match self {
            Self::Late(seconds) => {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                answer
            }
            Self::Lost => {
                // A body that fails before its first byte closes the connection before the head has left.
                let broken = ready(Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionReset)));
                Body::from_stream(stream::once(broken)).into_response()
            }
            Self::Throttle(_) | Self::Fail(_) => answer,
        }
    }
}

//! Stands in for the voice messages of AWS End User Messaging, which no emulator has.
//!
//! It knows one operation, `SendVoiceMessage`, takes what the service's API model (2022-03-31) allows and refuses
//! the rest in the service's form. Calls stay in memory, and nothing is logged.

mod request;
mod ssml;

use crate::outbox::Caught;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use rand::RngExt;
use recupmail_config::machine_rng;
use request::SendVoiceMessage;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const TARGET: &str = "PinpointSMSVoiceV2.SendVoiceMessage";
const JSON: &str = "application/x-amz-json-1.0";

/// The service, with one number or pool to call from.
#[derive(Debug)]
pub(crate) struct VoiceService {
    origination: &'static str,
    placed: Mutex<Vec<Caught>>,
}

/// What the service answers instead of placing a call.
#[derive(Debug)]
enum Refusal {
    /// A protocol error that all services share.
    Common(&'static str),
    /// Nobody may call from there.
    UnknownOrigination,
    /// Members are missing or wrong: their names and what is wrong.
    Invalid(&'static str, Vec<(&'static str, &'static str)>),
}

impl VoiceService {
    /// Serves on a free loopback port, and tells which.
    pub(crate) async fn start(origination: &'static str) -> std::io::Result<(Arc<Self>, u16)> {
        let service = Arc::new(Self { origination, placed: Mutex::default() });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let router = Router::new().route("/", post(answer)).with_state(service.clone());
        let serving = axum::serve(listener, router);
        tokio::spawn(async move { serving.await });
        Ok((service, port))
    }

    /// All calls, in their order.
    pub(crate) fn calls(&self) -> Vec<Caught> {
        self.placed.lock().map(|placed| placed.clone()).unwrap_or_default()
    }

    fn place(&self, headers: &HeaderMap, body: &[u8]) -> Result<String, Refusal> {
        check_protocol(headers)?;
        let request: SendVoiceMessage =
            serde_json::from_slice(body).map_err(|_| Refusal::Common("SerializationException"))?;
        let (to, text) = request.check()?;
        if request.origination_identity.as_deref() != Some(self.origination) {
            return Err(Refusal::UnknownOrigination);
        }
        if let Ok(mut placed) = self.placed.lock() {
            placed.push(Caught::now("voice", to, String::new(), text));
        }
        Ok(format!("{:032x}", machine_rng().random::<u128>()))
    }
}

async fn answer(State(service): State<Arc<VoiceService>>, headers: HeaderMap, body: Bytes) -> Response {
    let (status, body) = match service.place(&headers, &body) {
        Ok(id) => (StatusCode::OK, json!({"MessageId": id})),
        Err(refusal) => (StatusCode::BAD_REQUEST, refusal.body()),
    };
    (status, [(header::CONTENT_TYPE, JSON)], body.to_string()).into_response()
}

/// The AWS JSON 1.0 protocol, and a signature (Version 4) of the right scope; whose it is plays no part here.
fn check_protocol(headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if text("content-type") != JSON || text("x-amz-target") != TARGET {
        return Err(Refusal::Common("UnknownOperationException"));
    }
    let signature = text("authorization").strip_prefix("AWS4-HMAC-SHA256 ");
    let signature = signature.ok_or(Refusal::Common("MissingAuthenticationTokenException"))?;
    let part = |name: &str| {
        let mut parts = signature.split(',').filter_map(|part| part.trim().split_once('='));
        parts.find(|(known, _)| *known == name).map(|(_, value)| value).unwrap_or_default()
    };
    let signed = |name: &str| part("SignedHeaders").split(';').any(|header| header == name);
    let sound = part("Credential").ends_with("/sms-voice/aws4_request")
        && ["host", "x-amz-date", "x-amz-target"].into_iter().all(signed)
        && !text("x-amz-date").is_empty()
        && part("Signature").len() == 64;
    if sound { Ok(()) } else { Err(Refusal::Common("InvalidSignatureException")) }
}

impl Refusal {
    fn body(&self) -> Value {
        let named = |name: &str| format!("com.amazonaws.pinpointsmsvoicev2#{name}");
        match self {
            Self::Common(name) => json!({"__type": format!("com.amazon.coral.service#{name}")}),
            Self::UnknownOrigination => json!({
                "__type": named("ResourceNotFoundException"),
                "Message": "The origination identity does not exist",
                "ResourceType": "phone-number",
            }),
            Self::Invalid(reason, fields) => json!({
                "__type": named("ValidationException"),
                "Message": "One or more fields are invalid",
                "Reason": reason,
                "Fields": fields
                    .iter()
                    .map(|(name, message)| json!({"Name": name, "Message": message}))
                    .collect::<Vec<_>>(),
            }),
        }
    }
}

#[cfg(test)]
mod tests;

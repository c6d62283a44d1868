//! What DynamoDB is asked and what it charges, by a proxy before it.

use crate::http;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// Passes calls on to DynamoDB and remembers what they were, and what they cost.
#[derive(Clone, Debug)]
pub struct Charging {
    target: String,
    client: reqwest::Client,
    charged: Arc<Mutex<Charged>>,
}

/// Calls and what they cost together.
#[derive(Clone, Debug, Default)]
pub struct Charged {
    /// The calls, sorted, each with the table's kind.
    pub calls: Vec<String>,
    /// What is paid for them.
    pub units: Units,
    /// Bytes of the requests' bodies.
    pub sent: usize,
    /// Bytes of the answers' bodies, without what they say of units.
    pub received: usize,
}

/// What DynamoDB charges (Amazon DynamoDB Developer Guide, "Read and write capacity"): a transaction's writes twice.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Units {
    /// Read units.
    pub read: f64,
    /// Write units.
    pub write: f64,
}

impl Charging {
    /// A proxy before this address of DynamoDB, and its own.
    pub async fn before(target: String) -> (Self, String) {
        let charging = Self { target, client: http(), charged: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass).with_state(charging.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (charging, url)
    }

    /// What was called and charged since this was last asked.
    pub fn taken(&self) -> Charged {
        let mut charged = std::mem::take(&mut *self.charged.lock().unwrap());
        charged.calls.sort();
        charged
    }
}

async fn pass(State(charging): State<Charging>, mut headers: HeaderMap, body: Bytes) -> Response {
    // A greeting asks for nothing, and costs nothing.
    let Some(operation) = headers.get("x-amz-target") else { return StatusCode::OK.into_response() };
    let operation = operation.to_str().unwrap().rsplit('.').next().unwrap().to_owned();
    let mut request: Value = serde_json::from_slice(&body).unwrap();
    let table = request["TableName"].as_str().unwrap_or("recupmail-several").trim_start_matches("recupmail-");
    let call = format!("{operation} {table}");
    request["ReturnConsumedCapacity"] = json!("TOTAL");
    headers.remove("content-length");
    let answer =
        charging.client.post(&charging.target).headers(headers).body(request.to_string()).send().await;
    let answer = answer.unwrap();
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap();
    let content_type = answer.headers()["content-type"].clone();
    let mut told: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    let capacity = told.as_object_mut().unwrap().remove("ConsumedCapacity").unwrap_or_default();
    let capacity = capacity.as_array().cloned().unwrap_or_else(|| vec![capacity]);
    let units: f64 = capacity.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum();
    // A write whose condition fails is charged too, and DynamoDB does not say it.
    let units = if status.is_success() { units } else { 1.0 };
    let told = told.to_string();
    {
        let mut charged = charging.charged.lock().unwrap();
        charged.calls.push(call);
        match operation.as_str() {
            "GetItem" => charged.units.read += units,
            _ => charged.units.write += units,
        }
        charged.sent += body.len();
        charged.received += told.len();
    }
    (status, [("content-type", content_type)], told).into_response()
}

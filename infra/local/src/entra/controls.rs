//! What tests ask of the stand-in and change in it, below `/local/entra`.

use super::EntraService;
use super::application::Standing;
use super::faults::Planned;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changes {
    standing: Option<Standing>,
    permissions: Option<Vec<String>>,
}

impl EntraService {
    /// `GET accounts/{id}` and `GET tokens` count; `POST faults` plans one, `POST application` changes what the
    /// application is granted, `POST tokens` makes all tokens void.
    pub(crate) fn controls(self: Arc<Self>) -> Router {
        Router::new()
            .route("/accounts/{id}", get(account))
            .route("/tokens", get(tokens).post(forget_tokens))
            .route("/faults", post(fault))
            .route("/application", post(application))
            .with_state(self)
    }
}

async fn account(Shared(service): Shared<Arc<EntraService>>, Path(id): Path<String>) -> Response {
    match service.with(|state| state.accounts.counted(&id)) {
        Some(counted) => Json(counted).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn tokens(Shared(service): Shared<Arc<EntraService>>) -> Response {
    Json(json!({"requests": service.with(|state| state.issued.requests)})).into_response()
}

async fn forget_tokens(Shared(service): Shared<Arc<EntraService>>) -> StatusCode {
    service.with(|state| state.issued.forget());
    StatusCode::NO_CONTENT
}

async fn fault(Shared(service): Shared<Arc<EntraService>>, Json(planned): Json<Planned>) -> StatusCode {
    service.with(|state| state.faults.plan(planned));
    StatusCode::NO_CONTENT
}

async fn application(Shared(service): Shared<Arc<EntraService>>, Json(changes): Json<Changes>) -> StatusCode {
    service.with(|state| {
        if let Some(standing) = changes.standing {
            state.application.standing = standing;
        }
        if let Some(permissions) = changes.permissions {
            state.application.permissions = permissions;
        }
    });
    StatusCode::NO_CONTENT
}

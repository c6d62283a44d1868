//! `PATCH /v1.0/users/{id}` with a password profile (<https://learn.microsoft.com/graph/api/user-update>), and
//! `POST /v1.0/users/{id}/revokeSignInSessions` (<https://learn.microsoft.com/graph/api/user-revokesigninsessions>).

use super::application::{REVOKE_SESSIONS, SET_PASSWORD};
use super::bodies::Problem;
use super::faults::Place;
use super::{EntraService, State, policy};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use recupmail_domain::clock::Timestamp;
use recupmail_domain::secret::Confidential;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Update {
    password_profile: PasswordProfile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct PasswordProfile {
    force_change_password_next_sign_in: bool,
    password: Confidential<String>,
}

pub(super) async fn set_password(
    Shared(service): Shared<Arc<EntraService>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    service
        .perform((Place::Password, SET_PASSWORD), &id, &headers, |state| {
            if text(&headers, "content-type") != Some("application/json") {
                return Err(Problem::WRONG_TYPE);
            }
            let update: Update = serde_json::from_slice(&body).map_err(|_| Problem::WRONG_BODY)?;
            let profile = update.password_profile;
            if !policy::takes(profile.password.reveal()) {
                return Err(Problem::WEAK);
            }
            state.accounts.set_password(&id, profile.password, profile.force_change_password_next_sign_in);
            Ok(StatusCode::NO_CONTENT.into_response())
        })
        .await
}

pub(super) async fn revoke_sessions(
    Shared(service): Shared<Arc<EntraService>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    service
        .perform((Place::Revocation, REVOKE_SESSIONS), &id, &headers, |state| {
            if text(&headers, "content-length") != Some("0") || !body.is_empty() {
                return Err(Problem::WRONG_BODY);
            }
            state.accounts.revoke_sessions(&id);
            let context = "https://graph.microsoft.com/v1.0/$metadata#Edm.Boolean";
            Ok(Json(json!({"@odata.context": context, "value": true})).into_response())
        })
        .await
}

impl EntraService {
    /// Does what is asked for by who may, unless a fault is to come.
    async fn perform(
        &self,
        (at, permission): (Place, &str),
        id: &str,
        headers: &HeaderMap,
        act: impl FnOnce(&mut State) -> Result<Response, Problem>,
    ) -> Response {
        let now = self.clock.now();
        let fault = match self.with(|state| authorise(state, id, headers, permission, now)) {
            Ok(()) => self.with(|state| state.faults.next(at, id)),
            Err(problem) => return problem.answer(now),
        };
        if let Some(refused) = fault.and_then(|fault| fault.refuses(now)) {
            return refused;
        }
        let answer = self.with(act).unwrap_or_else(|problem| problem.answer(now));
        match fault {
            Some(fault) => fault.spoils(answer).await,
            None => answer,
        }
    }
}

/// Whether the token is good and allows this, and there is such an account; then the request counts.
fn authorise(
    state: &mut State,
    id: &str,
    headers: &HeaderMap,
    permission: &str,
    now: Timestamp,
) -> Result<(), Problem> {
    let token = text(headers, header::AUTHORIZATION.as_str()).and_then(|value| value.strip_prefix("Bearer "));
    let token = token.ok_or(Problem::NO_TOKEN)?;
    let permissions = state.issued.permissions(token, now).ok_or(Problem::BAD_TOKEN)?;
    if !permissions.iter().any(|granted| granted == permission) {
        return Err(Problem::FORBIDDEN);
    }
    if state.accounts.requested(id) { Ok(()) } else { Err(Problem::NOBODY) }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

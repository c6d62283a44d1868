//! `POST /{tenant}/oauth2/v2.0/token`
//! (<https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>).

use super::application::{Application, Proof, Standing};
use super::bodies::Denied;
use super::faults::Place;
use super::issued::LIFE;
use super::{EntraService, State};
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State as Shared};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use recupmail_domain::clock::Timestamp;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

type Parameters = BTreeMap<String, String>;

pub(super) async fn answer(
    Shared(service): Shared<Arc<EntraService>>,
    Path(tenant): Path<String>,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Response {
    let now = service.clock.now();
    let fault = service.with(|state| {
        state.issued.requests += 1;
        state.faults.next(Place::Token, "")
    });
    if let Some(refused) = fault.and_then(|fault| fault.refuses(now)) {
        return refused;
    }
    let endpoint = format!("{}/{tenant}/oauth2/v2.0/token", service.origin.get().map_or("", String::as_str));
    let granted = form.map_err(|_| Denied::WRONG_PARAMETERS).and_then(|Form(pairs)| {
        let parameters: Parameters = pairs.iter().cloned().collect();
        if parameters.len() != pairs.len() {
            return Err(Denied::WRONG_PARAMETERS);
        }
        service.with(|state| grant(state, &tenant, &endpoint, &parameters, now))
    });
    let answer = match granted {
        Ok(token) => {
            let life = LIFE.as_secs();
            let body = json!({"token_type": "Bearer", "expires_in": life, "ext_expires_in": life, "access_token": token});
            ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
        }
        Err(denied) => denied.answer(now),
    };
    match fault {
        Some(fault) => fault.spoils(answer).await,
        None => answer,
    }
}

fn grant(
    state: &mut State,
    tenant: &str,
    endpoint: &str,
    parameters: &Parameters,
    now: Timestamp,
) -> Result<String, Denied> {
    let application = &mut state.application;
    let given = |name: &str| parameters.get(name).map(String::as_str);
    if tenant != application.tenant {
        return Err(Denied::UNKNOWN_TENANT);
    }
    match given("grant_type") {
        Some("client_credentials") => {}
        Some(_) => return Err(Denied::WRONG_GRANT),
        None => return Err(Denied::WRONG_PARAMETERS),
    }
    if given("client_id") != Some(&application.client) {
        return Err(Denied::UNKNOWN_CLIENT);
    }
    if given("scope") != Some(application.scope) {
        return Err(Denied::WRONG_SCOPE);
    }
    prove(application, endpoint, parameters, now)?;
    Ok(state.issued.issue(application, now))
}

/// Checks the proof; there must be nothing else beside it.
fn prove(
    application: &mut Application,
    endpoint: &str,
    parameters: &Parameters,
    now: Timestamp,
) -> Result<(), Denied> {
    let given = |name: &str| parameters.get(name).map(String::as_str);
    let (secret, assertion) = (given("client_secret"), given("client_assertion"));
    match (&mut application.proof, secret, assertion) {
        (Proof::Secret(known), Some(secret), None) if parameters.len() == 4 => match application.standing {
            Standing::Good if secret == known.reveal() => Ok(()),
            Standing::Expired if secret == known.reveal() => Err(Denied::EXPIRED_SECRET),
            _ => Err(Denied::WRONG_SECRET),
        },
        (Proof::Certificate(known), None, Some(assertion)) if parameters.len() == 5 => {
            if given("client_assertion_type") != Some(ASSERTION_TYPE) {
                return Err(Denied::WRONG_PARAMETERS);
            }
            known.check(assertion, &application.client, endpoint, now)?;
            if application.standing == Standing::Good { Ok(()) } else { Err(Denied::WRONG_SIGNATURE) }
        }
        (Proof::Secret(_), None, Some(_)) => Err(Denied::WRONG_SIGNATURE),
        (Proof::Certificate(_), Some(_), None) => Err(Denied::WRONG_SECRET),
        (_, None, None) => Err(Denied::NO_PROOF),
        _ => Err(Denied::WRONG_PARAMETERS),
    }
}

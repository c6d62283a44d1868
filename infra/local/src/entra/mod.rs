//! Stands in for Microsoft Entra ID and Microsoft Graph, written from Microsoft's public reference: the token
//! endpoint for client credentials, `PATCH /users/{id}` with a password profile, and `revokeSignInSessions`.
//!
//! It is stricter than the services are: whatever we do not send on purpose is refused. People are those of the
//! institution's registry file; what it learns stays in memory, and nothing is logged.

mod accounts;
mod application;
mod assertion;
mod bodies;
mod controls;
mod faults;
mod graph;
mod issued;
mod policy;
mod setting;
#[cfg(test)]
mod tests;
mod token;

use accounts::Accounts;
use application::Application;
use axum::Router;
use axum::extract::State as Shared;
use axum::http::{HeaderValue, header};
use axum::middleware::map_response_with_state;
use axum::response::Response;
use axum::routing::{patch, post};
use faults::Faults;
use issued::Issued;
use recupmail_domain::clock::Clock;
pub(crate) use setting::{Setting, setting};
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::net::TcpListener;

/// Both services, with one tenant and one application.
pub(crate) struct EntraService {
    /// Where it is reached, as assertions name it.
    origin: OnceLock<String>,
    clock: Box<dyn Clock>,
    state: Mutex<State>,
}

/// What changes while it runs.
struct State {
    application: Application,
    issued: Issued,
    accounts: Accounts,
    faults: Faults,
}

impl EntraService {
    /// Serves on a free loopback port, and tells which.
    pub(crate) async fn start(
        setting: &Setting,
        registry: &Path,
        clock: Box<dyn Clock>,
    ) -> Result<(Arc<Self>, u16), Box<dyn std::error::Error + Send + Sync>> {
        let state = State {
            application: Application::registered(setting)?,
            issued: Issued::default(),
            accounts: Accounts::of(registry)?,
            faults: Faults::default(),
        };
        let service = Arc::new(Self { origin: OnceLock::new(), clock, state: Mutex::new(state) });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let serving = axum::serve(listener, service.clone().router());
        tokio::spawn(async move { serving.await });
        Ok((service, port))
    }

    fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/{tenant}/oauth2/v2.0/token", post(token::answer))
            .route("/v1.0/users/{id}", patch(graph::set_password))
            .route("/v1.0/users/{id}/revokeSignInSessions", post(graph::revoke_sessions))
            .layer(map_response_with_state(self.clone(), dated))
            .with_state(self)
    }

    /// Tells where it is reached.
    pub(crate) fn reached_at(&self, origin: String) {
        let _ = self.origin.set(origin);
    }

    /// Whether somebody signs in with this password.
    pub(crate) fn accepts(&self, id: &str, password: &str) -> bool {
        self.with(|state| state.accounts.accepts(id, password))
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Every answer tells the time by this service's clock (RFC 9110 section 6.6.1).
async fn dated(Shared(service): Shared<Arc<EntraService>>, mut answer: Response) -> Response {
    let now = jiff::Timestamp::from_second(service.clock.now().as_secs()).unwrap_or_default();
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::try_from(date) {
        answer.headers_mut().insert(header::DATE, date);
    }
    answer
}

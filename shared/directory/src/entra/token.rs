//! Access tokens of an application, by client credentials
//! (<https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>).

use super::assertion::Certificate;
use super::cloud::Places;
use super::http::{Reply, send};
use super::patience::{Again, Patience, Setback};
use rand::Rng;
use recupmail_config as config;
use recupmail_config::{Credential, machine_rng};
use recupmail_domain::clock::{Clock, Timestamp};
use recupmail_domain::ports::{ReadSecret, Unavailable};
use recupmail_domain::secret::Confidential;
use reqwest::Client;
use serde::Deserialize;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Which service, for the log.
const SERVICE: &str = "Microsoft Entra ID";
/// How long before its end a token is used no more: as long as Microsoft's own library does it (MSAL).
const EARLY: Duration = Duration::from_mins(5);
/// Of an assertion (RFC 7523 section 2.2).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Gets tokens, and keeps one for as long as it is good.
pub(super) struct Tokens<S> {
    /// Under which name the secret is kept.
    name: String,
    client: String,
    credential: Credential,
    endpoint: String,
    scope: String,
    secrets: S,
    clock: Arc<dyn Clock>,
    kept: Mutex<Option<(Bearer, Timestamp)>>,
}

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bearer(Confidential<String>);

/// A token, and whether it was had just now.
#[derive(Clone, Debug)]
pub(super) struct Granted {
    pub(super) bearer: Bearer,
    pub(super) new: bool,
}

#[derive(Deserialize)]
pub(super) struct Grant {
    access_token: Confidential<String>,
    expires_in: u64,
    token_type: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Denial {
    error_codes: Vec<u64>,
    error_description: String,
}

impl Bearer {
    pub(super) fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

impl<S: ReadSecret> Tokens<S> {
    pub(super) fn new(
        name: &str,
        file: &config::Entra,
        places: &Places,
        secrets: S,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            client: file.client.clone(),
            credential: file.credential,
            endpoint: format!("{}/{}/oauth2/v2.0/token", places.login, file.tenant),
            scope: places.scope.clone(),
            secrets,
            clock,
            kept: Mutex::default(),
        }
    }

    /// The token that is kept, or a new one. Who comes meanwhile waits for the same.
    pub(super) async fn get(&self, http: &Client, patience: &mut Patience) -> Result<Granted, Setback> {
        let mut kept = self.kept.lock().await;
        if let Some((bearer, until)) = &*kept
            && self.clock.now() < *until
        {
            return Ok(Granted { bearer: bearer.clone(), new: false });
        }
        let grant = loop {
            match self.ask(http, patience).await {
                (Ok(grant), _) => break grant,
                (Err(setback), _) => patience.bear(setback).await?,
            }
        };
        let bearer = Bearer(grant.access_token);
        let life = Duration::from_secs(grant.expires_in).saturating_sub(EARLY);
        *kept = Some((bearer.clone(), self.clock.now().plus(life)));
        Ok(Granted { bearer, new: true })
    }

    /// Keeps a token no longer.
    pub(super) async fn drop(&self, bearer: &Bearer) {
        let mut kept = self.kept.lock().await;
        if kept.as_ref().is_some_and(|(kept, _)| kept == bearer) {
            *kept = None;
        }
    }

    /// A new token, which is not kept, and the server's time as it wrote it.
    pub(super) async fn probe(
        &self,
        http: &Client,
        patience: &Patience,
    ) -> (Result<String, Unavailable>, Option<String>) {
        let (grant, date) = self.ask(http, patience).await;
        let token = grant.map(|grant| grant.access_token.reveal().clone());
        (token.map_err(|setback| setback.cause), date)
    }

    async fn ask(&self, http: &Client, patience: &Patience) -> (Result<Grant, Setback>, Option<String>) {
        let reply = async {
            let form = self.form().await.map_err(Setback::never)?;
            // Whatever became of it, no account was changed.
            let request = http.post(&self.endpoint).form(&form);
            send(SERVICE, request, patience).await.map_err(|lost| Setback { perhaps_done: false, ..lost })
        };
        match reply.await {
            Ok(reply) => (granted(&reply), reply.date),
            Err(setback) => (Err(setback), None),
        }
    }

    async fn form(&self) -> Result<Vec<(&'static str, String)>, Unavailable> {
        let secret = self.secrets.read_secret_anew(&self.name).await?;
        let mut form = vec![
            ("client_id", self.client.clone()),
            ("scope", self.scope.clone()),
            ("grant_type", "client_credentials".to_owned()),
        ];
        match self.credential {
            Credential::Secret => form.push(("client_secret", secret.reveal().clone())),
            Credential::Certificate => {
                let mut id = [0; 16];
                machine_rng().fill_bytes(&mut id);
                let assertion = Certificate::from_pem(secret.reveal())
                    .and_then(|own| own.assert(&self.client, &self.endpoint, self.clock.now(), id))
                    .map_err(|error| Unavailable::new("certificate", error))?;
                form.push(("client_assertion_type", ASSERTION_TYPE.to_owned()));
                form.push(("client_assertion", assertion));
            }
        }
        Ok(form)
    }
}

pub(super) fn granted(reply: &Reply) -> Result<Grant, Setback> {
    let failed = |cause: String, again| Setback {
        cause: Unavailable::new(SERVICE, cause),
        perhaps_done: false,
        again,
    };
    match reply.status {
        200 => reply
            .json::<Grant>()
            .filter(|grant| grant.token_type.eq_ignore_ascii_case("bearer"))
            .ok_or_else(|| failed("granted something that is no bearer token".to_owned(), Again::Never)),
        429 | 500.. => Err(failed(format!("the token endpoint answered {}", reply.status), reply.again())),
        status => {
            let why = reply.json::<Denial>().and_then(|denial| number_of(&denial)).unwrap_or_default();
            Err(failed(format!("granted no token: {status} {why}"), Again::Never))
        }
    }
}

/// Why, as Microsoft numbers it (<https://learn.microsoft.com/entra/identity-platform/reference-error-codes>). The
/// description quotes ids and is not kept.
fn number_of(denial: &Denial) -> Option<String> {
    let described = denial.error_description.strip_prefix("AADSTS").map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    });
    let number = denial.error_codes.first().copied().or_else(|| described.flatten())?;
    Some(format!("AADSTS{number}"))
}

impl<S> fmt::Debug for Tokens<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("name", &self.name).finish_non_exhaustive()
    }
}

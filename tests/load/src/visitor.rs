//! A visitor's session: requests with the cookie that a browser would keep, and answers held to what is expected.

use crate::settings::Settings;
use goose::prelude::*;
use serde_json::Value;

const COOKIE: &str = "__Host-recup";

/// One session.
pub(crate) struct Visitor<'a> {
    user: &'a mut GooseUser,
    settings: &'a Settings,
    token: Option<String>,
}

impl<'a> Visitor<'a> {
    /// Without a session.
    pub(crate) fn new(user: &'a mut GooseUser, settings: &'a Settings) -> Self {
        Self { user, settings, token: None }
    }

    /// Posts to a step; the status of the answer, 0 if none came. The figures are kept by who asked; an answer that is
    /// not among the expected is a failure.
    pub(crate) async fn post(
        &mut self,
        who: &str,
        step: &str,
        body: &Value,
        expected: &[u16],
    ) -> Result<u16, Box<TransactionError>> {
        let builder = self.user.get_request_builder(&GooseMethod::Post, &self.settings.path(step))?;
        let mut builder = builder
            .header("content-type", "application/json")
            .header("origin", &self.settings.origin)
            .header("sec-fetch-site", "same-origin")
            .body(body.to_string());
        if let Some(token) = &self.token {
            builder = builder.header("cookie", format!("{COOKIE}={token}"));
        }
        let name = format!("{who}: {step}");
        let request = GooseRequest::builder().set_request_builder(builder).name(name.as_str()).build();
        let mut answered = self.user.request(request).await?;
        let Ok(response) = answered.response else { return Ok(0) };
        let status = response.status().as_u16();
        let cookie = response.headers().get("set-cookie").and_then(|value| value.to_str().ok());
        if let Some(value) = cookie.and_then(|cookie| cookie.split([';', '=']).nth(1)) {
            self.token = Some(value.to_owned());
        }
        let body: Value = response.json().await.unwrap_or(Value::Null);
        if expected.contains(&status) {
            self.user.set_success(&mut answered.request)?;
        } else {
            let said = format!("{name}: {status} {}", body["code"].as_str().unwrap_or_default());
            // It always answers with an error, to end a journey by; whoever asked decides that.
            let _ = self.user.set_failure(&said, &mut answered.request, None, None);
        }
        Ok(status)
    }
}

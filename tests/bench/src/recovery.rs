//! One person's recovery, as events of function URLs.

use crate::cloud::{Cloud, ORIGIN};
use crate::instance::{Failed, Invocation};
use recupmail_tests::Invented;
use serde_json::{Value, json};

/// The steps in their order.
pub(crate) const STEPS: [&str; 5] =
    ["verify-identity", "send-code", "confirm-code", "set-password", "logout"];

/// Somebody in the middle of a recovery.
#[derive(Clone, Debug)]
pub(crate) struct Recovery {
    number: u32,
    token: Option<String>,
}

impl Recovery {
    /// That of the person with this number.
    pub(crate) const fn of(number: u32) -> Self {
        Self { number, token: None }
    }

    /// What the page sends at a step.
    pub(crate) fn event(&self, cloud: &Cloud, step: &str) -> Result<String, Failed> {
        let row = Invented(self.number).to_string();
        let columns: Vec<&str> = row.split(',').collect();
        let body = match step {
            "verify-identity" => json!({
                "scheme": "student",
                "fields": {"apogee": columns[9], "massar": columns[10], "birth_date": columns[11]},
                "terms_accepted": true,
                "terms_version": "2025-09-01",
                "locale": "fr",
            }),
            "send-code" => json!({"method": "m1"}),
            "confirm-code" => json!({"code": cloud.code(columns[7]).ok_or("no code was sent")?}),
            "set-password" => json!({"password": "Tagine-7-citrons"}),
            _ => json!({}),
        };
        Ok(self.request("POST", &body.to_string()).to_string())
    }

    fn request(&self, method: &str, body: &str) -> Value {
        let viewer = format!("198.51.{}.{}:50000", self.number / 250 % 250, self.number % 250);
        json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": "/",
            "rawQueryString": "",
            "cookies": self.token.iter().map(|token| format!("__Host-recup={token}")).collect::<Vec<_>>(),
            "headers": {
                "content-type": "application/json",
                "content-length": body.len().to_string(),
                "origin": ORIGIN,
                "sec-fetch-site": "same-origin",
                "accept-language": "fr",
                "cloudfront-viewer-address": viewer,
                "host": "bench.lambda-url.eu-west-3.on.aws",
                "user-agent": "Amazon CloudFront",
                "x-forwarded-proto": "https",
            },
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "bench",
                "domainName": "bench.lambda-url.eu-west-3.on.aws",
                "domainPrefix": "bench",
                "http": {"method": method, "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "Amazon CloudFront"},
                "requestId": "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
                "routeKey": "$default",
                "stage": "$default",
                "time": "22/Nov/2026:10:00:00 +0000",
                "timeEpoch": 1_795_341_600_000_u64,
            },
            "body": body,
            "isBase64Encoded": false,
        })
    }

    /// Takes what the function answered; it must have been a success. The bytes of its body.
    pub(crate) fn take(&mut self, step: &str, invocation: &Invocation) -> Result<usize, Failed> {
        let answer: Value = serde_json::from_str(&invocation.answer)?;
        if answer["statusCode"].as_u64().is_none_or(|status| status >= 300) {
            return Err(format!("{step}: {answer:#}").into());
        }
        // Leaving is measured with the session that the last step ends.
        for cookie in answer["cookies"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let token = cookie.split([';', '=']).nth(1).filter(|token| !token.is_empty());
            self.token = token.map(str::to_owned).or(self.token.take());
        }
        Ok(answer["body"].as_str().map_or(0, str::len))
    }
}

//! The functions' own URLs: only CloudFront may call them, so who does not sign is refused before the function.

use super::Findings;
use recupmail_config::Environment;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use std::time::Duration;

const WHAT: &str = "function URLs";
/// One for each step of a recovery.
const STEPS: usize = 5;
/// A function that has to start first answers well within this.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn check(environment: &Environment, findings: &mut Findings) {
    let urls = match environment.function_urls() {
        Ok(urls) => urls,
        Err(cause) => {
            let remedy = "set it to the five URLs, outputs of the template, with commas between";
            return findings.warn(WHAT, format!("{cause}: nobody looked who may call them"), remedy);
        }
    };
    if urls.len() != STEPS {
        let remedy = "name all of them, outputs of the template, with commas between";
        findings.warn(WHAT, format!("RECUPMAIL_FUNCTION_URLS names {}, of {STEPS}", urls.len()), remedy);
    }
    // Whoever is first to set it: there is no other.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().no_proxy().redirect(Policy::none()).timeout(PATIENCE).build();
    let client = match client {
        Ok(client) => client,
        Err(cause) => return findings.error(WHAT, cause.to_string(), "install the system's certificates"),
    };
    let mut refused = 0;
    for url in &urls {
        match without_signature(&client, url).await {
            Ok(Called::Refused) => refused += 1,
            Ok(Called::Answered(status)) => findings.error(
                WHAT,
                format!("{url} answers {status} to anybody: it can be called past CloudFront and its limits"),
                "deploy the template: AuthType AWS_IAM closes it; then see who changed it",
            ),
            Err(cause) => findings.error(
                WHAT,
                format!("{url} does not answer: {cause}"),
                "is it an output of this stack? look whether the network lets this machine out",
            ),
        }
    }
    if refused > 0 && refused == urls.len() {
        findings.ok(WHAT, format!("all {refused} refuse who does not sign"));
    }
}

/// What became of a request that nobody signed.
enum Called {
    /// It did not come to the function.
    Refused,
    /// It did.
    Answered(StatusCode),
}

async fn without_signature(client: &Client, url: &str) -> Result<Called, String> {
    let answer = client.get(url).send().await.map_err(|cause| {
        let cause = cause.without_url();
        std::iter::successors(std::error::Error::source(&cause), |cause| (*cause).source())
            .fold(cause.to_string(), |said, cause| format!("{said}: {cause}"))
    })?;
    // Functions refuse too, with a problem of their own.
    let problem = answer.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
    let refused = answer.status() == StatusCode::FORBIDDEN && !problem;
    Ok(if refused { Called::Refused } else { Called::Answered(answer.status()) })
}

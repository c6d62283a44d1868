//! The function that rotates the session root.

use lambda_runtime::{LambdaEvent, service_fn};
use recupmail_config::Environment;
use rotate_secret::{Call, rotate};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    tracing_subscriber::fmt().json().flatten_event(true).with_max_level(tracing::Level::INFO).init();
    let service = Environment::of_process().secrets_manager()?;
    let service = &service;
    let answer = move |LambdaEvent { payload: call, .. }: LambdaEvent<Call>| async move {
        let step = call.step;
        let outcome = rotate(service, call).await;
        match &outcome {
            Ok(()) => tracing::info!(target: "recupmail", event = "rotated", ?step),
            Err(error) => tracing::error!(target: "recupmail", event = "not-rotated", ?step, cause = %error),
        }
        outcome.map_err(lambda_runtime::Error::from)
    };
    lambda_runtime::run(service_fn(answer)).await
}

//! The function that rotates the session root.

use lambda_runtime::{LambdaEvent, service_fn};
use recupmail_config::Environment;
use rotate_secret::{Call, rotate};
use tracing::Level;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::of_process();
    let level = environment.log_level().parse().unwrap_or(Level::INFO);
    tracing_subscriber::fmt().json().flatten_event(true).with_max_level(level).init();
    let service = environment.secrets_manager()?;
    let service = &service;
    let answer = move |LambdaEvent { payload: call, context }: LambdaEvent<Call>| async move {
        let (step, request_id) = (call.step, context.request_id);
        let outcome = rotate(service, call).await;
        match &outcome {
            Ok(()) => tracing::info!(target: "recupmail", event = "rotated", request_id, ?step),
            Err(error) => {
                tracing::error!(target: "recupmail", event = "not-rotated", request_id, ?step, cause = %error);
            }
        }
        outcome.map_err(lambda_runtime::Error::from)
    };
    lambda_runtime::run(service_fn(answer)).await
}

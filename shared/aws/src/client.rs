//! SDK clients, built once, with limits on how long anything may take.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use recupmail_config::Store;
use std::time::Duration;

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(1);
/// Longest wait for one answer, and for all attempts at it together.
const ATTEMPT: Duration = Duration::from_millis(1500);
const OPERATION: Duration = Duration::from_secs(4);
/// A message may take longer, for its attempt is not repeated.
const MESSAGE: Duration = Duration::from_secs(8);

fn http_client(store: &Store) -> SharedHttpClient {
    let plain = store.endpoint.as_deref().is_some_and(|endpoint| endpoint.starts_with("http://"));
    let builder = aws_smithy_http_client::Builder::new();
    if plain {
        builder.build_http()
    } else {
        builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
    }
}

fn credentials(store: &Store) -> SharedCredentialsProvider {
    let (id, secret, token) = store.credentials.reveal().clone();
    SharedCredentialsProvider::new(Credentials::new(id, secret, token, None, "environment"))
}

/// What failed, for the log. A service's refusal may quote the request, so only its code is kept.
pub(crate) fn without_values<E, R>(error: SdkError<E, R>) -> Box<dyn std::error::Error + Send + Sync>
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match &error {
        SdkError::ServiceError(refusal) => refusal.err().code().unwrap_or("refused without a code").into(),
        _ => error.into(),
    }
}

fn timeouts(attempt: Duration, operation: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(attempt)
        .operation_timeout(operation)
        .build()
}

/// What a client of any service is made of, for one that only asks: with a retry.
pub fn sdk_config(store: &Store) -> SdkConfig {
    let mut config = SdkConfig::builder()
        .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
        .region(aws_sdk_dynamodb::config::Region::new(store.region.clone()))
        .credentials_provider(credentials(store))
        .http_client(http_client(store))
        .timeout_config(timeouts(MESSAGE, MESSAGE))
        .retry_config(RetryConfig::standard().with_max_attempts(2));
    config.set_endpoint_url(store.endpoint.clone());
    config.build()
}

/// DynamoDB, with a retry: every write it gets can be repeated.
pub fn dynamodb(store: &Store) -> aws_sdk_dynamodb::Client {
    let mut config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
        .region(aws_sdk_dynamodb::config::Region::new(store.region.clone()))
        .credentials_provider(credentials(store))
        .http_client(http_client(store))
        .timeout_config(timeouts(ATTEMPT, OPERATION))
        .retry_config(
            RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(50)),
        );
    config.set_endpoint_url(store.endpoint.clone());
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

/// Secrets Manager, with a retry.
pub(crate) fn secrets_manager(store: &Store) -> aws_sdk_secretsmanager::Client {
    let mut config = aws_sdk_secretsmanager::Config::builder()
        .behavior_version(aws_sdk_secretsmanager::config::BehaviorVersion::latest())
        .region(aws_sdk_secretsmanager::config::Region::new(store.region.clone()))
        .credentials_provider(credentials(store))
        .http_client(http_client(store))
        .timeout_config(timeouts(ATTEMPT, OPERATION))
        .retry_config(RetryConfig::standard().with_max_attempts(2));
    config.set_endpoint_url(store.endpoint.clone());
    aws_sdk_secretsmanager::Client::from_conf(config.build())
}

/// A service that carries messages: without retries, for a message whose answer was lost may have gone out.
macro_rules! message_service {
    ($(#[$doc:meta])* $visibility:vis fn $name:ident, $sdk:ident) => {
        $(#[$doc])*
        $visibility fn $name(store: &Store) -> $sdk::Client {
            let mut config = $sdk::Config::builder()
                .behavior_version($sdk::config::BehaviorVersion::latest())
                .region($sdk::config::Region::new(store.region.clone()))
                .credentials_provider(credentials(store))
                .http_client(http_client(store))
                .timeout_config(timeouts(MESSAGE, MESSAGE))
                .retry_config(RetryConfig::disabled());
            config.set_endpoint_url(store.endpoint.clone());
            $sdk::Client::from_conf(config.build())
        }
    };
}

message_service! {
    /// SES.
    pub fn ses, aws_sdk_ses
}
message_service! {
    /// SNS.
    pub(crate) fn sns, aws_sdk_sns
}
message_service! {
    /// Voice messages of AWS End User Messaging.
    pub(crate) fn voice, aws_sdk_pinpointsmsvoicev2
}

//! SDK clients, built once, with limits on how long anything may take.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use recupmail_config::{Store, Trust};
use std::sync::OnceLock;
use std::time::Duration;

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(1);
/// Longest wait for one answer, and for all attempts at it together.
const ATTEMPT: Duration = Duration::from_millis(1500);
const OPERATION: Duration = Duration::from_secs(4);
/// A message may take longer, for its attempt is not repeated.
const MESSAGE: Duration = Duration::from_secs(8);

/// Amazon Trust Services' roots, which vouch for all services of AWS.
const AMAZON: &[u8] = include_bytes!("amazon-trust-services.pem");

/// One for all services of a process, so that its certificates are read once.
fn http_client(store: &Store) -> SharedHttpClient {
    static ENCRYPTED: OnceLock<SharedHttpClient> = OnceLock::new();
    if store.endpoint.as_deref().is_some_and(|endpoint| endpoint.starts_with("http://")) {
        return aws_smithy_http_client::Builder::new().build_http();
    }
    ENCRYPTED.get_or_init(|| encrypted(&store.trust)).clone()
}

fn encrypted(trust: &Trust) -> SharedHttpClient {
    let roots = match trust {
        Trust::Amazon => TrustStore::empty().with_pem_certificate(AMAZON),
        Trust::These(bundle) => TrustStore::empty().with_pem_certificate(bundle.clone()),
        Trust::Machine => TrustStore::default(),
    };
    let builder = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    match TlsContext::builder().with_trust_store(roots).build() {
        Ok(context) => builder.tls_context(context).build_https(),
        Err(_) => builder.build_https(),
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

/// Answers are small, and each attempt has its time: a stream that stalls needs no watch of its own.
fn unwatched() -> StalledStreamProtectionConfig {
    StalledStreamProtectionConfig::disabled()
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
        .stalled_stream_protection(unwatched())
        .retry_config(
            RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(50)),
        );
    config.set_endpoint_url(store.endpoint.clone());
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

/// Opens a connection for the requests to come. DynamoDB says to whoever asks by GET that it is healthy: nothing is
/// charged for it, and no role needs a right. It is asked through an operation that every function has anyway.
pub(crate) async fn connect_to_dynamodb(store: &Store) {
    let healthy =
        dynamodb(store).update_item().table_name("none").customize().mutate_request(ask_for_nothing);
    let once = aws_sdk_dynamodb::Config::builder().retry_config(RetryConfig::disabled());
    // Whatever it answers, it is reached; and if it is not, the first request will say so.
    let _ = healthy.config_override(once).send().await;
}

/// Opens a connection to SES, by a GET that names no action.
pub(crate) async fn connect_to_ses(client: &aws_sdk_ses::Client) {
    // As with DynamoDB.
    let _ = client.send_email().customize().mutate_request(ask_for_nothing).send().await;
}

/// Leaves of a request its place alone.
fn ask_for_nothing(request: &mut HttpRequest) {
    let _ = request.set_method("GET");
    for of_operation in ["x-amz-target", "content-type", "content-length"] {
        request.headers_mut().remove(of_operation);
    }
    *request.body_mut() = SdkBody::empty();
}

/// Secrets Manager, with a retry.
pub(crate) fn secrets_manager(store: &Store) -> aws_sdk_secretsmanager::Client {
    let mut config = aws_sdk_secretsmanager::Config::builder()
        .behavior_version(aws_sdk_secretsmanager::config::BehaviorVersion::latest())
        .region(aws_sdk_secretsmanager::config::Region::new(store.region.clone()))
        .credentials_provider(credentials(store))
        .http_client(http_client(store))
        .timeout_config(timeouts(ATTEMPT, OPERATION))
        .stalled_stream_protection(unwatched())
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
                .stalled_stream_protection(unwatched())
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

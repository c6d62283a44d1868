//! The logout function.

use recupmail_aws::with_roots;
use recupmail_config::Environment;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let environment = with_roots(Environment::of_process()).await?;
    recupmail_http::run::<logout::Logout>(&environment).await
}

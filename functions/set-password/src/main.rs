//! The set-password function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    recupmail_http::run::<set_password::SetPassword>().await
}

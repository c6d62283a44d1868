//! The send-code function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    recupmail_http::run::<send_code::SendCode>().await
}

//! The confirm-code function.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    recupmail_http::run::<confirm_code::ConfirmCode>().await
}

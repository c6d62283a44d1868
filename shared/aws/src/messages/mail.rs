//! Mails, through SES.

use super::failure;
use crate::client;
use aws_sdk_ses::types::{Body, Content, Destination, Message};
use recupmail_config::Store;
use recupmail_domain::ports::{DeliveryFailure, Unavailable};
use recupmail_texts::Mail;

const SERVICE: &str = "SES";

/// Sends mails.
#[derive(Clone, Debug)]
pub(super) struct Mails {
    ses: aws_sdk_ses::Client,
    /// The sender, `Name <address>`.
    from: String,
}

impl Mails {
    /// Mails from this sender.
    pub(super) fn through(service: &Store, from: &str) -> Self {
        Self { ses: client::ses(service), from: from.to_owned() }
    }

    /// Opens a connection, so that the first mail need not wait for it.
    pub(super) async fn connect(&self) {
        client::connect_to_ses(&self.ses).await;
    }

    pub(super) async fn send(&self, to: &str, mail: Mail) -> Result<(), DeliveryFailure> {
        let body = Body::builder().text(content(mail.text)?).html(content(mail.html)?).build();
        let message = Message::builder().subject(content(mail.subject)?).body(body).build();
        self.ses
            .send_email()
            .source(&self.from)
            .destination(Destination::builder().to_addresses(to).build())
            .message(message)
            .send()
            .await
            .map_err(|error| failure(SERVICE, error))?;
        Ok(())
    }
}

fn content(text: String) -> Result<Content, DeliveryFailure> {
    let built = Content::builder().data(text).charset("UTF-8").build();
    built.map_err(|cause| DeliveryFailure::Definite(Unavailable::new(SERVICE, cause)))
}

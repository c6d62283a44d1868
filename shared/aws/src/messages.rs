//! Mails through SES, text messages through SNS.

use crate::client;
use aws_sdk_ses::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ses::types::{Body, Content, Destination, Message};
use aws_sdk_sns::types::MessageAttributeValue;
use jiff::tz::TimeZone;
use recupmail_config::{Delivery, Institution};
use recupmail_domain::contact::Contact;
use recupmail_domain::ports::{
    ChangeNotice, CodeMessage, DeliveryFailure, NotifyPerson, SendMessage, Unavailable,
};
use recupmail_texts::{ChangeText, CodeText, Mail, Texts, TextsError, day_and_time, time_of_day};
use std::error::Error;
use std::sync::Arc;

/// What every message of an institution says of it.
#[derive(Clone, Debug)]
struct Letterhead {
    /// Sender of mails, `Name <address>`.
    from: String,
    short_name: String,
    /// In the default locale.
    full_name: String,
    /// Whom to write to.
    office: String,
    /// The host of the site.
    host: String,
    /// Of the times in messages.
    time_zone: TimeZone,
}

impl Letterhead {
    fn of(institution: &Institution, host: &str) -> Self {
        let default = institution.locales.first();
        Self {
            from: institution.mail.from.clone(),
            short_name: institution.short_name.clone(),
            full_name: default.and_then(|locale| institution.names.get(locale)).cloned().unwrap_or_default(),
            office: institution.office.email.clone(),
            host: host.to_owned(),
            time_zone: TimeZone::get(&institution.time_zone).unwrap_or(TimeZone::UTC),
        }
    }
}

/// Sends mails and text messages.
#[derive(Clone, Debug)]
pub struct Messages {
    ses: aws_sdk_ses::Client,
    sns: aws_sdk_sns::Client,
    letterhead: Letterhead,
    texts: Arc<Texts>,
}

impl Messages {
    /// Messages of an institution, through these services.
    pub fn of(institution: &Institution, texts: Arc<Texts>, delivery: &Delivery) -> Self {
        Self {
            ses: client::ses(&delivery.ses),
            sns: client::sns(&delivery.sns),
            letterhead: Letterhead::of(institution, &delivery.host),
            texts,
        }
    }

    async fn mail(&self, to: &str, mail: Mail) -> Result<(), DeliveryFailure> {
        let body = Body::builder().text(content(mail.text)?).html(content(mail.html)?).build();
        let message = Message::builder().subject(content(mail.subject)?).body(body).build();
        self.ses
            .send_email()
            .source(&self.letterhead.from)
            .destination(Destination::builder().to_addresses(to).build())
            .message(message)
            .send()
            .await
            .map_err(|error| failure("SES", error))?;
        Ok(())
    }

    async fn sms(&self, to: &str, text: String) -> Result<(), DeliveryFailure> {
        let transactional = MessageAttributeValue::builder()
            .data_type("String")
            .string_value("Transactional")
            .build()
            .map_err(|cause| DeliveryFailure::Definite(Unavailable::new("SNS", cause)))?;
        self.sns
            .publish()
            .phone_number(to)
            .message(text)
            .message_attributes("AWS.SNS.SMS.SMSType", transactional)
            .send()
            .await
            .map_err(|error| failure("SNS", error))?;
        Ok(())
    }
}

fn content(text: String) -> Result<Content, DeliveryFailure> {
    let built = Content::builder().data(text).charset("UTF-8").build();
    built.map_err(|cause| DeliveryFailure::Definite(Unavailable::new("SES", cause)))
}

fn unwritten(cause: TextsError) -> DeliveryFailure {
    DeliveryFailure::Definite(Unavailable::new("texts", cause))
}

/// Whether a message certainly did not go out: it was refused for what it is, or the service was never
/// reached. A service that failed on its side may have sent it.
fn failure<E>(service: &'static str, error: SdkError<E>) -> DeliveryFailure
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let definite = match &error {
        SdkError::ConstructionFailure(_) => true,
        SdkError::ServiceError(refusal) => refusal.raw().status().is_client_error(),
        SdkError::DispatchFailure(_) => never_connected(&error),
        _ => false,
    };
    let cause = Unavailable::new(service, client::without_values(error));
    if definite { DeliveryFailure::Definite(cause) } else { DeliveryFailure::Unknown(cause) }
}

fn never_connected(error: &(dyn Error + 'static)) -> bool {
    use std::io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable, NotFound};
    std::iter::successors(Some(error), |error| (*error).source())
        .filter_map(|error| error.downcast_ref::<std::io::Error>())
        .any(|error| {
            matches!(error.kind(), ConnectionRefused | HostUnreachable | NetworkUnreachable | NotFound)
        })
}

impl SendMessage for Messages {
    async fn send_code(&self, message: CodeMessage<'_>) -> Result<(), DeliveryFailure> {
        let began = time_of_day(message.began, &self.letterhead.time_zone);
        let text = CodeText {
            institution: &self.letterhead.short_name,
            institution_name: &self.letterhead.full_name,
            display_name: &message.profile.display_name,
            code: message.code.reveal(),
            minutes: message.minutes,
            began: &began,
            host: &self.letterhead.host,
            office: &self.letterhead.office,
        };
        match message.to {
            Contact::Email(address) => {
                self.mail(address, self.texts.code_mail(message.locale, &text).map_err(unwritten)?).await
            }
            Contact::Phone(number) => {
                self.sms(number, self.texts.code_sms(message.locale, &text).map_err(unwritten)?).await
            }
        }
    }
}

impl NotifyPerson for Messages {
    async fn notify(&self, notice: ChangeNotice<'_>) -> Result<(), DeliveryFailure> {
        let when = day_and_time(notice.at, &self.letterhead.time_zone);
        let text = ChangeText {
            institution: &self.letterhead.short_name,
            institution_name: &self.letterhead.full_name,
            when: &when,
            office: &self.letterhead.office,
        };
        match notice.to {
            Contact::Email(address) => {
                self.mail(address, self.texts.change_mail(notice.locale, &text).map_err(unwritten)?).await
            }
            Contact::Phone(number) => {
                self.sms(number, self.texts.change_sms(notice.locale, &text).map_err(unwritten)?).await
            }
        }
    }
}

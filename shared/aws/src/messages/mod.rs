//! What is sent to people: mails through SES, text messages through SNS, calls through AWS End User Messaging.
//!
//! Codes and notices are types of their own, so that a function links only what it sends, and a service's
//! client is built only where the institution offers its method.

mod mail;
mod sms;
mod voice;

use crate::client;
use aws_sdk_ses::error::{ProvideErrorMetadata, SdkError};
use jiff::tz::TimeZone;
use mail::Mails;
use recupmail_config::{Delivery, Environment, EnvironmentError, Institution, Localized, MethodName};
use recupmail_domain::contact::Contact;
use recupmail_domain::ports::{
    ChangeNotice, CodeMessage, DeliveryFailure, NotifyPerson, SendMessage, Unavailable,
};
use recupmail_domain::rules::MethodKind;
use recupmail_texts::{ChangeText, CodeText, Texts, TextsError};
use sms::TextMessages;
use std::error::Error;
use std::sync::Arc;
use voice::Calls;

/// What every message of an institution says of it.
#[derive(Clone, Debug)]
struct Letterhead {
    short_name: String,
    /// By language.
    full_names: Localized,
    /// `#rrggbb`.
    colour: String,
    default_locale: String,
    /// Whom to write to.
    office: String,
    /// The host of the site.
    host: String,
    /// Of the times in messages.
    time_zone: TimeZone,
}

impl Letterhead {
    fn of(institution: &Institution, host: &str) -> Self {
        Self {
            short_name: institution.short_name.clone(),
            full_names: institution.names.clone(),
            colour: institution.branding.primary.clone(),
            default_locale: institution.locales.first().cloned().unwrap_or_default(),
            office: institution.office.email.clone(),
            host: host.to_owned(),
            time_zone: TimeZone::get(&institution.time_zone).unwrap_or(TimeZone::UTC),
        }
    }

    /// The full name in a message's language, else in the default one.
    fn full_name(&self, locale: &str) -> &str {
        let name = self.full_names.get(locale).or_else(|| self.full_names.get(&self.default_locale));
        name.map(String::as_str).unwrap_or_default()
    }
}

fn offers(institution: &Institution, method: MethodName) -> bool {
    institution.methods.offered.contains(&method)
}

/// Text messages, where they are offered.
fn text_messages(institution: &Institution, delivery: &Delivery) -> Option<TextMessages> {
    offers(institution, MethodName::Sms).then(|| TextMessages::through(&delivery.sns))
}

/// Sends codes.
#[derive(Clone, Debug)]
pub struct CodeMessages {
    mails: Mails,
    text_messages: Option<TextMessages>,
    calls: Option<Calls>,
    letterhead: Letterhead,
    texts: Arc<Texts>,
}

impl CodeMessages {
    /// Codes of an institution, through the services that the environment names.
    pub fn of(
        institution: &Institution,
        texts: Arc<Texts>,
        environment: &Environment,
    ) -> Result<Self, EnvironmentError> {
        let delivery = environment.delivery()?;
        let telephony =
            offers(institution, MethodName::Voice).then(|| environment.telephony()).transpose()?;
        Ok(Self {
            mails: Mails::through(&delivery.ses, &institution.mail.from),
            text_messages: text_messages(institution, &delivery),
            calls: telephony.map(Calls::through),
            letterhead: Letterhead::of(institution, &delivery.host),
            texts,
        })
    }
}

impl CodeMessages {
    /// Opens a connection for mails, which most codes go by.
    pub async fn connect(&self) {
        self.mails.connect().await;
    }
}

impl SendMessage for CodeMessages {
    async fn send_code(&self, message: CodeMessage<'_>) -> Result<(), DeliveryFailure> {
        let (to, locale) = (message.to.as_str(), message.locale);
        let began = self.texts.time_of_day(locale, message.began, &self.letterhead.time_zone);
        let began = began.map_err(unwritten)?;
        let text = CodeText {
            institution: &self.letterhead.short_name,
            institution_name: self.letterhead.full_name(locale),
            colour: &self.letterhead.colour,
            display_name: &message.profile.display_name,
            code: message.code.reveal(),
            minutes: message.minutes,
            began: &began,
            host: &self.letterhead.host,
            office: &self.letterhead.office,
        };
        match (message.by, &self.text_messages, &self.calls) {
            (MethodKind::Email, ..) => {
                self.mails.send(to, self.texts.code_mail(locale, &text).map_err(unwritten)?).await
            }
            (MethodKind::Sms, Some(sms), _) => {
                sms.send(to, self.texts.code_sms(locale, &text).map_err(unwritten)?).await
            }
            (MethodKind::Voice, _, Some(calls)) => {
                let call = self.texts.code_call(locale, &text).map_err(unwritten)?;
                calls.place(to, call, message.minutes).await
            }
            (MethodKind::Sms | MethodKind::Voice | MethodKind::Letter | MethodKind::Desk, ..) => {
                let cause = format!("nothing is sent by {} here", message.by.name());
                Err(DeliveryFailure::Definite(Unavailable::new("messages", cause)))
            }
        }
    }
}

/// Tells people of changes: by mail, and by SMS where that is offered. Never by a call, which whoever picks
/// up would hear.
#[derive(Clone, Debug)]
pub struct Notices {
    mails: Mails,
    text_messages: Option<TextMessages>,
    letterhead: Letterhead,
    texts: Arc<Texts>,
}

impl Notices {
    /// Notices of an institution, through the services that the environment names.
    pub fn of(
        institution: &Institution,
        texts: Arc<Texts>,
        environment: &Environment,
    ) -> Result<Self, EnvironmentError> {
        let delivery = environment.delivery()?;
        Ok(Self {
            mails: Mails::through(&delivery.ses, &institution.mail.from),
            text_messages: text_messages(institution, &delivery),
            letterhead: Letterhead::of(institution, &delivery.host),
            texts,
        })
    }
}

impl Notices {
    /// Opens a connection for mails, which everybody is told by.
    pub async fn connect(&self) {
        self.mails.connect().await;
    }
}

impl NotifyPerson for Notices {
    async fn notify(&self, notice: ChangeNotice<'_>) -> Result<(), DeliveryFailure> {
        let locale = notice.locale;
        let when = self.texts.day_and_time(locale, notice.at, &self.letterhead.time_zone);
        let when = when.map_err(unwritten)?;
        let text = ChangeText {
            institution: &self.letterhead.short_name,
            institution_name: self.letterhead.full_name(locale),
            colour: &self.letterhead.colour,
            when: &when,
            office: &self.letterhead.office,
        };
        match (notice.to, &self.text_messages) {
            (Contact::Email(address), _) => {
                let mail = self.texts.change_mail(locale, &text).map_err(unwritten)?;
                self.mails.send(address, mail).await
            }
            (Contact::Phone(number), Some(sms)) => {
                sms.send(number, self.texts.change_sms(locale, &text).map_err(unwritten)?).await
            }
            (Contact::Phone(_), None) => Ok(()),
        }
    }
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

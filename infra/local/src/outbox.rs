//! What was sent, newest first: mails and text messages as the catcher has them, and calls.
//!
//! The catcher keeps no time for text messages, so they are looked at often and dated when first seen.

use crate::voice::VoiceService;
use reqwest::Client;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// How often the catcher is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// A caught message.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Caught {
    channel: &'static str,
    to: String,
    subject: String,
    text: String,
    sent_at: String,
    #[serde(skip)]
    at_millis: i64,
}

impl Caught {
    fn at(at_millis: i64, channel: &'static str, to: String, subject: String, text: String) -> Self {
        let sent_at = jiff::Timestamp::from_millisecond(at_millis);
        let sent_at = sent_at.map(|at| at.to_string()).unwrap_or_default();
        Self { channel, to, subject, text, sent_at, at_millis }
    }

    /// A message that was caught just now.
    pub(crate) fn now(channel: &'static str, to: String, subject: String, text: String) -> Self {
        Self::at(now_millis(), channel, to, subject, text)
    }
}

#[derive(Deserialize)]
struct Mails {
    messages: HashMap<String, Vec<Mail>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Mail {
    to: Vec<String>,
    subject: String,
    body_text: String,
    timestamp: f64,
}

#[derive(Deserialize)]
struct TextMessages {
    sms_messages: HashMap<String, Vec<TextMessage>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TextMessage {
    message_id: String,
    phone_number: String,
    message: String,
}

/// All messages.
#[derive(Debug)]
pub(crate) struct Outbox {
    catcher: String,
    voice: Arc<VoiceService>,
    client: Client,
    first_seen: Mutex<HashMap<String, i64>>,
}

impl Outbox {
    /// The outbox of a catcher at this address and of a voice service.
    pub(crate) fn of(catcher: String, voice: Arc<VoiceService>, client: Client) -> Self {
        Self { catcher, voice, client, first_seen: Mutex::default() }
    }

    /// Whether the catcher answers.
    pub(crate) async fn answers(&self) -> bool {
        self.mails().await.is_ok()
    }

    /// Looks at the text messages for ever, so that each gets its time.
    pub(crate) async fn watch(&self) {
        loop {
            let _ = self.text_messages().await;
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The messages to a contact, or all of them, newest first.
    pub(crate) async fn messages(&self, to: Option<&str>) -> reqwest::Result<Vec<Caught>> {
        let mut messages = self.mails().await?;
        messages.extend(self.text_messages().await?);
        messages.extend(self.voice.calls());
        messages.retain(|message| to.is_none_or(|to| message.to == to));
        messages.reverse();
        messages.sort_by_key(|message| -message.at_millis);
        Ok(messages)
    }

    async fn mails(&self) -> reqwest::Result<Vec<Caught>> {
        let url = format!("{}/_ministack/ses/messages", self.catcher);
        let mails: Mails = self.client.get(url).send().await?.error_for_status()?.json().await?;
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds of this century")]
        let caught = mails.messages.into_values().flatten().map(|mail| {
            let at_millis = (mail.timestamp * 1000.0) as i64;
            Caught::at(at_millis, "email", mail.to.join(", "), mail.subject, mail.body_text)
        });
        Ok(caught.collect())
    }

    async fn text_messages(&self) -> reqwest::Result<Vec<Caught>> {
        let url = format!("{}/_ministack/sns/sms-messages", self.catcher);
        let messages: TextMessages = self.client.get(url).send().await?.error_for_status()?.json().await?;
        let now = now_millis();
        let Ok(mut first_seen) = self.first_seen.lock() else { return Ok(Vec::new()) };
        let caught = messages.sms_messages.into_values().flatten().map(|message| {
            let at_millis = *first_seen.entry(message.message_id).or_insert(now);
            Caught::at(at_millis, "sms", message.phone_number, String::new(), message.message)
        });
        Ok(caught.collect())
    }
}

#[expect(clippy::disallowed_methods, reason = "a tool on one's own machine may look at its clock")]
fn now_millis() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

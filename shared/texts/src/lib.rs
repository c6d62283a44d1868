//! Texts of problems, mails, SMS and calls, in every locale the institution speaks.
//!
//! A locale is one file, `locales/<locale>.toml`. All of them are compiled in and checked by tests; a missing
//! key or variable is an error, never an empty text. Mails and calls have layouts that all locales share: a
//! locale's words take the places `[in brackets]`, and what comes of it is a template.

mod locale;
mod values;

pub use locale::ProblemText;
pub use values::{ChangeText, CodeText};

use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use locale::{Locale, MailWords};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use recupmail_domain::clock::Timestamp;
use recupmail_domain::ports::DirectoryRule;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use values::{Around, Values};

/// The locales that are compiled in, as the build script wrote their files.
const LOCALES: [(&str, &str); 3] = [
    ("fr", include_str!(concat!(env!("OUT_DIR"), "/fr.json"))),
    ("ar", include_str!(concat!(env!("OUT_DIR"), "/ar.json"))),
    ("en", include_str!(concat!(env!("OUT_DIR"), "/en.json"))),
];

const MAIL_HTML: &str = include_str!("../layouts/mail.html");
const MAIL_TEXT: &str = include_str!("../layouts/mail.txt");
const CALL: &str = include_str!("../layouts/call.ssml");

/// A mail, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Subject line.
    pub subject: String,
    /// Plain text part.
    pub text: String,
    /// HTML part.
    pub html: String,
}

/// A call, ready to be placed.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// The voice that speaks this language, by its name at Amazon Polly.
    pub voice: String,
    /// What it says, in speech synthesis markup (W3C SSML 1.1).
    pub ssml: String,
}

/// All texts.
#[derive(Debug)]
pub struct Texts {
    locales: BTreeMap<&'static str, Locale>,
    default_locale: &'static str,
    /// Those of messages: only functions that send some make them.
    templates: OnceLock<Environment<'static>>,
}

/// A text is missing or malformed.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// The institution speaks a locale that has no file.
    #[error("no texts for locale {0}")]
    UnknownLocale(String),
    /// The institution speaks no locale.
    #[error("no locale")]
    NoLocale,
    /// A locale file is malformed.
    #[error("texts of locale {0}: {1}")]
    Malformed(&'static str, serde_json::Error),
    /// A template is malformed, or a variable is missing.
    #[error("a text's template: {0}")]
    Template(#[from] minijinja::Error),
    /// A time cannot be written as a locale writes it.
    #[error("a text's time: {0}")]
    Time(#[from] jiff::Error),
}

impl Texts {
    /// Reads the texts of these locales; the first is the default.
    pub fn load(locales: &[String]) -> Result<Self, TextsError> {
        let compiled_in = |asked: &String| {
            let found = LOCALES.into_iter().find(|(name, _)| name == asked);
            found.ok_or_else(|| TextsError::UnknownLocale(asked.clone()))
        };
        let spoken = locales.iter().map(compiled_in).collect::<Result<Vec<_>, _>>()?;
        let (default_locale, _) = *spoken.first().ok_or(TextsError::NoLocale)?;
        let read = |(name, file)| {
            let locale = serde_json::from_str(file).map_err(|cause| TextsError::Malformed(name, cause))?;
            Ok((name, locale))
        };
        let locales = spoken.into_iter().map(read).collect::<Result<_, TextsError>>()?;
        Ok(Self { locales, default_locale, templates: OnceLock::new() })
    }

    /// Makes the templates of messages, which the first message would have to wait for.
    pub fn prepare_messages(&self) -> Result<(), TextsError> {
        self.templates().map(drop)
    }

    fn templates(&self) -> Result<&Environment<'static>, TextsError> {
        if let Some(made) = self.templates.get() {
            return Ok(made);
        }
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_auto_escape_callback(|name| {
            // What HTML escapes is what XML does, by numbers that both read.
            let markup = matches!(name.rsplit('.').next(), Some("html" | "ssml"));
            if markup { AutoEscape::Html } else { AutoEscape::None }
        });
        for (name, locale) in &self.locales {
            for (template, source) in sources(name, locale) {
                templates.add_template_owned(format!("{name}.{template}"), source)?;
            }
        }
        Ok(self.templates.get_or_init(|| templates))
    }

    /// The locale of this name, or the default one.
    fn locale(&self, asked: Option<&str>) -> Option<(&'static str, &Locale)> {
        let asked = asked.and_then(|asked| self.locales.get_key_value(asked));
        let found = asked.or_else(|| self.locales.get_key_value(self.default_locale));
        found.map(|(name, locale)| (*name, locale))
    }

    /// The same, for who must have one.
    fn spoken(&self, asked: &str) -> Result<(&'static str, &Locale), TextsError> {
        self.locale(Some(asked)).ok_or(TextsError::NoLocale)
    }

    /// What a problem is called in a locale, or in the default one.
    pub fn problem(&self, locale: Option<&str>, code: &str) -> Option<&ProblemText> {
        self.locale(locale)?.1.problems.get(code)
    }

    /// What to do about a password that a directory refuses by a rule of its own.
    pub fn refusal(&self, locale: Option<&str>, rule: DirectoryRule) -> Option<&str> {
        Some(self.locale(locale)?.1.refusals.of(rule))
    }

    /// The SMS that carries a code. Its last line is what WebOTP reads.
    pub fn code_sms(&self, locale: &str, text: &CodeText<'_>) -> Result<String, TextsError> {
        self.render(locale, "sms.code.txt", &text.values(), Around::Bare)
    }

    /// The call that carries a code, spelled out twice.
    pub fn code_call(&self, locale: &str, text: &CodeText<'_>) -> Result<Call, TextsError> {
        let voice = self.spoken(locale)?.1.voice.name.clone();
        Ok(Call { voice, ssml: self.render(locale, "voice.code.ssml", &text.values(), Around::Bare)? })
    }

    /// The mail that carries a code.
    pub fn code_mail(&self, locale: &str, text: &CodeText<'_>) -> Result<Mail, TextsError> {
        self.mail(locale, "mail.code", &text.values())
    }

    /// The SMS that tells of a change.
    pub fn change_sms(&self, locale: &str, text: &ChangeText<'_>) -> Result<String, TextsError> {
        self.render(locale, "sms.changed.txt", &text.values(), Around::Bare)
    }

    /// The mail that tells of a change.
    pub fn change_mail(&self, locale: &str, text: &ChangeText<'_>) -> Result<Mail, TextsError> {
        self.mail(locale, "mail.changed", &text.values())
    }

    /// The time of day there, as the locale writes it.
    pub fn time_of_day(&self, locale: &str, at: Timestamp, zone: &TimeZone) -> Result<String, TextsError> {
        formatted(at, zone, &self.spoken(locale)?.1.times.of_day)
    }

    /// Day and time there, as the locale writes them.
    pub fn day_and_time(&self, locale: &str, at: Timestamp, zone: &TimeZone) -> Result<String, TextsError> {
        formatted(at, zone, &self.spoken(locale)?.1.times.day_and_time)
    }

    fn mail(&self, locale: &str, name: &str, values: &Values<'_>) -> Result<Mail, TextsError> {
        let text = Around::Text(self.spoken(locale)?.1.direction);
        Ok(Mail {
            subject: self.render(locale, &format!("{name}.subject"), values, Around::Bare)?,
            text: self.render(locale, &format!("{name}.txt"), values, text)?,
            html: self.render(locale, &format!("{name}.html"), values, Around::Html)?,
        })
    }

    fn render(
        &self,
        locale: &str,
        template: &str,
        values: &Values<'_>,
        around: Around,
    ) -> Result<String, TextsError> {
        let (locale, _) = self.spoken(locale)?;
        let template = self.templates()?.get_template(&format!("{locale}.{template}"))?;
        let values: BTreeMap<_, _> = values.iter().map(|(name, part)| (*name, part.within(around))).collect();
        Ok(template.render(Value::from(values))?.trim().to_owned())
    }
}

/// The templates of a locale's messages.
fn sources(name: &str, locale: &Locale) -> [(&'static str, String); 9] {
    let laid_out = |layout: &str, mail: &MailWords| {
        let around = [("language", name), ("direction", locale.direction.name())];
        filled(layout, around.into_iter().chain(mail.words()))
    };
    let (code, changed) = (&locale.mail.code, &locale.mail.changed);
    [
        ("sms.code.txt", locale.sms.code.clone()),
        ("sms.changed.txt", locale.sms.changed.clone()),
        ("voice.code.ssml", filled(CALL, locale.voice.words())),
        ("mail.code.subject", code.subject.clone()),
        ("mail.code.txt", laid_out(MAIL_TEXT, code)),
        ("mail.code.html", laid_out(MAIL_HTML, code)),
        ("mail.changed.subject", changed.subject.clone()),
        ("mail.changed.txt", laid_out(MAIL_TEXT, changed)),
        ("mail.changed.html", laid_out(MAIL_HTML, changed)),
    ]
}

/// A layout with words in their places.
fn filled<'a>(layout: &str, words: impl IntoIterator<Item = (&'static str, &'a str)>) -> String {
    words
        .into_iter()
        .fold(layout.to_owned(), |text, (place, words)| text.replace(&format!("[{place}]"), words))
}

fn formatted(at: Timestamp, zone: &TimeZone, format: &str) -> Result<String, TextsError> {
    let moment = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or(jiff::Timestamp::MAX);
    Ok(strtime::format(format, &moment.to_zoned(zone.clone()))?)
}

#[cfg(test)]
mod tests;

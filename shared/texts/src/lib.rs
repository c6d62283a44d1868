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
    /// The first is the default.
    languages: Vec<Language>,
}

/// A language, read when something is first said in it: most requests need no text, and no start should wait for any.
#[derive(Debug)]
struct Language {
    name: &'static str,
    file: &'static str,
    locale: OnceLock<Locale>,
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
    /// The texts of these locales; the first is the default.
    pub fn load(locales: &[String]) -> Result<Self, TextsError> {
        let compiled_in = |asked: &String| {
            let found = LOCALES.into_iter().find(|(name, _)| name == asked);
            let (name, file) = found.ok_or_else(|| TextsError::UnknownLocale(asked.clone()))?;
            Ok::<_, TextsError>(Language { name, file, locale: OnceLock::new(), templates: OnceLock::new() })
        };
        let languages = locales.iter().map(compiled_in).collect::<Result<Vec<_>, _>>()?;
        if languages.is_empty() { Err(TextsError::NoLocale) } else { Ok(Self { languages }) }
    }

    /// Makes the templates of messages in the default language, which its first message would have to wait for.
    pub fn prepare_messages(&self) -> Result<(), TextsError> {
        self.language(None)?.templates().map(drop)
    }

    /// The language of this name, or the default one.
    fn language(&self, asked: Option<&str>) -> Result<&Language, TextsError> {
        let asked = asked.and_then(|asked| self.languages.iter().find(|language| language.name == asked));
        asked.or(self.languages.first()).ok_or(TextsError::NoLocale)
    }

    fn locale(&self, asked: Option<&str>) -> Result<&Locale, TextsError> {
        self.language(asked)?.locale()
    }

    /// What a problem is called in a locale, or in the default one.
    pub fn problem(&self, locale: Option<&str>, code: &str) -> Option<&ProblemText> {
        self.locale(locale).ok()?.problems.get(code)
    }

    /// What to do about a password that a directory refuses by a rule of its own.
    pub fn refusal(&self, locale: Option<&str>, rule: DirectoryRule) -> Option<&str> {
        Some(self.locale(locale).ok()?.refusals.of(rule))
    }

    /// The SMS that carries a code. Its last line is what WebOTP reads.
    pub fn code_sms(&self, locale: &str, text: &CodeText<'_>) -> Result<String, TextsError> {
        self.render(locale, "sms.code.txt", &text.values(), Around::Bare)
    }

    /// The call that carries a code, spelled out twice.
    pub fn code_call(&self, locale: &str, text: &CodeText<'_>) -> Result<Call, TextsError> {
        let voice = self.locale(Some(locale))?.voice.name.clone();
        Ok(Call { voice, ssml: self.render(locale, "voice.code.ssml", &text.values(), Around::Call)? })
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
        formatted(at, zone, &self.locale(Some(locale))?.times.of_day)
    }

    /// Day and time there, as the locale writes them.
    pub fn day_and_time(&self, locale: &str, at: Timestamp, zone: &TimeZone) -> Result<String, TextsError> {
        formatted(at, zone, &self.locale(Some(locale))?.times.day_and_time)
    }

    fn mail(&self, locale: &str, name: &str, values: &Values<'_>) -> Result<Mail, TextsError> {
        let text = Around::Text(self.locale(Some(locale))?.direction);
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
        let template = self.language(Some(locale))?.templates()?.get_template(template)?;
        let values: BTreeMap<_, _> = values.iter().map(|(name, part)| (*name, part.within(around))).collect();
        Ok(template.render(Value::from(values))?.trim().to_owned())
    }
}

impl Language {
    fn locale(&self) -> Result<&Locale, TextsError> {
        if let Some(read) = self.locale.get() {
            return Ok(read);
        }
        let read =
            serde_json::from_str(self.file).map_err(|cause| TextsError::Malformed(self.name, cause))?;
        Ok(self.locale.get_or_init(|| read))
    }

    fn templates(&self) -> Result<&Environment<'static>, TextsError> {
        if let Some(made) = self.templates.get() {
            return Ok(made);
        }
        // Templates use no filters, tests or functions, so none are carried along.
        let mut templates = Environment::empty();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_auto_escape_callback(|name| {
            // What HTML escapes is what XML does, by numbers that both read.
            let markup = matches!(name.rsplit('.').next(), Some("html" | "ssml"));
            if markup { AutoEscape::Html } else { AutoEscape::None }
        });
        for (template, source) in sources(self.name, self.locale()?) {
            templates.add_template_owned(template, source)?;
        }
        Ok(self.templates.get_or_init(|| templates))
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

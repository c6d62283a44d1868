//! Texts of problems, mails, SMS and calls, in every locale the institution speaks.
//!
//! A locale is one file, `locales/<locale>.toml`. All of them are compiled in and checked by a test; a
//! missing key or variable is an error, never an empty text.

use jiff::tz::TimeZone;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use recupmail_domain::clock::Timestamp;
use recupmail_domain::ports::DirectoryRule;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The locale files that are compiled in.
const LOCALES: [(&str, &str); 1] = [("fr", include_str!("../locales/fr.toml"))];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LocaleFile {
    problems: BTreeMap<String, ProblemText>,
    refusals: RefusalTexts,
    sms: SmsTexts,
    voice: VoiceTexts,
    mail: MailTexts,
}

/// What a person is told of a problem.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProblemText {
    /// What happened.
    pub title: String,
    /// What to do next.
    pub detail: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusalTexts {
    quality: String,
    history: String,
    age: String,
    unnamed: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SmsTexts {
    code: String,
    changed: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VoiceTexts {
    voice: String,
    code: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MailTexts {
    code: MailText,
    changed: MailText,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MailText {
    subject: String,
    text: String,
    html: String,
}

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

/// The variables of a message that carries a code.
#[derive(Serialize)]
pub struct CodeText<'a> {
    /// The institution's short name.
    pub institution: &'a str,
    /// Its full name.
    pub institution_name: &'a str,
    /// The person's name.
    pub display_name: &'a str,
    /// The code.
    pub code: &'a str,
    /// Minutes for which it is good.
    pub minutes: u64,
    /// When the session began, `HH:MM` there.
    pub began: &'a str,
    /// The host of the site.
    pub host: &'a str,
    /// Whom to write to.
    pub office: &'a str,
}

/// The variables of a notice of change.
#[derive(Serialize)]
pub struct ChangeText<'a> {
    /// The institution's short name.
    pub institution: &'a str,
    /// Its full name.
    pub institution_name: &'a str,
    /// When the password was changed, day and time there.
    pub when: &'a str,
    /// Whom to write to.
    pub office: &'a str,
}

/// All texts.
#[derive(Debug)]
pub struct Texts {
    problems: BTreeMap<&'static str, BTreeMap<String, ProblemText>>,
    refusals: BTreeMap<&'static str, RefusalTexts>,
    templates: Environment<'static>,
    voices: BTreeMap<&'static str, String>,
    default_locale: String,
}

/// A text is missing or malformed.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// The institution speaks a locale that has no file.
    #[error("no texts for locale {0}")]
    UnknownLocale(String),
    /// A locale file is malformed.
    #[error("texts of locale {0}: {1}")]
    Malformed(&'static str, Box<toml::de::Error>),
    /// Nobody speaks a locale.
    #[error("no voice for locale {0}")]
    NoVoice(String),
    /// A template is malformed, or a variable is missing.
    #[error("a text's template: {0}")]
    Template(#[from] minijinja::Error),
}

impl Texts {
    /// Reads the texts of these locales; the first is the default.
    pub fn load(locales: &[String]) -> Result<Self, TextsError> {
        let mut texts = Self {
            problems: BTreeMap::new(),
            refusals: BTreeMap::new(),
            templates: Environment::new(),
            voices: BTreeMap::new(),
            default_locale: locales.first().cloned().unwrap_or_default(),
        };
        texts.templates.set_undefined_behavior(UndefinedBehavior::Strict);
        texts.templates.set_auto_escape_callback(|name| {
            // What HTML escapes is what XML does, by numbers that both read.
            let markup = matches!(name.rsplit('.').next(), Some("html" | "ssml"));
            if markup { AutoEscape::Html } else { AutoEscape::None }
        });
        for locale in locales {
            let (name, file) = LOCALES
                .into_iter()
                .find(|(name, _)| name == locale)
                .ok_or_else(|| TextsError::UnknownLocale(locale.clone()))?;
            texts.add(name, file)?;
        }
        Ok(texts)
    }

    fn add(&mut self, locale: &'static str, file: &str) -> Result<(), TextsError> {
        let file: LocaleFile =
            toml::from_str(file).map_err(|cause| TextsError::Malformed(locale, Box::new(cause)))?;
        let LocaleFile { problems, refusals, sms, voice, mail } = file;
        self.problems.insert(locale, problems);
        self.refusals.insert(locale, refusals);
        self.voices.insert(locale, voice.voice);
        let templates = [
            ("sms.code.txt", sms.code),
            ("sms.changed.txt", sms.changed),
            ("voice.code.ssml", voice.code),
            ("mail.code.subject", mail.code.subject),
            ("mail.code.txt", mail.code.text),
            ("mail.code.html", mail.code.html),
            ("mail.changed.subject", mail.changed.subject),
            ("mail.changed.txt", mail.changed.text),
            ("mail.changed.html", mail.changed.html),
        ];
        for (name, template) in templates {
            self.templates.add_template_owned(format!("{locale}.{name}"), template)?;
        }
        Ok(())
    }

    /// What a problem is called in a locale, or in the default one.
    pub fn problem(&self, locale: Option<&str>, code: &str) -> Option<&ProblemText> {
        let asked = locale.and_then(|locale| self.problems.get(locale));
        asked.or_else(|| self.problems.get(self.default_locale.as_str()))?.get(code)
    }

    /// What to do about a password that a directory refuses by a rule of its own.
    pub fn refusal(&self, locale: Option<&str>, rule: DirectoryRule) -> Option<&str> {
        let asked = locale.and_then(|locale| self.refusals.get(locale));
        let texts = asked.or_else(|| self.refusals.get(self.default_locale.as_str()))?;
        Some(match rule {
            DirectoryRule::Quality => &texts.quality,
            DirectoryRule::History => &texts.history,
            DirectoryRule::Age => &texts.age,
            DirectoryRule::Unnamed => &texts.unnamed,
        })
    }

    /// The SMS that carries a code. Its last line is what WebOTP reads.
    pub fn code_sms(&self, locale: &str, text: &CodeText<'_>) -> Result<String, TextsError> {
        self.render(locale, "sms.code.txt", text)
    }

    /// The call that carries a code, spelled out twice.
    pub fn code_call(&self, locale: &str, text: &CodeText<'_>) -> Result<Call, TextsError> {
        let voice = self.voices.get(locale).or_else(|| self.voices.get(self.default_locale.as_str()));
        let voice = voice.ok_or_else(|| TextsError::NoVoice(locale.to_owned()))?.clone();
        Ok(Call { voice, ssml: self.render(locale, "voice.code.ssml", text)? })
    }

    /// The mail that carries a code.
    pub fn code_mail(&self, locale: &str, text: &CodeText<'_>) -> Result<Mail, TextsError> {
        self.mail(locale, "mail.code", text)
    }

    /// The SMS that tells of a change.
    pub fn change_sms(&self, locale: &str, text: &ChangeText<'_>) -> Result<String, TextsError> {
        self.render(locale, "sms.changed.txt", text)
    }

    /// The mail that tells of a change.
    pub fn change_mail(&self, locale: &str, text: &ChangeText<'_>) -> Result<Mail, TextsError> {
        self.mail(locale, "mail.changed", text)
    }

    fn mail(&self, locale: &str, name: &str, variables: impl Serialize) -> Result<Mail, TextsError> {
        Ok(Mail {
            subject: self.render(locale, &format!("{name}.subject"), &variables)?,
            text: self.render(locale, &format!("{name}.txt"), &variables)?,
            html: self.render(locale, &format!("{name}.html"), &variables)?,
        })
    }

    fn render(&self, locale: &str, name: &str, variables: impl Serialize) -> Result<String, TextsError> {
        let template = self
            .templates
            .get_template(&format!("{locale}.{name}"))
            .or_else(|_| self.templates.get_template(&format!("{}.{name}", self.default_locale)))?;
        Ok(template.render(minijinja::value::Serde(variables))?.trim().to_owned())
    }
}

/// The time of day there, `14:05`.
pub fn time_of_day(at: Timestamp, zone: &TimeZone) -> String {
    formatted(at, zone, "%H:%M")
}

/// Day and time there, `21/11/2026 14:05`.
pub fn day_and_time(at: Timestamp, zone: &TimeZone) -> String {
    formatted(at, zone, "%d/%m/%Y %H:%M")
}

fn formatted(at: Timestamp, zone: &TimeZone, format: &str) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or(jiff::Timestamp::MAX);
    moment.to_zoned(zone.clone()).strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: CodeText<'_> = CodeText {
        institution: "USMS",
        institution_name: "Université Sultan Moulay Slimane",
        display_name: "Amina <script> & Bérrada",
        code: "40281537",
        minutes: 10,
        began: "14:05",
        host: "recupmail.usms.ac.ma",
        office: "recupmail-aide@usms.ac.ma",
    };
    const CHANGE: ChangeText<'_> = ChangeText {
        institution: "USMS",
        institution_name: "Université Sultan Moulay Slimane",
        when: "21/11/2026 14:05",
        office: "recupmail-aide@usms.ac.ma",
    };

    fn french() -> Texts {
        Texts::load(&["fr".to_owned()]).unwrap()
    }

    /// The basic alphabet of GSM 03.38 (3GPP TS 23.038 section 6.2.1), one septet a character, without its
    /// Greek letters, which we have no use for.
    fn is_one_segment(text: &str) -> bool {
        const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅå_ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
            ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
        text.chars().all(|c| GSM.contains(c)) && text.chars().count() <= 160
    }

    /// Short name, host and office of the three institutions that ship.
    const INSTITUTIONS: [(&str, &str, &str); 3] = [
        ("USMS", "recupmail.usms.ac.ma", "recupmail-aide@usms.ac.ma"),
        ("ECEPS", "recupmail.eceps.be", "secretariat@eceps.be"),
        ("Aix-Marseille", "recupmail.ac-aix-marseille.fr", "assistance@ac-aix-marseille.fr"),
    ];

    #[test]
    fn an_sms_is_one_segment_and_its_last_line_is_what_webotp_reads() {
        for (institution, host, office) in INSTITUTIONS {
            let code = CodeText { institution, host, code: "4028153764", ..CODE };
            let sms = french().code_sms("fr", &code).unwrap();
            assert!(is_one_segment(&sms), "{sms}");
            assert_eq!(sms.lines().last().unwrap(), format!("@{host} #4028153764"));
            let notice = french().change_sms("fr", &ChangeText { institution, office, ..CHANGE }).unwrap();
            assert!(is_one_segment(&notice), "{notice}");
        }
    }

    #[test]
    fn a_call_spells_the_code_twice_in_the_language_of_the_session() {
        let call = french().code_call("fr", &CodeText { code: "4A", ..CODE }).unwrap();
        let spelled = r#"<say-as interpret-as="digits">4</say-as><break time="500ms"/><say-as interpret-as="characters">A</say-as>"#;
        assert_eq!(call.ssml.matches(spelled).count(), 2, "{}", call.ssml);
        assert_eq!(call.ssml.matches("<say-as").count(), 4);
        assert!(call.ssml.contains("ici USMS.") && call.ssml.contains("Je répète"));
        assert_eq!(call.voice, "LEA");
        assert!(!call.ssml.contains("Bérrada"), "whoever picks up does not hear whose account it is");
    }

    #[test]
    fn the_longest_call_is_far_from_the_longest_that_the_service_takes() {
        let text = CodeText { institution: "Aix-Marseille", code: "4028153764", ..CODE };
        let call = french().code_call("fr", &text).unwrap();
        assert!(call.ssml.chars().count() < 6000 / 2, "{}", call.ssml.chars().count());
    }

    #[test]
    fn names_are_escaped_in_calls() {
        let call = french().code_call("fr", &CodeText { institution: "A&B <C>", ..CODE }).unwrap();
        assert!(call.ssml.contains("A&amp;B &lt;C&gt;"), "{}", call.ssml);
    }

    #[test]
    fn every_message_holds_the_code_once_unbroken() {
        let (texts, once) = (french(), |text: &str| text.matches("40281537").count() == 1);
        let mail = texts.code_mail("fr", &CODE).unwrap();
        assert!(once(&texts.code_sms("fr", &CODE).unwrap()) && once(&mail.text) && once(&mail.html));
        assert!(!mail.subject.contains("40281537"));
    }

    #[test]
    fn names_are_escaped_in_html_and_nowhere_else() {
        let mail = french().code_mail("fr", &CODE).unwrap();
        assert!(mail.html.contains("Amina &lt;script&gt; &amp;") && !mail.html.contains("<script>"));
        assert!(mail.text.contains("Amina <script> & Bérrada"));
    }

    #[test]
    fn mails_say_when_their_session_began() {
        let mail = french().code_mail("fr", &CODE).unwrap();
        assert!(mail.text.contains("14:05") && mail.html.contains("14:05"));
    }

    #[test]
    fn times_are_those_of_the_institution() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let noon_utc = Timestamp::from_millis(1_795_262_400_000);
        assert_eq!(day_and_time(noon_utc, &paris), "21/11/2026 13:00");
        assert_eq!(time_of_day(noon_utc, &paris), "13:00");
    }
}

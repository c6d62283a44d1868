//! A locale's file.

use recupmail_domain::ports::DirectoryRule;
use serde::Deserialize;
use std::collections::BTreeMap;

/// All that is said in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Locale {
    pub(crate) direction: Direction,
    pub(crate) times: Times,
    pub(crate) problems: BTreeMap<String, ProblemText>,
    pub(crate) refusals: Refusals,
    pub(crate) sms: Sms,
    pub(crate) voice: Voice,
    pub(crate) mail: Mails,
}

/// Which way a language is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum Direction {
    #[serde(rename = "ltr")]
    LeftToRight,
    #[serde(rename = "rtl")]
    RightToLeft,
}

impl Direction {
    /// As HTML's `dir` names it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

/// How times are written, as `strftime` has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Times {
    pub(crate) of_day: String,
    pub(crate) day_and_time: String,
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

/// What to do about a password that a directory refuses by a rule of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusals {
    quality: String,
    history: String,
    age: String,
    unnamed: String,
}

impl Refusals {
    pub(crate) fn of(&self, rule: DirectoryRule) -> &str {
        match rule {
            DirectoryRule::Quality => &self.quality,
            DirectoryRule::History => &self.history,
            DirectoryRule::Age => &self.age,
            DirectoryRule::Unnamed => &self.unnamed,
        }
    }
}

/// Whole text messages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sms {
    pub(crate) code: String,
    pub(crate) changed: String,
}

/// Who speaks in a call, and the words of its layout.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Voice {
    pub(crate) name: String,
    language: String,
    letters: String,
    opening: String,
    again: String,
    closing: String,
}

impl Voice {
    /// By the places where they stand.
    pub(crate) fn words(&self) -> [(&'static str, &str); 5] {
        [
            ("language", &self.language),
            ("letters", &self.letters),
            ("opening", &self.opening),
            ("again", &self.again),
            ("closing", &self.closing),
        ]
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mails {
    pub(crate) code: MailWords,
    pub(crate) changed: MailWords,
}

/// A mail's subject, and the words of its layouts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailWords {
    pub(crate) subject: String,
    heading: String,
    /// What mailboxes show beside the subject.
    preview: String,
    greeting: String,
    lead: String,
    facts: String,
    advice: String,
    otherwise: String,
}

impl MailWords {
    /// By the places where they stand.
    pub(crate) fn words(&self) -> [(&'static str, &str); 7] {
        [
            ("heading", &self.heading),
            ("preview", &self.preview),
            ("greeting", &self.greeting),
            ("lead", &self.lead),
            ("facts", &self.facts),
            ("advice", &self.advice),
            ("otherwise", &self.otherwise),
        ]
    }
}

//! The values that messages hold, and how each stands among words that may read the other way.

use crate::locale::Direction;
use minijinja::{HtmlEscape, Value};
use std::collections::BTreeMap;

/// The variables of a message that carries a code.
#[derive(Clone, Copy, Debug)]
pub struct CodeText<'a> {
    /// The institution's short name.
    pub institution: &'a str,
    /// Its full name, in the message's language.
    pub institution_name: &'a str,
    /// Its colour, `#rrggbb`, which white is readable on.
    pub colour: &'a str,
    /// The person's name.
    pub display_name: &'a str,
    /// The code.
    pub code: &'a str,
    /// Minutes for which it is good.
    pub minutes: u64,
    /// When the session began, the time of day there.
    pub began: &'a str,
    /// The host of the site.
    pub host: &'a str,
    /// Whom to write to.
    pub office: &'a str,
}

/// The variables of a notice of change.
#[derive(Clone, Copy, Debug)]
pub struct ChangeText<'a> {
    /// The institution's short name.
    pub institution: &'a str,
    /// Its full name, in the message's language.
    pub institution_name: &'a str,
    /// Its colour, `#rrggbb`, which white is readable on.
    pub colour: &'a str,
    /// When the password was changed, day and time there.
    pub when: &'a str,
    /// Whom to write to.
    pub office: &'a str,
}

/// Values by name.
pub(crate) type Values<'a> = BTreeMap<&'static str, Part<'a>>;

/// A value, by how it reads.
#[derive(Clone, Copy)]
pub(crate) enum Part<'a> {
    /// As the words around it.
    Own(&'a str),
    /// A count.
    Count(u64),
    /// A person's name, which may read either way.
    Name(&'a str),
    /// Left to right whatever is around it.
    LeftToRight(&'a str),
    /// Left to right, with a line of its own in plain text, where marks would be copied with it.
    Code(&'a str),
}

/// What a value stands in.
#[derive(Clone, Copy)]
pub(crate) enum Around {
    /// A message that is plain characters: a text message, a subject.
    Bare,
    /// A call, which spells codes.
    Call,
    /// The plain text of a mail.
    Text(Direction),
    /// HTML.
    Html,
}

impl CodeText<'_> {
    pub(crate) fn values(&self) -> Values<'_> {
        BTreeMap::from([
            ("institution", Part::Own(self.institution)),
            ("institution_name", Part::Own(self.institution_name)),
            ("colour", Part::Own(self.colour)),
            ("display_name", Part::Name(self.display_name)),
            ("code", Part::Code(self.code)),
            ("minutes", Part::Count(self.minutes)),
            ("began", Part::LeftToRight(self.began)),
            ("host", Part::LeftToRight(self.host)),
            ("office", Part::LeftToRight(self.office)),
        ])
    }
}

impl ChangeText<'_> {
    pub(crate) fn values(&self) -> Values<'_> {
        BTreeMap::from([
            ("institution", Part::Own(self.institution)),
            ("institution_name", Part::Own(self.institution_name)),
            ("colour", Part::Own(self.colour)),
            // What mails ask to tell the two apart.
            ("code", Part::Own("")),
            ("when", Part::LeftToRight(self.when)),
            ("office", Part::LeftToRight(self.office)),
        ])
    }
}

impl Part<'_> {
    /// The value as a template takes it: isolated (Unicode Standard Annex 9) where it could turn what stands
    /// around it, or be turned.
    pub(crate) fn within(self, around: Around) -> Value {
        match (self, around) {
            (Self::Count(count), _) => count.into(),
            (Self::Code(text), Around::Call) => text.chars().collect(),
            (Self::Name(text), Around::Html) => markup(format!("<bdi>{}</bdi>", HtmlEscape(text))),
            (Self::Code(text), Around::Html) => {
                markup(format!("<bdi dir=\"ltr\">{}</bdi>", HtmlEscape(text)))
            }
            // A block breaks only where a line has no room for all of it.
            (Self::LeftToRight(text), Around::Html) => {
                markup(format!("<bdi dir=\"ltr\" style=\"display: inline-block\">{}</bdi>", HtmlEscape(text)))
            }
            (Self::Name(text), Around::Text(Direction::RightToLeft)) => {
                format!("\u{2068}{text}\u{2069}").into()
            }
            (Self::LeftToRight(text), Around::Text(Direction::RightToLeft)) => {
                format!("\u{2066}{text}\u{2069}").into()
            }
            (Self::Own(text) | Self::Name(text) | Self::LeftToRight(text) | Self::Code(text), _) => {
                text.into()
            }
        }
    }
}

fn markup(html: String) -> Value {
    Value::from_safe_string(html)
}

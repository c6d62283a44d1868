//! What is wrong with an institution's file: all of it at once, each with its place.

use crate::bounds::Bounds;
use crate::institution::Localized;
use std::fmt;

/// The longest text that is said of an institution: a name, a label, a hint.
const TEXT_CHARACTERS: usize = 200;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which member, `schemes.student.fields.apogee.pattern`.
    pub place: String,
    /// What is wrong with it, and what would be right.
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

/// Faults as they are found; whoever checks goes on.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, place: impl Into<String>, reason: impl Into<String>) {
        self.0.push(Fault { place: place.into(), reason: reason.into() });
    }

    pub(crate) fn ensure(&mut self, holds: bool, place: &str, reason: &str) {
        if !holds {
            self.add(place, reason);
        }
    }

    /// The number, brought within its bounds where it is not, so that what builds on it can go on.
    pub(crate) fn within<T: TryFrom<i64> + Default>(&mut self, place: &str, value: i64, bounds: Bounds) -> T {
        let Bounds { least, most } = bounds;
        if !bounds.hold(value) {
            self.add(place, format!("must be {least} to {most}, is {value}"));
        }
        T::try_from(value.clamp(least, most)).unwrap_or_default()
    }

    /// A text must be said in every locale of the pages; it may be said in more languages.
    pub(crate) fn said(&mut self, place: &str, text: &Localized, locales: &[String]) {
        for locale in locales.iter().filter(|locale| !text.contains_key(*locale)) {
            self.add(format!("{place}.{locale}"), "is missing: every locale of `locales` needs this text");
        }
        for (language, text) in text {
            self.line(&format!("{place}.{language}"), text, TEXT_CHARACTERS);
        }
    }

    /// A text that may be left out, but not in one locale only.
    pub(crate) fn said_if_any(&mut self, place: &str, text: &Localized, locales: &[String]) {
        if !text.is_empty() {
            self.said(place, text, locales);
        }
    }

    /// A text stands in one line, with something on it.
    pub(crate) fn line(&mut self, place: &str, text: &str, most: usize) {
        self.ensure(!text.trim().is_empty(), place, "is empty");
        self.ensure(
            !text.chars().any(char::is_control),
            place,
            "must be one line, without control characters",
        );
        let length = text.chars().count();
        if length > most {
            self.add(place, format!("must have at most {most} characters, has {length}"));
        }
    }

    /// All that was found.
    pub(crate) fn into_vec(self) -> Vec<Fault> {
        self.0
    }
}

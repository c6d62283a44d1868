//! What an institution's file decides, as the steps need it.

use crate::code::CodeFormat;
use crate::contact::Contact;
use crate::identity::{Scheme, SchemeKind};
use crate::issued::IssuedKind;
use crate::limits::Limits;
use crate::password::Policy;
use std::collections::BTreeMap;
use std::time::Duration;

/// By what a code reaches the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MethodKind {
    /// An e-mail.
    Email,
    /// A text message.
    Sms,
    /// A telephone call.
    Voice,
    /// A letter, printed beforehand.
    Letter,
    /// The help desk, which tells a code to whom it knows.
    Desk,
}

impl MethodKind {
    /// Its name in the contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::Letter => "letter",
            Self::Desk => "desk",
        }
    }

    /// Which kind of issued code it takes, if it takes one: nothing is sent then.
    pub const fn issued(self) -> Option<IssuedKind> {
        match self {
            Self::Letter => Some(IssuedKind::Letter),
            Self::Desk => Some(IssuedKind::Desk),
            Self::Email | Self::Sms | Self::Voice => None,
        }
    }
}

/// Which methods there are and how they behave.
#[derive(Clone, Debug, Default)]
pub struct Methods {
    /// Those offered.
    pub offered: Vec<MethodKind>,
    /// Those for which the full contact must be typed before anything is sent.
    pub confirm_contact: Vec<MethodKind>,
    /// Where SMS and calls may go, by calling code (`+212`), and how many in a day.
    pub countries: BTreeMap<String, u32>,
}

impl Methods {
    /// By which methods a contact can be reached here, if by any.
    pub fn of(&self, contact: &Contact) -> Vec<MethodKind> {
        let kinds: &[MethodKind] = match contact {
            Contact::Email(_) => &[MethodKind::Email],
            Contact::Phone(number) if self.country_of(number).is_some() => {
                &[MethodKind::Sms, MethodKind::Voice]
            }
            Contact::Phone(_) => &[],
        };
        kinds.iter().copied().filter(|kind| self.offered.contains(kind)).collect()
    }

    /// The allowed country that a number belongs to: the longest calling code that it begins with.
    pub fn country_of(&self, number: &str) -> Option<(&str, u32)> {
        let codes = self.countries.iter().filter(|(code, _)| number.starts_with(code.as_str()));
        codes.max_by_key(|(code, _)| code.len()).map(|(code, per_day)| (code.as_str(), *per_day))
    }
}

/// The rules of one institution.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Locales of pages and messages; the first is the default.
    pub locales: Vec<String>,
    /// The calling code of numbers in national form.
    pub calling_code: String,
    /// The version of the terms that must be accepted.
    pub terms_version: String,
    /// Identity schemes.
    pub schemes: Vec<Scheme>,
    /// Methods required, by profile.
    pub methods_required: BTreeMap<String, u8>,
    /// Methods.
    pub methods: Methods,
    /// One-time codes.
    pub code: CodeFormat,
    /// Password policy.
    pub password: Policy,
    /// Limits.
    pub limits: Limits,
    /// Where the person signs in afterwards.
    pub sign_in_url: String,
    /// Days for which a changed contact is too new to be sent a code; 0 for none.
    pub fresh_contact_days: u32,
    /// Days for which audit records are kept.
    pub audit_days: u32,
}

impl Rules {
    /// How long verify-identity and send-code take at least, so that their time does not tell whether there
    /// is such a person: only where an identifier alone may be stated.
    pub fn response_floors(&self) -> (Duration, Duration) {
        let quiet = self.schemes.iter().any(|scheme| scheme.kind == SchemeKind::Identifier);
        if quiet { self.limits.response_floor } else { (Duration::ZERO, Duration::ZERO) }
    }

    /// The locale asked for, if it is spoken here, else the default.
    pub fn locale(&self, asked: &str) -> String {
        let known = self.locales.iter().find(|locale| *locale == asked);
        known.or(self.locales.first()).cloned().unwrap_or_default()
    }
}

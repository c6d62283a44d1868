//! What an institution's file decides, as the steps need it.

use crate::code::CodeFormat;
use crate::contact::Contact;
use crate::identity::Scheme;
use crate::limits::Limits;
use crate::password::Policy;
use std::collections::BTreeMap;

/// By what a code reaches the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MethodKind {
    /// An e-mail.
    Email,
    /// A text message.
    Sms,
}

impl MethodKind {
    /// Its name in the contract.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
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
    /// SMS go to numbers that begin with one of these.
    pub sms_calling_codes: Vec<String>,
}

impl Methods {
    /// By which method a contact can be reached here, if by any.
    pub fn of(&self, contact: &Contact) -> Option<MethodKind> {
        let kind = match contact {
            Contact::Email(_) => MethodKind::Email,
            Contact::Phone(number)
                if self.sms_calling_codes.iter().any(|code| number.starts_with(code.as_str())) =>
            {
                MethodKind::Sms
            }
            Contact::Phone(_) => return None,
        };
        self.offered.contains(&kind).then_some(kind)
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
}

impl Rules {
    /// The locale asked for, if it is spoken here, else the default.
    pub fn locale(&self, asked: &str) -> String {
        let known = self.locales.iter().find(|locale| *locale == asked);
        known.or(self.locales.first()).cloned().unwrap_or_default()
    }
}

//! How codes reach people and what they are made of.

#[cfg(feature = "schema")]
use crate::bounds;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Ways of receiving a code.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Methods {
    /// Those offered.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub offered: Vec<MethodName>,
    /// Those for which the full contact must be typed before anything is sent.
    #[serde(default)]
    pub confirm_contact: Vec<MethodName>,
    /// Where SMS and calls may go: by calling code (`"+212"`), how many in a day at most. They go nowhere else.
    #[serde(default)]
    pub countries: BTreeMap<String, i64>,
}

/// A way of receiving a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MethodName {
    /// An e-mail to the registry's recovery address.
    Email,
    /// A text message to the registry's telephone number.
    Sms,
    /// A telephone call that speaks the code.
    Voice,
    /// A printed letter, issued beforehand.
    Letter,
    /// A code that the help desk issues to whom it knows.
    Desk,
}

impl MethodName {
    /// As it is written in the file.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::Letter => "letter",
            Self::Desk => "desk",
        }
    }

    /// Which contact it reaches; two methods to one contact prove no more than one.
    pub(crate) const fn contact(self) -> &'static str {
        match self {
            Self::Sms | Self::Voice => "phone",
            Self::Email | Self::Letter | Self::Desk => self.name(),
        }
    }
}

/// One-time codes that are sent. A code holds at least 20 bits: 7 digits, or 5 letters and digits.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// How many characters.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::CODE_LENGTH.least, max = bounds::CODE_LENGTH.most)))]
    pub length: i64,
    /// What they are.
    pub alphabet: AlphabetName,
}

/// What a code is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AlphabetName {
    /// Ten digits.
    Digits,
    /// Thirty-one letters and digits that nobody confuses.
    LettersAndDigits,
}

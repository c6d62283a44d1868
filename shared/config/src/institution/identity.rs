//! Who people are and how they say it.

use super::{Localized, MethodName};
#[cfg(feature = "schema")]
use crate::bounds;
use serde::Deserialize;

/// A kind of people.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// To how many different contacts codes are sent. With 0, whoever knows the identity fields gets in.
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::METHODS_REQUIRED.least, max = bounds::METHODS_REQUIRED.most)))]
    pub methods_required: i64,
}

/// One way of saying who one is.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SchemeFile {
    /// What knowing the fields is worth.
    pub kind: SchemeKindName,
    /// Which of `profiles` it is for.
    pub profile: String,
    /// What the choice between schemes calls it; needed where there are several.
    #[serde(default)]
    pub title: Localized,
    /// A sentence under the title.
    #[serde(default)]
    pub lead: Localized,
    /// The only methods that it opens, of those offered; all of them unless said.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<MethodName>", length(min = 1)))]
    pub methods: Option<Vec<MethodName>>,
    /// Its fields, in the order of the page. The registry's keys are made of them: import again after a change.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub fields: Vec<FieldFile>,
}

/// What knowing the fields of a scheme is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SchemeKindName {
    /// Only the person knows all of them: wrong ones are refused.
    Proof,
    /// Others know them too: no answer tells whether somebody has them.
    Identifier,
}

/// One field of a scheme.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FieldFile {
    /// Its name in requests and its column in the registry file.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[a-z][a-z0-9_]*$")))]
    pub id: String,
    /// What it holds, which decides how it is read.
    pub kind: FieldKindName,
    /// What the value matches in normal form: letters are upper-cased, spaces and dashes are gone.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "String", regex(pattern = r"^\^.*\$$")))]
    pub pattern: Option<String>,
    /// Which identifications are counted on its value, so that the other fields cannot be guessed.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "AnchorName"))]
    pub anchor: Option<AnchorName>,
    /// Its label.
    pub label: Localized,
    /// What stands under the label.
    #[serde(default)]
    pub hint: Localized,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FieldKindName {
    /// Digits.
    Number,
    /// Letters and digits.
    NationalCode,
    /// A date, typed 2004-03-27, 20040327 or 27/03/2004.
    Date,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
}

impl FieldKindName {
    /// As it is written in the file.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::NationalCode => "national-code",
            Self::Date => "date",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

/// Which identifications are counted on a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AnchorName {
    /// All, right or wrong. Every scheme has such a field.
    EveryAttempt,
    /// Failed ones.
    Failures,
}

//! Identity schemes and claims: how a person says who they are.

use crate::contact::Contact;
use crate::input;
use crate::keys::{KeyedHash, RegistryKeys};
use crate::rules::MethodKind;
use crate::secret::Confidential;
use jiff::civil::Date;
use regex_lite::Regex;
use std::collections::BTreeMap;

/// What a field holds, which decides how it is normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Digits.
    Number,
    /// Letters and digits, upper-cased.
    NationalCode,
    /// A calendar date: 2004-03-27, 20040327 or 27/03/2004.
    Date,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
}

/// When an identification counts on a field's value, which bounds guessing the other fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// On every identification, right or wrong.
    EveryAttempt,
    /// On failed ones.
    Failures,
}

/// One field of a scheme.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name in the contract and in the registry file.
    pub id: String,
    /// What it holds.
    pub kind: FieldKind,
    /// What the normalised value must match.
    pub pattern: Option<Regex>,
    /// Whether identifications are counted on it.
    pub anchor: Option<Anchor>,
}

/// What a claim of a scheme is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemeKind {
    /// Only the person knows all of it: a wrong claim is refused.
    Proof,
    /// Others know it too: a wrong claim gets a decoy, and no answer tells.
    Identifier,
}

/// One way of saying who one is. A claim proves the person only if all fields belong to one of them.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// Its name in the contract.
    pub id: String,
    /// What a claim is worth.
    pub kind: SchemeKind,
    /// The methods that it opens, of those offered; all of them unless said.
    pub methods: Option<Vec<MethodKind>>,
    /// The profile of the people who use it.
    pub profile: String,
    /// Its fields, in the order that the registry's keys are made of.
    pub fields: Vec<Field>,
}

/// What is wrong with one member of a request. `field` is the member's or identity field's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Which one.
    pub field: String,
    /// What is wrong.
    pub fault: FieldFault,
}

/// What can be wrong with a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldFault {
    /// Missing or empty.
    Required,
    /// Not of the right form.
    Format,
    /// No such field, scheme or route here.
    Unknown,
}

impl FieldError {
    /// A fault of a field.
    pub fn new(field: impl Into<String>, fault: FieldFault) -> Self {
        Self { field: field.into(), fault }
    }
}

/// A well-formed claim in normal form. Its values are hashed before anything is stored.
#[derive(Clone, Debug)]
pub struct IdentityClaim {
    scheme: String,
    values: Vec<(String, Option<Anchor>, Confidential<String>)>,
    email: Option<Confidential<String>>,
}

impl Scheme {
    /// Reads a claim; on error names every wrong field.
    pub fn claim(
        &self,
        given: &BTreeMap<String, String>,
        calling_code: &str,
    ) -> Result<IdentityClaim, Vec<FieldError>> {
        let mut errors: Vec<FieldError> = given
            .keys()
            .filter(|id| !self.fields.iter().any(|field| field.id == **id))
            .map(|id| FieldError::new(id, FieldFault::Unknown))
            .collect();
        let mut values = Vec::with_capacity(self.fields.len());
        let mut email = None;
        for field in &self.fields {
            match field.read(given.get(&field.id).map_or("", String::as_str), calling_code) {
                Ok(value) => {
                    let value = Confidential::new(value);
                    if field.kind == FieldKind::Email {
                        email = Some(value.clone());
                    }
                    values.push((field.id.clone(), field.anchor, value));
                }
                Err(fault) => errors.push(FieldError::new(&field.id, fault)),
            }
        }
        if errors.is_empty() {
            Ok(IdentityClaim { scheme: self.id.clone(), values, email })
        } else {
            Err(errors)
        }
    }
}

impl Field {
    fn read(&self, input: &str, calling_code: &str) -> Result<String, FieldFault> {
        if input::without_marks(input).is_empty() {
            return Err(FieldFault::Required);
        }
        let value = match self.kind {
            FieldKind::Number | FieldKind::NationalCode => input::compact(input),
            FieldKind::Date => read_date(input).ok_or(FieldFault::Format)?.to_string(),
            FieldKind::Email => contact_text(Contact::email(input))?,
            FieldKind::Phone => contact_text(Contact::phone(input, calling_code))?,
        };
        let sound = match (&self.pattern, self.kind) {
            (Some(pattern), _) => pattern.is_match(&value),
            (None, FieldKind::Number) => value.bytes().all(|b| b.is_ascii_digit()),
            (None, FieldKind::NationalCode) => value.bytes().all(|b| b.is_ascii_alphanumeric()),
            (None, _) => true,
        };
        if sound { Ok(value) } else { Err(FieldFault::Format) }
    }
}

fn contact_text(contact: Result<Contact, crate::contact::NotAContact>) -> Result<String, FieldFault> {
    contact.map(|contact| contact.as_str().to_owned()).map_err(|_| FieldFault::Format)
}

/// Reads 2004-03-27, 20040327 or 27/03/2004, with Eastern digits too. Nobody was born before 1900.
pub(crate) fn read_date(input: &str) -> Option<Date> {
    let text = input::with_western_digits(input);
    let numbers: Vec<i16> = match (text.len(), text.as_bytes()) {
        (8, _) => {
            vec![text.get(..4)?.parse().ok()?, text.get(4..6)?.parse().ok()?, text.get(6..)?.parse().ok()?]
        }
        (10, [_, _, _, _, b'-', _, _, b'-', ..]) => numbers_between(&text, '-')?,
        (10, [_, _, b'/', _, _, b'/', ..]) => numbers_between(&text, '/')?.into_iter().rev().collect(),
        _ => return None,
    };
    if !text.chars().all(|c| c.is_ascii_digit() || c == '-' || c == '/') {
        return None;
    }
    let date = Date::new(numbers[0], i8::try_from(numbers[1]).ok()?, i8::try_from(numbers[2]).ok()?);
    date.ok().filter(|date| date.year() >= 1900)
}

fn numbers_between(text: &str, separator: char) -> Option<Vec<i16>> {
    text.split(separator).map(|part| part.parse().ok()).collect()
}

impl IdentityClaim {
    /// Under which key the registry holds the person who can make this claim.
    pub fn lookup(&self, keys: &RegistryKeys) -> KeyedHash {
        let values: Vec<&str> = self.values.iter().map(|(_, _, value)| value.reveal().as_str()).collect();
        keys.lookup(&self.scheme, &values)
    }

    /// The e-mail address in it, if there is one.
    pub fn email(&self) -> Option<&str> {
        self.email.as_ref().map(|email| email.reveal().as_str())
    }

    /// The hashes of the values on which identifications of this kind are counted.
    pub fn anchors(&self, kind: Anchor, keys: &RegistryKeys) -> Vec<KeyedHash> {
        self.values
            .iter()
            .filter(|(_, anchor, _)| *anchor == Some(kind))
            .map(|(field, _, value)| keys.counter(field, value.reveal()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme() -> Scheme {
        let field = |id: &str, kind, pattern: Option<&str>, anchor| Field {
            id: id.into(),
            kind,
            pattern: pattern.map(|p| Regex::new(p).unwrap()),
            anchor,
        };
        Scheme {
            id: "student".into(),
            kind: SchemeKind::Proof,
            methods: None,
            profile: "student".into(),
            fields: vec![
                field("apogee", FieldKind::Number, Some("^[0-9]{7,8}$"), Some(Anchor::EveryAttempt)),
                field("massar", FieldKind::NationalCode, Some("^[A-Z][0-9]{9}$"), Some(Anchor::Failures)),
                field("birth_date", FieldKind::Date, None, None),
            ],
        }
    }

    fn claim(values: [(&str, &str); 3]) -> Result<IdentityClaim, Vec<FieldError>> {
        scheme().claim(&values.map(|(k, v)| (k.to_owned(), v.to_owned())).into(), "+212")
    }

    fn keys() -> RegistryKeys {
        RegistryKeys::derive(&crate::keys::Key::new([1; 32]))
    }

    #[test]
    fn every_usual_way_of_typing_reaches_the_same_person() {
        let expected =
            claim([("apogee", "20041234"), ("massar", "G134567890"), ("birth_date", "2004-03-27")]);
        let expected = expected.unwrap().lookup(&keys());
        for (apogee, massar, date) in [
            (" 2004 1234 ", "g-134-567-890", "20040327"),
            ("٢٠٠٤١٢٣٤", "G134567890\u{200F}", "27/03/2004"),
            ("20041234", "G134567890", "٢٠٠٤-٠٣-٢٧"),
        ] {
            let typed = claim([("apogee", apogee), ("massar", massar), ("birth_date", date)]).unwrap();
            assert_eq!(typed.lookup(&keys()), expected, "{apogee} {massar} {date}");
        }
    }

    #[test]
    fn every_wrong_field_is_named() {
        let errors = claim([("apogee", "x"), ("massar", " "), ("shoe_size", "44")]).unwrap_err();
        let named: Vec<_> = errors.iter().map(|e| (e.field.as_str(), e.fault)).collect();
        assert_eq!(
            named,
            [
                ("shoe_size", FieldFault::Unknown),
                ("apogee", FieldFault::Format),
                ("massar", FieldFault::Required),
                ("birth_date", FieldFault::Required),
            ]
        );
    }

    #[test]
    fn impossible_dates_are_refused() {
        for date in ["2004-02-30", "2004/03/27", "27-03-2004", "2004-3-27", "+2040327", "200403270", "٢٠٠٤"]
        {
            assert_eq!(read_date(date), None, "{date}");
        }
        for date in ["0004-03-27", "1899-12-31", "31/12/1899"] {
            assert_eq!(read_date(date), None, "{date}");
        }
        assert!(read_date("1900-01-01").is_some());
    }
}

//! Contacts: where a code can be sent, and the hint by which their owner recognises them.

use crate::input;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An e-mail address or a telephone number in normal form: lower-cased, or E.164.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Contact {
    /// A lower-cased e-mail address.
    #[serde(rename = "e")]
    Email(String),
    /// A telephone number in E.164 (ITU-T E.164: `+` and at most 15 digits).
    #[serde(rename = "p")]
    Phone(String),
}

/// Why an input is no contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither an e-mail address nor a telephone number")]
pub struct NotAContact;

impl Contact {
    /// Reads what a person typed: an e-mail address if it holds an `@`, else a telephone number, which in
    /// national form gets the institution's calling code (`+212`).
    pub fn parse(input: &str, calling_code: &str) -> Result<Self, NotAContact> {
        if input.contains('@') { Self::email(input) } else { Self::phone(input, calling_code) }
    }

    /// Reads an e-mail address: trimmed, lower-cased, bidi marks dropped, nothing else. At most 254 bytes
    /// (RFC 5321 section 4.5.3.1.3 less the angle brackets).
    pub fn email(input: &str) -> Result<Self, NotAContact> {
        let address = input::without_marks(input).to_lowercase();
        let (local, domain) = address.rsplit_once('@').ok_or(NotAContact)?;
        let plain = |c: char| !c.is_control() && !c.is_whitespace() && !"<>()[],;:\\\"".contains(c);
        let labels = domain
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
        let sound = !local.is_empty()
            && local.chars().all(|c| plain(c) && c != '@')
            && domain.contains('.')
            && labels
            && address.len() <= 254;
        sound.then_some(Self::Email(address)).ok_or(NotAContact)
    }

    /// Reads a telephone number to E.164: `+212…`, `00212…` or national with a trunk zero.
    pub fn phone(input: &str, calling_code: &str) -> Result<Self, NotAContact> {
        let typed: String = input::with_western_digits(input)
            .chars()
            .filter(|c| !(c.is_whitespace() || "-.()/\u{2010}\u{2011}\u{2013}".contains(*c)))
            .collect();
        let digits = if let Some(international) = typed.strip_prefix('+').or_else(|| typed.strip_prefix("00"))
        {
            international.to_owned()
        } else {
            let country = calling_code.trim_start_matches('+');
            format!("{country}{}", typed.strip_prefix('0').unwrap_or(&typed))
        };
        let sound = (8..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        sound.then(|| Self::Phone(format!("+{digits}"))).ok_or(NotAContact)
    }

    /// The address or number itself.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(value) | Self::Phone(value) => value,
        }
    }

    /// The domain of an e-mail address.
    pub fn domain(&self) -> Option<&str> {
        match self {
            Self::Email(address) => address.rsplit_once('@').map(|(_, domain)| domain),
            Self::Phone(_) => None,
        }
    }

    /// What is shown before proof: the last two digits of a number; the first letter of an address and its
    /// domain, unless so few people share the domain that it would say too much.
    pub fn hint(&self, mask_domain: bool) -> String {
        match self {
            Self::Phone(number) => format!("*****{}", &number[number.len() - 2..]),
            Self::Email(address) => {
                let first: String = address.chars().take(1).collect();
                let domain = if mask_domain { "*****" } else { self.domain().unwrap_or_default() };
                format!("{first}*****@{domain}")
            }
        }
    }
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Email(_) => "Email([confidential])",
            Self::Phone(_) => "Phone([confidential])",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_every_usual_form() {
        for typed in ["+212612345667", "00212612345667", "06 12 34 56 67", "0612-34-56-67", "٠٦١٢٣٤٥٦٦٧"]
        {
            assert_eq!(Contact::parse(typed, "+212"), Ok(Contact::Phone("+212612345667".into())), "{typed}");
        }
    }

    #[test]
    fn what_cannot_receive_is_no_contact() {
        for typed in
            ["", "12", "abc", "a@b", "a b@example.org", "@example.org", "+0612345678", "a@exa\r\nmple.org"]
        {
            assert_eq!(Contact::parse(typed, "+212"), Err(NotAContact), "{typed:?}");
        }
    }

    #[test]
    fn hints_are_those_of_the_seed() {
        assert_eq!(Contact::Phone("+32470123467".into()).hint(false), "*****67");
        assert_eq!(Contact::Email("prof@charleroi.be".into()).hint(false), "p*****@charleroi.be");
        assert_eq!(Contact::Email("prof@rare.example".into()).hint(true), "p*****@*****");
    }
}

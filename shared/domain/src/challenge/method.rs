//! The methods of a challenge: by what its person can be proven, and how that is named.

use crate::contact::Contact;
use crate::issued::IssuedKind;
use crate::rules::MethodKind;
use std::fmt;

/// What a method proves the person to hold: a contact (`m1` is the first in their profile), a letter, or
/// what the desk told them. An SMS and a call to one number prove the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContactId(String);

impl ContactId {
    /// The contact at this place in the profile.
    pub fn at(index: usize) -> Self {
        Self(format!("m{}", index + 1))
    }

    /// The letter or the desk.
    pub fn issued(kind: IssuedKind) -> Self {
        Self(kind.name().to_owned())
    }

    /// From an item.
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Its place in the profile; `None` for letter and desk.
    pub fn index(&self) -> Option<usize> {
        self.0.strip_prefix('m')?.parse::<usize>().ok()?.checked_sub(1)
    }

    /// Which issued code it stands for, if it does.
    pub fn issued_kind(&self) -> Option<IssuedKind> {
        [IssuedKind::Letter, IssuedKind::Desk].into_iter().find(|kind| kind.name() == self.0)
    }

    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A method's name in the contract: its contact's, and `-voice` after it for a call.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MethodId(String);

const VOICE: &str = "-voice";

impl MethodId {
    /// From a request or an item; whether it exists is for the challenge to say.
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// As in the contract.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it proves.
    pub fn contact(&self) -> ContactId {
        ContactId(self.0.strip_suffix(VOICE).unwrap_or(&self.0).to_owned())
    }

    /// Its kind, given the contact that it reaches, if it reaches one.
    pub fn kind(&self, contact: Option<&Contact>) -> Option<MethodKind> {
        match (self.contact().issued_kind(), contact) {
            (Some(kind), _) => Some(kind.method()),
            (None, Some(Contact::Email(_))) => Some(MethodKind::Email),
            (None, Some(Contact::Phone(_))) if self.0.ends_with(VOICE) => Some(MethodKind::Voice),
            (None, Some(Contact::Phone(_))) => Some(MethodKind::Sms),
            (None, None) => None,
        }
    }
}

/// Names in requests may be anything, so they stay out of logs.
impl fmt::Debug for MethodId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MethodId(…)")
    }
}

/// A method that is open in a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// What it proves.
    pub contact: ContactId,
    /// How.
    pub kind: MethodKind,
}

impl Method {
    /// A method that reaches the contact at this place in the profile.
    pub fn reaching(index: usize, kind: MethodKind) -> Self {
        Self { contact: ContactId::at(index), kind }
    }

    /// The method of an issued code.
    pub fn issued(kind: IssuedKind) -> Self {
        Self { contact: ContactId::issued(kind), kind: kind.method() }
    }

    /// Its name.
    pub fn id(&self) -> MethodId {
        let suffix = if self.kind == MethodKind::Voice { VOICE } else { "" };
        MethodId(format!("{}{suffix}", self.contact.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_found_again_by_its_name() {
        let (email, phone) = (Contact::Email("a@b.example".into()), Contact::Phone("+212612345667".into()));
        for (method, contact, name) in [
            (Method::reaching(0, MethodKind::Email), Some(&email), "m1"),
            (Method::reaching(1, MethodKind::Sms), Some(&phone), "m2"),
            (Method::reaching(1, MethodKind::Voice), Some(&phone), "m2-voice"),
            (Method::issued(IssuedKind::Letter), None, "letter"),
            (Method::issued(IssuedKind::Desk), None, "desk"),
        ] {
            let id = method.id();
            assert_eq!(id.as_str(), name);
            assert_eq!((id.contact(), id.kind(contact)), (method.contact, Some(method.kind)));
        }
    }
}

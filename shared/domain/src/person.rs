//! A person as the registry knows them.

use crate::clock::Timestamp;
use crate::contact::Contact;
use crate::keys::{KeyedHash, RegistryKeys, SealBroken};
use rand::Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What the later steps need of a person. It is stored sealed, and its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Given and family name as written in mails and on the pages.
    #[serde(rename = "n")]
    pub display_name: String,
    /// The institutional address that is being recovered.
    #[serde(rename = "e")]
    pub academic_email: String,
    /// The account's name in the directory; `None` if the account was never activated.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub directory_id: Option<String>,
    /// The language that the institution writes to them in.
    #[serde(rename = "l", default, skip_serializing_if = "String::is_empty")]
    pub locale: String,
    /// Where codes can be sent.
    #[serde(rename = "c")]
    pub contacts: Vec<Contact>,
    /// What is shown instead of them to who stated an identifier alone, where they do not suffice or there is
    /// nobody at all. Nothing is ever sent there.
    #[serde(rename = "x", default, skip_serializing_if = "Vec::is_empty")]
    pub stand_ins: Vec<Contact>,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Profile([confidential])")
    }
}

/// What the registry answers to an identity claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRecord {
    /// Stands for the person in every table.
    pub person: KeyedHash,
    /// Decides how many methods are required.
    pub profile: String,
    /// Whether this person may recover their account here.
    pub recovery_allowed: bool,
    /// The sealed [`Profile`].
    pub sealed: Vec<u8>,
    /// Since when the registry knows each contact, in the order of the profile; the epoch for those of a
    /// first import.
    pub contacts_since: Vec<Timestamp>,
}

impl Profile {
    /// Nobody's profile, which shows these contacts.
    pub const fn nobody(stand_ins: Vec<Contact>) -> Self {
        Self {
            display_name: String::new(),
            academic_email: String::new(),
            directory_id: None,
            locale: String::new(),
            contacts: Vec::new(),
            stand_ins,
        }
    }

    /// Whether it is somebody's: the registry has an institutional address for everybody.
    pub fn exists(&self) -> bool {
        !self.academic_email.is_empty()
    }

    /// Whether the contacts shown are nobody's.
    pub const fn is_decoy(&self) -> bool {
        !self.stand_ins.is_empty()
    }

    /// The contacts that are shown, masked.
    pub fn shown(&self) -> &[Contact] {
        if self.is_decoy() { &self.stand_ins } else { &self.contacts }
    }

    /// Seals this profile for the person.
    pub fn seal(&self, person: KeyedHash, keys: &RegistryKeys, rng: &mut impl Rng) -> Vec<u8> {
        let Ok(contents) = serde_json::to_vec(self) else { unreachable!("strings always serialise") };
        keys.seal(person, &contents, rng)
    }

    /// Opens a sealed profile of the person.
    pub fn open(person: KeyedHash, sealed: &[u8], keys: &RegistryKeys) -> Result<Self, SealBroken> {
        serde_json::from_slice(&keys.open(person, sealed)?).map_err(|_| SealBroken)
    }
}

/// What the registry is like as a whole, kept by the import in one item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistrySummary {
    /// How many people it holds.
    pub people: u64,
    /// E-mail domains that enough people share to be shown in a hint (20), and how many share each.
    pub common_domains: BTreeMap<String, u64>,
    /// People whose e-mail domain is none of those.
    pub rare_domains: u64,
    /// How e-mail addresses begin.
    pub initials: Initials,
    /// People by the contacts that they have, of those that can be reached here.
    pub shapes: Shapes,
}

/// How people's own e-mail addresses begin, compared with their institutional ones: many people use their name
/// in both, so a hint that never fits the name would give a decoy away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Initials {
    /// With the first letter of the institutional address, mostly the given name's.
    pub given: u64,
    /// With the first letter of its second part, mostly the family name's.
    pub family: u64,
    /// With any other letter, and how many with each.
    pub others: BTreeMap<String, u64>,
}

/// The first letters of the parts of an address, mostly those of given and family name.
pub fn name_letters(address: &str) -> (Option<char>, Option<char>) {
    let local = address.split('@').next().unwrap_or_default();
    let mut parts = local.split(['.', '-', '_']).map(|part| part.chars().next());
    (parts.next().flatten(), parts.next().flatten())
}

/// How many people have which contacts, of those who can recover by them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shapes {
    /// An e-mail address alone.
    pub email: u64,
    /// A number alone.
    pub phone: u64,
    /// Both.
    pub both: u64,
}

/// Fewer people than this on an e-mail domain, and the domain is masked in hints.
pub const COMMON_DOMAIN_PEOPLE: u64 = 20;

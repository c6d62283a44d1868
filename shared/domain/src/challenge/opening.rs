//! How a challenge begins.

use super::{ChallengeId, Method, State};
use crate::clock::Timestamp;
use crate::conditional::{Item, Value};
use crate::keys::KeyedHash;
use std::collections::{BTreeMap, BTreeSet};

/// How long a challenge's item outlives it, so that a late answer still finds its end.
const KEPT_SECONDS: i64 = 3600;

/// What a new challenge is made of.
#[derive(Debug)]
pub struct Opening<'a> {
    /// Its name.
    pub id: &'a ChallengeId,
    /// Whose account.
    pub person: KeyedHash,
    /// The person's sealed profile.
    pub sealed: Vec<u8>,
    /// Whether no answer may tell if there is such a person.
    pub quiet: bool,
    /// Methods required.
    pub required: u8,
    /// Now.
    pub began: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// The session's language.
    pub locale: &'a str,
    /// The version of the terms that was accepted.
    pub terms_version: &'a str,
    /// The methods that can be chosen.
    pub methods: &'a [Method],
    /// The contacts whose e-mail domain is masked.
    pub masked: BTreeSet<String>,
    /// How many SMS and calls the institution may make in a day.
    pub phone_allowance: u32,
}

impl Opening<'_> {
    /// The item of the new challenge. Every contact is counted from 0 from the start, since an absent entry
    /// would fail the conditions.
    pub fn item(self) -> Item {
        let zeros: BTreeMap<String, i64> =
            self.methods.iter().map(|method| (method.contact.as_str().to_owned(), 0)).collect();
        let armed = self.methods.iter().filter_map(|method| method.contact.issued_kind());
        let armed: BTreeMap<String, i64> = armed.map(|kind| (kind.name().to_owned(), 0)).collect();
        let ways = self.methods.iter().map(|method| method.id().as_str().to_owned()).collect();
        let mut attributes = vec![
            ("st", Value::from(State::Open.name())),
            ("p", Value::Bytes(self.person.as_bytes().to_vec())),
            ("need", Value::Number(i64::from(self.required))),
            ("began", Value::Number(self.began.as_millis())),
            ("exp", Value::Number(self.expires.as_millis())),
            ("ttl", Value::Number(self.expires.as_secs() + KEPT_SECONDS)),
            ("loc", Value::from(self.locale)),
            ("tv", Value::from(self.terms_version)),
            ("box", Value::Bytes(self.sealed)),
            ("ways", Value::TextSet(ways)),
            ("sends", Value::Numbers(zeros.clone())),
            ("next", Value::Numbers(zeros)),
            ("total", Value::Number(0)),
            ("masked", Value::TextSet(self.masked)),
            ("smax", Value::Number(i64::from(self.phone_allowance))),
        ];
        if self.quiet {
            attributes.push(("quiet", Value::Number(1)));
        }
        if !armed.is_empty() {
            attributes.push(("armed", Value::Numbers(armed)));
        }
        attributes
            .into_iter()
            .filter(|(_, value)| !matches!(value, Value::TextSet(set) if set.is_empty()))
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

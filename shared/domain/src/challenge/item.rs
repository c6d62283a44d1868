//! Reading a challenge back from its item.

use super::{Applying, Challenge, ChallengeId, ContactId, Damaged, LiveCode, MethodId, Sends, State};
use crate::clock::Timestamp;
use crate::conditional::{Item, Value};
use crate::keys::KeyedHash;
use std::collections::{BTreeMap, BTreeSet};

impl Challenge {
    /// Reads a stored challenge.
    pub fn from_item(id: &ChallengeId, item: &Item) -> Result<Self, Damaged> {
        let read = Reader(item);
        let next = read.numbers("next");
        let sends = read
            .numbers("sends")
            .into_iter()
            .map(|(contact, count)| {
                let next = Timestamp::from_millis(next.get(&contact).copied().unwrap_or_default());
                (ContactId::from_text(&contact), Sends { count, next })
            })
            .collect();
        let code = match (read.bytes("mac"), read.text("mm")) {
            (Some(mac), Some(contact)) => Some(LiveCode {
                mac,
                method: MethodId::from_text(&read.text("way").unwrap_or_else(|| contact.clone())),
                contact: ContactId::from_text(&contact),
                expires: read.number("cexp").map(Timestamp::from_millis),
                seen: read.bytes_set("seen"),
                repeats: read.number("rep").unwrap_or_default(),
            }),
            _ => None,
        };
        let applying = match (read.bytes("op"), read.number("lease"), read.number("tries")) {
            (Some(op), Some(lease), Some(tries)) => Some(Applying {
                op,
                lease: Timestamp::from_millis(lease),
                tries,
                wrote: read.text_set("wrote"),
            }),
            _ => None,
        };
        Ok(Self {
            id: id.clone(),
            state: read.text("st").as_deref().and_then(State::from_name).ok_or(Damaged("st"))?,
            person: read.bytes("p").as_deref().and_then(KeyedHash::from_bytes).ok_or(Damaged("p"))?,
            required: read.number("need").and_then(|n| u8::try_from(n).ok()).ok_or(Damaged("need"))?,
            began: read.number("began").map(Timestamp::from_millis).ok_or(Damaged("began"))?,
            expires: read.number("exp").map(Timestamp::from_millis).ok_or(Damaged("exp"))?,
            locale: read.text("loc").ok_or(Damaged("loc"))?,
            terms_version: read.text("tv").ok_or(Damaged("tv"))?,
            sealed: read.bytes("box").ok_or(Damaged("box"))?,
            quiet: read.number("quiet").is_some(),
            methods: read.text_set("ways").iter().map(|id| MethodId::from_text(id)).collect(),
            sends,
            armed: read.numbers("armed").into_iter().map(|(k, at)| (k, Timestamp::from_millis(at))).collect(),
            sends_total: read.number("total").unwrap_or_default(),
            masked: read.text_set("masked"),
            phone_allowance: read.number("smax").and_then(|n| u32::try_from(n).ok()).unwrap_or_default(),
            code,
            done: read.text_set("done"),
            typed: read.bytes_set("tried"),
            fingerprint: read.bytes("fp"),
            applying,
            changed: read.number("at").map(Timestamp::from_millis),
            told: read.number("told").is_some(),
        })
    }
}

struct Reader<'a>(&'a Item);

impl Reader<'_> {
    fn number(&self, name: &str) -> Option<i64> {
        if let Some(Value::Number(n)) = self.0.get(name) { Some(*n) } else { None }
    }

    fn text(&self, name: &str) -> Option<String> {
        if let Some(Value::Text(text)) = self.0.get(name) { Some(text.clone()) } else { None }
    }

    fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        if let Some(Value::Bytes(bytes)) = self.0.get(name) { Some(bytes.clone()) } else { None }
    }

    fn bytes_set(&self, name: &str) -> BTreeSet<Vec<u8>> {
        if let Some(Value::BytesSet(set)) = self.0.get(name) { set.clone() } else { BTreeSet::new() }
    }

    fn text_set(&self, name: &str) -> BTreeSet<String> {
        if let Some(Value::TextSet(set)) = self.0.get(name) { set.clone() } else { BTreeSet::new() }
    }

    fn numbers(&self, name: &str) -> BTreeMap<String, i64> {
        if let Some(Value::Numbers(map)) = self.0.get(name) { map.clone() } else { BTreeMap::new() }
    }
}

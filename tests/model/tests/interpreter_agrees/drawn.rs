//! Small items and writes, drawn from ranges so tiny that conditions are often met.

use proptest::collection::{btree_map, btree_set};
use proptest::option::weighted;
use proptest::prelude::*;
use recupmail_domain::challenge::writes::Shape;
use recupmail_domain::challenge::writes::{self, Sending};
use recupmail_domain::challenge::{ContactId, Method};
use recupmail_domain::clock::Timestamp;
use recupmail_domain::conditional::{Item, Value, Write};
use recupmail_domain::contact::Contact;
use recupmail_domain::identity::{Anchor, Field, FieldKind, Scheme, SchemeKind};
use recupmail_domain::issued;
use recupmail_domain::keys::{Key, KeyedHash, RegistryKeys};
use recupmail_domain::limits::{Identification, Limits};
use recupmail_domain::rules::MethodKind;
use std::collections::BTreeMap;
use std::time::Duration;

/// How often attributes are there, and those without which a code can be sent.
const PRESENT: f64 = 0.9;
const SELDOM: f64 = 0.5;

fn mac() -> impl Strategy<Value = Vec<u8>> {
    (1..4u8).prop_map(|mac| vec![mac])
}

fn method() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["m1", "m2", "letter"]).prop_map(str::to_owned)
}

fn hash() -> impl Strategy<Value = KeyedHash> {
    (1..4u8).prop_map(|byte| KeyedHash::from_bytes(&[byte; 16]).unwrap())
}

fn number(range: std::ops::Range<i64>) -> BoxedStrategy<Value> {
    range.prop_map(Value::Number).boxed()
}

fn numbers() -> BoxedStrategy<Value> {
    btree_map(method(), 0..3i64, 2..4).prop_map(Value::Numbers).boxed()
}

/// An item and parameters. Half the time its live code is proven, and the parameters are about it.
pub(crate) fn case() -> impl Strategy<Value = (Option<Item>, Parameters)> {
    (item(), parameters(), any::<bool>()).prop_map(|(mut item, mut parameters, proven)| {
        if let Some(item) = item.as_mut().filter(|_| proven) {
            prove(item, &mut parameters);
        }
        (item, parameters)
    })
}

/// The same, and an issued code; half the time it is the one to be used up, and good.
pub(crate) fn transaction() -> impl Strategy<Value = (Option<Item>, Option<Item>, Parameters)> {
    (case(), item(), any::<bool>()).prop_map(|((item, parameters), mut issued, good)| {
        if let Some(issued) = issued.as_mut().filter(|_| good) {
            issued.insert("at".to_owned(), Value::Number(parameters.small));
            issued.insert("exp".to_owned(), Value::Number(parameters.now + 1));
            issued.retain(|name, _| !["used", "revoked"].contains(&name.as_str()));
        }
        (item, issued, parameters)
    })
}

fn prove(item: &mut Item, parameters: &mut Parameters) {
    if let Some(Value::Text(method)) = item.get("mm") {
        parameters.proven.1.clone_from(method);
    }
    if let Some(Value::Bytes(mac)) = item.get("mac").cloned() {
        parameters.proven.0.clone_from(&mac);
        if let Some(Value::BytesSet(seen)) = item.get_mut("seen") {
            seen.insert(mac);
        }
    }
}

/// An item with any of the attributes that writes look at, or none at all.
fn item() -> impl Strategy<Value = Option<Item>> {
    let states = prop::sample::select(vec!["SENT", "SENT", "SENT", "OPEN", "DONE", "REVOKED"]);
    let attributes = [
        ("st", states.prop_map(Value::from).boxed()),
        ("need", number(0..4)),
        ("exp", number(2..6)),
        ("mac", mac().prop_map(Value::Bytes).boxed()),
        ("mm", method().prop_map(Value::Text).boxed()),
        ("cexp", number(2..6)),
        ("seen", btree_set(mac(), 1..3).prop_map(Value::BytesSet).boxed()),
        ("rep", number(0..3)),
        ("done", btree_set(method(), 1..3).prop_map(Value::TextSet).boxed()),
        ("ways", btree_set(method(), 1..4).prop_map(Value::TextSet).boxed()),
        ("armed", numbers()),
        ("at", number(0..4)),
        ("used", number(0..4)),
        ("revoked", number(0..4)),
        ("c212", number(0..2)),
        ("sends", numbers()),
        ("next", numbers()),
        ("total", number(0..4)),
        (
            "tried",
            btree_set(hash().prop_map(|h| h.as_bytes().to_vec()), 1..4).prop_map(Value::BytesSet).boxed(),
        ),
        ("changed", number(0..4)),
        ("n", number(0..4)),
        ("failed", number(0..4)),
        ("d0", number(0..3)),
    ];
    let attributes = attributes.map(|(name, value)| {
        let present =
            if ["seen", "done", "used", "revoked", "c212"].contains(&name) { SELDOM } else { PRESENT };
        weighted(present, value).prop_map(move |value| Some((name.to_owned(), value?)))
    });
    let item = attributes.to_vec().prop_map(|attributes| attributes.into_iter().flatten().collect());
    weighted(0.95, item)
}

/// What writes are made of.
#[derive(Clone, Debug)]
pub(crate) struct Parameters {
    mac: Vec<u8>,
    method: String,
    sends_before: i64,
    now: i64,
    proven: (Vec<u8>, String, u8),
    pub(crate) required: u8,
    typed: KeyedHash,
    small: i64,
}

/// Parameters from the same ranges.
fn parameters() -> impl Strategy<Value = Parameters> {
    let proven = (mac(), method(), 0..3u8);
    let drawn = (mac(), method(), 0..3i64, 0..4i64, proven, 0..3u8, hash(), 1..4i64);
    drawn.prop_map(|(mac, method, sends_before, now, proven, required, typed, small)| Parameters {
        mac,
        method,
        sends_before,
        now,
        proven,
        required,
        typed,
        small,
    })
}

impl Parameters {
    /// Now, a few milliseconds after the first moment there is.
    pub(crate) const fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    fn limits(&self) -> Limits {
        let small = u32::try_from(self.small).unwrap();
        Limits {
            guesses: self.small,
            repeats: self.small,
            sends_per_contact: self.small,
            send_spacing: [1, 2, 3].map(Duration::from_millis),
            sends_per_challenge: self.small + 1,
            typed_contacts: self.small,
            identifications: small,
            starts_since_success: small,
            starts_per_day: small,
            emails: (small, small + 1),
            network_starts: small,
            network_failures: small,
            ..Limits::default()
        }
    }

    /// Every write to a challenge or an account, by name.
    fn writes(&self) -> Vec<(&'static str, Write)> {
        let (limits, now) = (self.limits(), self.now());
        let (proven_mac, proven_method, count) = &self.proven;
        let method = Method { contact: ContactId::from_text(&self.method), kind: MethodKind::Sms };
        let shape = if self.small % 2 == 0 { Shape::Sent } else { Shape::Issued };
        let sending = Sending {
            mac: &self.mac,
            method: &method,
            armed: (self.method == "letter").then_some(now),
            sends_before: self.sends_before,
            now,
            limits: &limits,
        };
        vec![
            ("first_or_again", sending.first_or_again()),
            ("next_method", sending.next_method(proven_mac, &ContactId::from_text(proven_method), *count)),
            ("give_back", sending.give_back()),
            ("type_contact", writes::type_contact(self.typed, &method.id(), now, &limits)),
            ("use_up", self.use_up()),
            ("revoke_issued", issued::revoke(now)),
            ("guess", writes::guess(&self.mac, shape, now, &limits)),
            ("repeat", writes::repeat(now, &limits)),
            ("finish", self.finish()),
            ("change_account", self.change_account()),
            ("revoke", writes::revoke()),
        ]
    }

    /// The parts of the transaction.
    pub(crate) fn finish(&self) -> Write {
        writes::finish(&self.mac, self.required, self.now())
    }

    /// Another part.
    pub(crate) fn change_account(&self) -> Write {
        writes::change_account("new", Timestamp::from_millis(self.small), self.now())
    }

    /// The part that is there where a code was issued.
    pub(crate) fn use_up(&self) -> Write {
        issued::use_up(Timestamp::from_millis(self.small), self.now())
    }

    /// Every write to a counter, by name.
    fn counters(&self) -> Vec<(&'static str, Write)> {
        let (limits, now) = (self.limits(), self.now());
        let keys = RegistryKeys::derive(&Key::new([1; 32]));
        let claim = claim();
        let viewer = "192.0.2.7".parse().unwrap();
        let address = Contact::email("salma@example.org").unwrap();
        let named = |name, counters: Vec<recupmail_domain::limits::Counter>| {
            counters.into_iter().map(move |counter| (name, counter.write))
        };
        let by = Identification { claim: &claim, route: None, viewer, now };
        let day = limits.institution_day(2, ("+212", 1), &keys, now);
        named("identification", limits.identification(&by, &keys))
            .chain(named("failure", limits.failure(&by, &keys)))
            .chain(named("destination", vec![limits.destination(&address, None, &keys, now)]))
            .chain(named("institution_day", vec![day.clone(), day.without_counting()]))
            .chain(named("start", vec![limits.start(self.typed, None, now)]))
            .collect()
    }

    /// Every write there is.
    pub(crate) fn all(&self) -> Vec<(&'static str, Write)> {
        self.writes().into_iter().chain(self.counters()).collect()
    }
}

fn claim() -> recupmail_domain::identity::IdentityClaim {
    let field =
        |id: &str, anchor| Field { id: id.to_owned(), kind: FieldKind::Number, pattern: None, anchor };
    let scheme = Scheme {
        id: "student".to_owned(),
        kind: SchemeKind::Proof,
        methods: None,
        profile: "student".to_owned(),
        fields: vec![field("apogee", Some(Anchor::EveryAttempt)), field("massar", Some(Anchor::Failures))],
    };
    let given = ["apogee", "massar"].map(|id| (id.to_owned(), "1".to_owned()));
    scheme.claim(&BTreeMap::from(given), "+212").unwrap()
}

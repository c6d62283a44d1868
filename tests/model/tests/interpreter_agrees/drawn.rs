//! Small items and writes, drawn from ranges so tiny that conditions are often met.

use proptest::collection::{btree_map, btree_set};
use proptest::option::weighted;
use proptest::prelude::*;
use recupmail_domain::challenge::writes::applying::{
    Attempt, Held, free_account, hold_account, stamp_account,
};
use recupmail_domain::challenge::writes::{self, Sending, Shape};
use recupmail_domain::challenge::{ChallengeId, ContactId, Method, State};
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
const SOMETIMES: [&str; 8] = ["seen", "done", "used", "revoked", "c212", "wrote", "holder", "until"];

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

/// An item and parameters. Half the time its live code is proven, and the parameters are about it; sometimes
/// it is at the change that the parameters are about.
pub(crate) fn case() -> impl Strategy<Value = (Option<Item>, Parameters)> {
    about_a_change(0.2)
}

fn about_a_change(often: f64) -> impl Strategy<Value = (Option<Item>, Parameters)> {
    let about = (any::<bool>(), prop::bool::weighted(often));
    (item(), parameters(), about).prop_map(|(mut item, mut parameters, (proven, applying))| {
        if let Some(item) = item.as_mut().filter(|_| proven) {
            prove(item, &mut parameters);
        }
        if let Some(item) = item.as_mut().filter(|_| applying) {
            parameters.at_change(item);
        }
        (item, parameters)
    })
}

/// The same, and an issued code; half the time it is the one to be used up or given back.
pub(crate) fn transaction() -> impl Strategy<Value = (Option<Item>, Option<Item>, Parameters)> {
    (about_a_change(0.5), item(), any::<bool>()).prop_map(|((item, parameters), mut issued, good)| {
        if let Some(issued) = issued.as_mut().filter(|_| good) {
            issued.insert("at".to_owned(), Value::Number(parameters.small));
            issued.insert("exp".to_owned(), Value::Number(parameters.now + 1));
            issued.retain(|name, _| !["used", "revoked"].contains(&name.as_str()));
            if item.as_ref().is_some_and(|item| item.get("st") == Some(&Value::from("APPLYING"))) {
                issued.insert("used".to_owned(), Value::Number(parameters.now));
            }
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
    let states = prop::sample::select(vec!["SENT", "SENT", "SENT", "OPEN", "APPLYING", "DONE", "REVOKED"]);
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
        ("op", mac().prop_map(Value::Bytes).boxed()),
        ("fp", mac().prop_map(Value::Bytes).boxed()),
        ("lease", number(0..4)),
        ("tries", number(0..3)),
        ("wrote", btree_set(method(), 1..3).prop_map(Value::TextSet).boxed()),
        ("holder", method().prop_map(Value::Text).boxed()),
        ("until", number(0..4)),
        ("n", number(0..4)),
        ("failed", number(0..4)),
        ("d0", number(0..3)),
    ];
    let attributes = attributes.map(|(name, value)| {
        let present = if SOMETIMES.contains(&name) { SELDOM } else { PRESENT };
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
    op: Vec<u8>,
}

/// A transaction of a change: its name, the challenge's write, the account's, and the issued code's.
pub(crate) type Transaction = (&'static str, Write, Write, Option<Write>);

/// Parameters from the same ranges.
fn parameters() -> impl Strategy<Value = Parameters> {
    let proven = (mac(), method(), 0..3u8);
    let drawn = (mac(), method(), 0..3i64, 0..4i64, proven, 0..3u8, hash(), 1..4i64, mac());
    drawn.prop_map(|(mac, method, sends_before, now, proven, required, typed, small, op)| Parameters {
        mac,
        method,
        sends_before,
        now,
        proven,
        required,
        typed,
        small,
        op,
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
            ("revoke_issued", issued::revoke(now)),
            ("guess", writes::guess(&self.mac, shape, now, &limits)),
            ("repeat", writes::repeat(now, &limits)),
            ("revoke", writes::revoke()),
            ("note", self.attempt().note(&self.method)),
            ("give_up", self.attempt().give_up()),
        ]
        .into_iter()
        .chain(self.transactions().into_iter().flat_map(|(name, challenge, account, issued)| {
            let issued = issued.map(|write| (of_issued(name), write));
            [(name, challenge), (of_account(name), account)].into_iter().chain(issued)
        }))
        .collect()
    }

    fn finish(&self) -> Write {
        writes::finish(&self.mac, self.required, self.now())
    }

    fn attempt(&self) -> Attempt<'_> {
        Attempt { op: &self.op, fingerprint: &self.mac, now: self.now() }
    }

    /// The item is at this change, and the account held by it.
    fn at_change(&self, item: &mut Item) {
        let attributes = [
            ("st", Value::from(State::Applying.name())),
            ("op", Value::Bytes(self.op.clone())),
            ("fp", Value::Bytes(self.mac.clone())),
            ("holder", Value::from(self.method.as_str())),
        ];
        // Now and then another holds the account.
        let attributes = attributes.into_iter().filter(|(name, _)| *name != "holder" || self.small < 3);
        item.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
    }

    /// Every transaction of a challenge and an account.
    pub(crate) fn transactions(&self) -> Vec<Transaction> {
        let (attempt, now, began) = (self.attempt(), self.now(), Timestamp::from_millis(self.small));
        let challenge = ChallengeId::from_text(&self.method);
        let hold = |held| hold_account(&challenge, held, began, now);
        let use_up = || Some(issued::use_up(began, now));
        let change = writes::change_account("new", began, now);
        let (first, told) = (self.small == 1, self.small == 2);
        let back_to = if self.small == 1 { State::Open } else { State::Sent };
        vec![
            ("finish", self.finish(), change, use_up()),
            ("announce", attempt.announce(self.required), hold(Held::Anew), use_up()),
            ("take_over still", attempt.take_over(&self.op, Held::Still), hold(Held::Still), None),
            ("take_over anew", attempt.take_over(&self.op, Held::Anew), hold(Held::Anew), None),
            ("complete", attempt.complete(told, now), stamp_account(&challenge, first, now), None),
            (
                "release",
                attempt.release(back_to),
                free_account(&challenge),
                Some(issued::give_back(began, now)),
            ),
        ]
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

fn of_account(transaction: &str) -> &'static str {
    match transaction {
        "finish" => "change_account",
        "complete" => "stamp_account",
        "release" => "free_account",
        "take_over still" => "hold_account still",
        _ => "hold_account anew",
    }
}

fn of_issued(transaction: &str) -> &'static str {
    if transaction == "release" { "give_back issued" } else { "use_up" }
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

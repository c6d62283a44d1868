//! How large a challenge becomes: it is written at every step, and a second kilobyte would double the price.

use super::*;
use crate::conditional::{Item, Value};
use crate::contact::Contact;
use crate::issued::IssuedKind;
use crate::keys::{Key, RegistryKeys};
use crate::person::Profile;
use crate::rules::MethodKind;
use rand::SeedableRng;
use rand::rngs::StdRng;

/// Bytes of an item as DynamoDB counts them (Developer Guide, "Item sizes and formats"): a number has one
/// byte for two digits and one more.
fn size(item: &Item) -> usize {
    let number = |number: &i64| number.to_string().len().div_ceil(2) + 1;
    let value = |value: &Value| match value {
        Value::Number(held) => number(held),
        Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::BytesSet(set) => set.iter().map(Vec::len).sum(),
        Value::TextSet(set) => set.iter().map(String::len).sum(),
        Value::Numbers(map) => {
            3 + map.iter().map(|(name, held)| 1 + name.len() + number(held)).sum::<usize>()
        }
    };
    item.iter().map(|(name, held)| name.len() + value(held)).sum()
}

#[test]
fn a_challenge_stays_under_one_kilobyte_whatever_happens_to_it() {
    let (keys, mut rng) = (RegistryKeys::derive(&Key::new([1; 32])), StdRng::seed_from_u64(1));
    let forty = |end: &str| format!("{}{end}", "x".repeat(40 - end.len()));
    let profile = Profile {
        display_name: forty(""),
        academic_email: forty("@usms.ac.ma"),
        directory_id: Some(forty("@usms.ac.ma")),
        locale: "fr".into(),
        stand_ins: Vec::new(),
        contacts: vec![Contact::Email(forty("@example.org")), Contact::Phone("+212612345667".into())],
    };
    let person = keys.person("usms-0001");
    let now = Timestamp::from_millis(1_800_000_000_000);
    let id = ChallengeId::generate("1", &mut rng);
    let methods = [
        Method::reaching(0, MethodKind::Email),
        Method::reaching(1, MethodKind::Sms),
        Method::reaching(1, MethodKind::Voice),
        Method::issued(IssuedKind::Letter),
        Method::issued(IssuedKind::Desk),
    ];
    let mut item = Opening {
        id: &id,
        person,
        sealed: profile.seal(person, &keys, &mut rng),
        quiet: true,
        required: 2,
        began: now,
        expires: now,
        locale: "fr",
        terms_version: "2025-09-01",
        methods: &methods,
        masked: BTreeSet::from(["m1".to_owned()]),
        phone_allowance: 800,
    }
    .item();
    let macs = |count: u8, bytes| (0..count).map(|n| vec![n; bytes]).collect();
    let late = [
        ("pk", Value::Text(format!("C#{}", id.as_str()))),
        ("mac", Value::Bytes(vec![0; 32])),
        ("mm", Value::from("letter")),
        ("way", Value::from("m2-voice")),
        ("cexp", Value::Number(now.as_millis())),
        ("seen", Value::BytesSet(macs(5, 32))),
        ("rep", Value::Number(3)),
        ("done", Value::TextSet(BTreeSet::from(["m1".to_owned()]))),
        ("tried", Value::BytesSet(macs(3, 16))),
        ("fp", Value::Bytes(vec![0; 32])),
        ("at", Value::Number(now.as_millis())),
        ("telling", Value::Number(now.as_millis())),
        ("told", Value::Number(1)),
    ];
    for moments in ["next", "armed"] {
        if let Some(Value::Numbers(moments)) = item.get_mut(moments) {
            for moment in moments.values_mut() {
                *moment = now.as_millis();
            }
        }
    }
    item.extend(late.map(|(name, value)| (name.to_owned(), value)));
    assert!(size(&item) < 1024, "{} bytes", size(&item));
}

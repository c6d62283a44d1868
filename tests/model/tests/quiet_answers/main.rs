//! Invariant 8: in identifier schemes, until a code is proven, answers depend on the history of requests, not
//! on whether the person exists. The same requests go to two institutions that differ in the person alone.
//! And invariant 6: for a decoy nothing is sent, nothing granted, and the directory never reached.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

mod seen;

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rand::SeedableRng;
use rand::rngs::StdRng;
use recupmail_domain::clock::{Clock, Timestamp};
use recupmail_domain::code::ISSUED_CODE;
use recupmail_domain::contact::Contact;
use recupmail_domain::identity::{Scheme, SchemeKind};
use recupmail_domain::issued::{IssuedCode, IssuedKind};
use recupmail_domain::person::{Profile, RegistrySummary, Shapes};
use recupmail_domain::recovery::session::Session;
use recupmail_domain::recovery::verify_identity::Identified;
use recupmail_domain::rules::MethodKind::{self, Desk, Email, Letter, Sms, Voice};
use recupmail_domain::rules::Rules;
use recupmail_model::house::{Stage, profile, rules, scheme};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

/// What somebody may do who knows the person's address and nothing else.
#[derive(Clone, Debug)]
enum Action {
    Start(Option<&'static str>),
    Send { method: &'static str, typed: Option<&'static str>, fails: bool },
    Type(String),
    SetPassword,
    Look,
    Leave,
    Wait(u64),
}

/// An action, and with which of the sessions, the newest first.
type Request = (Action, usize);

/// A request, of a client that likes one method best.
fn request(favourite: &'static str) -> impl Strategy<Value = Request> {
    let others = select(vec!["m1", "m2", "m1-voice", "m2-voice", "m3", "letter", "desk"]);
    let methods = prop_oneof![3 => Just(favourite), 1 => others];
    let contacts = ["someone@example.com", "+32470000001", "0470 00 00 02", "another@example.com", "neither"];
    let typed = prop_oneof![4 => Just(None), 1 => select(contacts.to_vec()).prop_map(Some)];
    let sends = (methods, typed, any::<u8>());
    let sends = sends.prop_map(|(method, typed, n)| Action::Send { method, typed, fails: n < 40 });
    let routes =
        select(vec![None, None, None, None, None, None, Some("letter"), Some("desk"), Some("pigeon")]);
    let short = select(vec![1, 31, 61, 121]);
    let long = select(vec![301, 601, 901, 3600, 86_400]);
    let times = prop_oneof![5 => short, 1 => long];
    let typed_codes = prop_oneof![
        5 => select(wrong_codes(favourite)),
        1 => select(wrong_codes("m1")),
        1 => select(wrong_codes("letter")),
        1 => select(vec!["1".to_owned(), "ABCD EFGH JKMN".to_owned()]),
    ];
    let action = prop_oneof![
        6 => routes.prop_map(Action::Start),
        16 => sends,
        24 => typed_codes.prop_map(Action::Type),
        2 => Just(Action::SetPassword),
        3 => Just(Action::Look),
        1 => Just(Action::Leave),
        8 => times.prop_map(Action::Wait),
    ];
    (action, prop_oneof![9 => Just(0), 1 => 1..3_usize])
}

/// Many requests, the first of which opens a session.
fn requests() -> impl Strategy<Value = Vec<Request>> {
    let favourite = select(vec!["m1", "m1", "m2", "letter", "desk"]);
    let requests = favourite.prop_flat_map(|method| proptest::collection::vec(request(method), 1..80));
    requests.prop_map(|mut requests| {
        requests.insert(0, (Action::Start(None), 0));
        requests
    })
}

/// Codes that nobody was given, which look as this method's do.
fn wrong_codes(method: &str) -> Vec<String> {
    let mut rng = StdRng::seed_from_u64(7);
    let code = |n| match method {
        "letter" | "desk" => ISSUED_CODE.generate(&mut rng).reveal().clone(),
        _ => format!("{n}0000000"),
    };
    (0..8).map(code).collect()
}

/// One side of the comparison.
struct Side {
    stage: Stage,
    sessions: Vec<Session>,
}

impl Side {
    fn of(stage: Stage) -> Self {
        Self { stage, sessions: Vec::new() }
    }

    /// Does it, and tells what is seen.
    fn act(&mut self, (action, back): &Request) -> String {
        match action {
            Action::Start(route) => return self.start(*route),
            Action::Wait(seconds) => {
                self.stage.clock.pass(Duration::from_secs(*seconds));
                return String::new();
            }
            _ => {}
        }
        let Some(session) = self.sessions.iter().rev().cycle().nth(*back).cloned() else {
            return String::new();
        };
        match action {
            Action::Send { method, typed, fails } => {
                self.stage.memory.delivery_fails = *fails;
                seen::sent(&self.stage.send(&session, method, *typed))
            }
            Action::Type(code) => seen::confirmed(&self.stage.confirm(&session, code)),
            Action::SetPassword => {
                seen::no_password(&self.stage.set_password(&session, "Tagine-aux-citrons-verts"))
            }
            Action::Look => seen::current(&self.stage.state(&session).unwrap()),
            Action::Leave => format!("{:?}", self.stage.logout(&session)),
            Action::Start(_) | Action::Wait(_) => unreachable!("done above"),
        }
    }

    fn start(&mut self, route: Option<&str>) -> String {
        let outcome = self.stage.verify(route);
        let told = seen::identified(&outcome);
        if let Ok(Identified::Started { session, .. }) = outcome {
            self.sessions.push(session);
        }
        told
    }
}

/// An institution in which an identifier alone is stated.
struct Institution {
    rules: Rules,
    summary: RegistrySummary,
    /// Somebody with whom recovery works.
    known: Person,
    /// Others with whom it does not, or only by letter and desk.
    others: Vec<(&'static str, Option<Person>)>,
}

struct Person {
    profile: Profile,
    allowed: bool,
    since: Vec<Timestamp>,
}

impl Institution {
    /// A registry whose people all have such contacts.
    fn of(rules: Rules, shapes: Shapes, known: Person, others: Vec<(&'static str, Person)>) -> Self {
        let denied = Person { allowed: false, ..person(known.profile.contacts.clone()) };
        let never_activated = Profile { directory_id: None, ..known.profile.clone() };
        let always =
            [("denied", denied), ("never activated", Person { profile: never_activated, ..person(vec![]) })];
        let somebody = always.into_iter().chain(others).map(|(who, person)| (who, Some(person)));
        Self {
            rules,
            summary: RegistrySummary {
                people: 240,
                common_domains: BTreeMap::from([("example.com".to_owned(), 100)]),
                shapes,
                ..RegistrySummary::default()
            },
            known,
            others: std::iter::once(("unknown", None)).chain(somebody).collect(),
        }
    }

    fn stage(&self, person: Option<&Person>, seed: u64) -> Stage {
        let mut stage = Stage::of(self.rules.clone(), seed);
        stage.memory.summary = self.summary.clone();
        if let Some(Person { profile, allowed, since }) = person {
            stage.enrol(profile, *allowed, since.clone());
            for (kind, code) in [(IssuedKind::Letter, "7K3M9QWXRT2A"), (IssuedKind::Desk, "9QWXRT2A7K3M")] {
                let inner = stage.keys.registry.code(code);
                let issued = IssuedCode::new(inner, kind, "", stage.clock.now());
                stage.memory.issue(stage.person(), kind, &issued);
            }
        }
        stage
    }
}

fn person(contacts: Vec<Contact>) -> Person {
    Person { profile: profile(contacts), allowed: true, since: Vec::new() }
}

fn email() -> Contact {
    Contact::Email("amina@example.com".into())
}

fn number() -> Contact {
    Contact::Phone("+32470123467".into())
}

fn foreign() -> Contact {
    Contact::Phone("+33612345678".into())
}

fn quiet() -> Scheme {
    scheme(SchemeKind::Identifier)
}

const ALL: [MethodKind; 5] = [Email, Sms, Voice, Letter, Desk];
const BOTH: Shapes = Shapes { email: 0, phone: 0, both: 240 };
const EMAIL: Shapes = Shapes { email: 240, phone: 0, both: 0 };
const MOSTLY_EMAIL: Shapes = Shapes { email: 200, phone: 0, both: 40 };
const PHONE: Shapes = Shapes { email: 0, phone: 240, both: 0 };

/// Two methods are required, and numbers must be typed.
fn two_methods() -> Institution {
    let mut rules = rules(quiet(), &[Email, Sms, Voice, Desk], 2);
    rules.methods.confirm_contact = vec![Sms, Voice];
    let others = vec![
        ("without contacts", person(vec![])),
        ("with an address alone", person(vec![email()])),
        ("with a number alone", person(vec![number()])),
        ("with a foreign number", person(vec![email(), foreign()])),
    ];
    Institution::of(rules, BOTH, person(vec![email(), number()]), others)
}

/// Every method there is, and one is required.
fn every_method() -> Institution {
    let others =
        vec![("without contacts", person(vec![])), ("with a foreign number", person(vec![foreign()]))];
    Institution::of(rules(quiet(), &ALL, 1), BOTH, person(vec![email(), number()]), others)
}

/// Numbers are known, but nothing is sent there.
fn mail_alone() -> Institution {
    let others = vec![("with a number alone", person(vec![number()]))];
    Institution::of(rules(quiet(), &[Email, Letter, Desk], 1), EMAIL, person(vec![email(), number()]), others)
}

/// Addresses are known, but nothing is sent there.
fn numbers_alone() -> Institution {
    let others = vec![("with an address alone", person(vec![email()]))];
    Institution::of(rules(quiet(), &[Sms, Voice], 1), PHONE, person(vec![email(), number()]), others)
}

/// Contacts that are new are not used, and the person's address is.
fn fresh_contacts() -> Institution {
    let (long_ago, lately) = (Timestamp::from_millis(0), Timestamp::from_millis(1_799_990_000_000));
    let rules = Rules { fresh_contact_days: 7, ..rules(quiet(), &[Email, Sms], 1) };
    let since = |since: Vec<Timestamp>| Person { since, ..person(vec![email(), number()]) };
    let others = vec![("with new contacts", since(vec![lately, lately]))];
    Institution::of(rules, PHONE, since(vec![lately, long_ago]), others)
}

/// The scheme opens less than the institution offers.
fn a_narrow_scheme() -> Institution {
    let scheme = Scheme { methods: Some(vec![Sms, Letter]), ..quiet() };
    let others = vec![("with an address alone", person(vec![email()]))];
    Institution::of(rules(scheme, &ALL, 1), MOSTLY_EMAIL, person(vec![email(), number()]), others)
}

/// How often each kind of answer was seen, and how many codes were sent.
type Told = BTreeMap<String, usize>;

const CODES: &str = "codes that went out";

fn compare(
    institution: &Institution,
    other: Option<&Person>,
    requests: &[Request],
    seed: u64,
    told: &mut Told,
) {
    let mut known = Side::of(institution.stage(Some(&institution.known), seed));
    let mut decoy = Side::of(institution.stage(other, seed + 1));
    for (place, request) in requests.iter().enumerate() {
        let expected = known.act(request);
        assert_eq!(decoy.act(request), expected, "{:#?}", &requests[..=place]);
        *told.entry(expected.split([' ', ':', '(']).next().unwrap().to_owned()).or_default() += 1;
    }
    *told.entry(CODES.to_owned()).or_default() += known.stage.memory.sent().len();
    assert_eq!(decoy.stage.memory.sent(), []);
    for side in [known, decoy] {
        assert_eq!(side.stage.memory.written(), Vec::<String>::new());
        assert_eq!(side.stage.memory.audited(), []);
    }
}

/// Always the same sequences, so that a failure is one for everybody.
fn runner() -> TestRunner {
    let config = Config { cases: 150, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// What must be seen, so that nothing is the same for want of anything happening.
const KINDS: [&str; 16] = [
    "started,",
    "limited",
    "choose;",
    "enter",
    "sent",
    "TooSoon",
    "SendLimit",
    "ContactMismatch",
    "UnknownMethod",
    "InvalidFields",
    "Incorrect",
    "Expired",
    "TooManyAttempts",
    "WrongStep",
    "SessionExpired",
    "SessionMissing",
];

fn check(institution: &Institution) {
    let told = RefCell::new(Told::new());
    for (who, other) in &institution.others {
        let outcome = runner().run(&(requests(), any::<u32>()), |(requests, seed)| {
            compare(institution, other.as_ref(), &requests, u64::from(seed), &mut told.borrow_mut());
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("who is {who}: {failure}"));
    }
    let told = told.into_inner();
    assert!(KINDS.iter().chain([&CODES]).all(|kind| told.contains_key(*kind)), "{told:?}");
}

macro_rules! quiet {
    ($($name:ident in $institution:ident;)*) => {$(
        #[test]
        fn $name() {
            check(&$institution());
        }
    )*};
}

quiet! {
    nobody_is_told_from_somebody_where_two_methods_are_required in two_methods;
    nobody_is_told_from_somebody_where_every_method_is_offered in every_method;
    nobody_is_told_from_somebody_where_only_mail_is_sent in mail_alone;
    nobody_is_told_from_somebody_where_only_numbers_are_reached in numbers_alone;
    nobody_is_told_from_somebody_whose_address_is_new in fresh_contacts;
    nobody_is_told_from_somebody_where_the_scheme_opens_less in a_narrow_scheme;
}

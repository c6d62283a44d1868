//! Letter and desk codes, on the real steps: any sequence of requests in any number of sessions, while codes
//! are issued and revoked. A code sets at most one password, and none once it was revoked, replaced or too
//! old; what has another shape costs nothing; and whose codes are good gets their password.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rand::SeedableRng;
use rand::rngs::StdRng;
use recupmail_domain::audit::AuditEvent;
use recupmail_domain::challenge::State;
use recupmail_domain::clock::{Clock, Timestamp};
use recupmail_domain::code::ISSUED_CODE;
use recupmail_domain::contact::Contact;
use recupmail_domain::identity::SchemeKind;
use recupmail_domain::issued::{IssuedCode, IssuedKind};
use recupmail_domain::recovery::confirm_code::{ConfirmCodeError, Confirmed};
use recupmail_domain::recovery::send_code::Sent;
use recupmail_domain::recovery::session::{Session, Step};
use recupmail_domain::recovery::set_password::PasswordSet;
use recupmail_domain::recovery::verify_identity::Identified;
use recupmail_domain::rules::MethodKind::{Desk, Email, Letter};
use recupmail_model::house::{Stage, profile, rules, scheme};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What happens next. Requests name the session, the newest first.
#[derive(Clone, Debug)]
enum Action {
    Start(Option<&'static str>),
    Send(usize, &'static str),
    /// Asks for a code and types it.
    Prove(usize, &'static str),
    /// Types the last code of that kind that was issued, or an older one.
    TypeIssued(usize, IssuedKind, usize),
    /// Types the code that was sent last.
    TypeSent(usize),
    /// Types a code that was never given out, which looks as those that are issued, or as those that are sent.
    TypeWrong(usize, u8, bool),
    SetPassword(usize, u8),
    Issue(IssuedKind),
    Revoke(IssuedKind),
    Wait(u64),
}

fn action() -> impl Strategy<Value = Action> {
    let session = || prop_oneof![3 => Just(0), 1 => Just(1)];
    let kind = || prop_oneof![2 => Just(IssuedKind::Letter), 1 => Just(IssuedKind::Desk)];
    let methods = || select(vec!["letter", "letter", "desk", "m1"]);
    prop_oneof![
        4 => select(vec![None, None, Some("letter"), Some("desk")]).prop_map(Action::Start),
        6 => (session(), methods()).prop_map(|(session, method)| Action::Send(session, method)),
        6 => (session(), methods()).prop_map(|(session, method)| Action::Prove(session, method)),
        6 => (session(), kind(), prop_oneof![4 => Just(0), 1 => Just(1)])
            .prop_map(|(session, kind, back)| Action::TypeIssued(session, kind, back)),
        3 => session().prop_map(Action::TypeSent),
        3 => (session(), 0..8_u8, any::<bool>())
            .prop_map(|(session, n, issued)| Action::TypeWrong(session, n, issued)),
        6 => (session(), 0..2_u8).prop_map(|(session, n)| Action::SetPassword(session, n)),
        3 => kind().prop_map(Action::Issue),
        1 => kind().prop_map(Action::Revoke),
        4 => select(vec![1, 31, 31, 61, 601, 901, 86_400]).prop_map(Action::Wait),
    ]
}

/// A code that was issued, and what really happened to it.
struct Code {
    kind: IssuedKind,
    text: String,
    expires: Timestamp,
    /// Revoked or replaced.
    ended: bool,
    spent: bool,
}

/// A session, and what really happened in it.
struct Tab {
    session: Session,
    began: Timestamp,
    /// The live code, and which issued code it is, if it is one.
    live: Option<(String, Option<usize>)>,
    /// The issued codes that proved the person.
    proven_by: BTreeSet<usize>,
    changed: Option<String>,
}

/// What came about, so that nothing holds for want of anything happening.
type Seen = BTreeMap<&'static str, u32>;

struct Person {
    stage: Stage,
    rng: StdRng,
    codes: Vec<Code>,
    tabs: Vec<Tab>,
    changed: Option<Timestamp>,
    seen: Seen,
}

const KNOWN: &str = "amina@example.org";

impl Person {
    fn of(required: u8, seed: u64) -> Self {
        let rules = rules(scheme(SchemeKind::Proof), &[Email, Letter, Desk], required);
        let mut stage = Stage::of(rules, seed);
        stage.enrol(&profile(vec![Contact::Email(KNOWN.into())]), true, Vec::new());
        let rng = StdRng::seed_from_u64(seed);
        Self { stage, rng, codes: Vec::new(), tabs: Vec::new(), changed: None, seen: Seen::new() }
    }

    fn now(&self) -> Timestamp {
        self.stage.clock.now()
    }

    fn saw(&mut self, what: &'static str) {
        *self.seen.entry(what).or_default() += 1;
    }

    fn act(&mut self, action: &Action) {
        let tab = |back: &usize| self.tabs.len().checked_sub(back + 1);
        match action {
            Action::Start(route) => self.start(*route),
            Action::Issue(kind) => self.issue(*kind),
            Action::Revoke(kind) => self.revoke(*kind),
            Action::Wait(seconds) => self.stage.clock.pass(Duration::from_secs(*seconds)),
            Action::Send(back, method) => tab(back).into_iter().for_each(|tab| self.send(tab, method)),
            Action::Prove(back, method) => tab(back).into_iter().for_each(|tab| {
                self.send(tab, method);
                if let Some((right, _)) = self.tabs[tab].live.clone() {
                    self.type_code(tab, &right);
                }
            }),
            Action::TypeIssued(back, kind, older) => {
                let mut codes = self.codes.iter().rev().filter(|code| code.kind == *kind);
                let code = codes.nth(*older).map(|code| code.text.clone());
                tab(back).zip(code).into_iter().for_each(|(tab, code)| self.type_code(tab, &code));
            }
            Action::TypeSent(back) => {
                let code = self.stage.memory.sent().pop().map(|(_, code)| code);
                tab(back).zip(code).into_iter().for_each(|(tab, code)| self.type_code(tab, &code));
            }
            Action::TypeWrong(back, n, issued) => {
                let mut rng = StdRng::seed_from_u64(1000 + u64::from(*n));
                let code = if *issued {
                    ISSUED_CODE.generate(&mut rng).reveal().clone()
                } else {
                    format!("{n}0000000")
                };
                if let Some(tab) = tab(back) {
                    self.type_code(tab, &code);
                }
            }
            Action::SetPassword(back, n) => {
                let password = format!("Tagine-{n}-citrons-verts");
                if let Some(tab) = tab(back) {
                    self.set_password(tab, &password);
                }
            }
        }
    }

    fn start(&mut self, route: Option<&str>) {
        let began = self.now();
        if let Ok(Identified::Started { session, .. }) = self.stage.verify(route) {
            self.tabs.push(Tab { session, began, live: None, proven_by: BTreeSet::new(), changed: None });
        }
    }

    fn issue(&mut self, kind: IssuedKind) {
        // No two codes are issued in the same millisecond.
        self.stage.clock.pass(Duration::from_millis(1));
        let text = ISSUED_CODE.generate(&mut self.rng).reveal().clone();
        let code = IssuedCode::new(self.stage.keys.registry.code(&text), kind, "", self.now());
        self.stage.memory.issue(self.stage.person(), kind, &code);
        self.codes.iter_mut().filter(|code| code.kind == kind).for_each(|code| code.ended = true);
        self.codes.push(Code { kind, text, expires: code.expires, ended: false, spent: false });
    }

    fn revoke(&mut self, kind: IssuedKind) {
        self.stage.memory.revoke(self.stage.person(), kind, self.now());
        self.codes.iter_mut().filter(|code| code.kind == kind).for_each(|code| code.ended = true);
    }

    fn good(&self, code: usize) -> bool {
        let code = &self.codes[code];
        !code.ended && !code.spent && code.expires > self.now()
    }

    fn send(&mut self, tab: usize, method: &str) {
        let session = self.tabs[tab].session.clone();
        let before = self.stage.memory.sent().len();
        let Ok(Sent::Delivered { by, .. }) = self.stage.send(&session, method, None) else { return };
        let sent = self.stage.memory.sent().split_off(before).pop();
        let kind = by.issued();
        assert_eq!(sent.is_none(), kind.is_some(), "a letter and the desk send nothing");
        let armed =
            (0..self.codes.len()).find(|code| Some(self.codes[*code].kind) == kind && self.good(*code));
        self.tabs[tab].live = match (sent, armed) {
            (Some((_, text)), _) => Some((text, None)),
            (None, Some(code)) => Some((self.codes[code].text.clone(), Some(code))),
            (None, None) => None,
        };
    }

    fn type_code(&mut self, tab: usize, typed: &str) {
        let session = self.tabs[tab].session.clone();
        let seen = |challenge: recupmail_domain::challenge::Challenge| {
            challenge.code.map(|code| (code.contact.issued_kind().is_some(), code.seen.len()))
        };
        let before = seen(self.stage.challenge(&session));
        let outcome = self.stage.confirm(&session, typed);
        let after = seen(self.stage.challenge(&session));
        let looks_issued = typed.len() == ISSUED_CODE.length;
        if before.is_none_or(|(issued, _)| issued != looks_issued) {
            assert_eq!(before, after, "what has another shape costs nothing");
        }
        match outcome {
            Ok(Confirmed::Granted { session, .. }) => {
                let (right, code) = self.tabs[tab].live.clone().expect("a code is live");
                assert_eq!(typed, right);
                self.tabs[tab].proven_by.extend(code);
                self.tabs[tab].session = session;
            }
            Err(ConfirmCodeError::InvalidFields(_)) => self.saw("another shape"),
            Err(ConfirmCodeError::Incorrect { .. }) => {
                let right = self.tabs[tab].live.as_ref();
                assert!(right.is_none_or(|(right, _)| right != typed), "the right code is right");
            }
            _ => {}
        }
    }

    /// A password is set exactly if nothing speaks against it.
    fn set_password(&mut self, tab: usize, password: &str) {
        let Tab { session, began, proven_by, changed, .. } = &self.tabs[tab];
        let (session, began, codes) = (session.clone(), *began, proven_by.clone());
        let challenge = self.stage.challenge(&session);
        let at = self.now();
        let ready = session.allows(Step::SetPassword)
            && matches!(challenge.state, State::Open | State::Sent)
            && challenge.expires > at;
        let overtaken = self.changed.is_some_and(|changed| changed >= began);
        let spoilt = codes.iter().copied().find(|code| !self.good(*code));
        let expected = ready && !overtaken && spoilt.is_none();
        let again = changed.as_deref() == Some(password);
        let (written, audited) = (self.stage.memory.written().len(), self.stage.memory.audited());
        let done = matches!(self.stage.set_password(&session, password), Ok(PasswordSet::Done { .. }));
        let wrote = self.stage.memory.written().len() > written;
        let refused = self.stage.memory.audited()[audited.len()..] == [AuditEvent::PasswordRefused];
        assert_eq!((done, wrote), (expected || again, expected), "{password}");
        assert_eq!(refused, ready && !expected, "a refusal of what was proven is kept");
        if expected {
            self.changed = Some(at);
            self.tabs[tab].changed = Some(password.to_owned());
            self.saw(match codes.len() {
                0 => "a password without issued codes",
                1 if challenge.required == 1 => "a password by one code",
                1 => "a password by a code and a contact",
                _ => "a password by a letter and the desk",
            });
            for code in &codes {
                self.codes[*code].spent = true;
            }
        } else if let Some(code) = spoilt.filter(|_| ready && !overtaken) {
            self.saw(if self.codes[code].ended {
                "a code that was ended"
            } else {
                "a code that was too old"
            });
        }
    }
}

/// Always the same sequences, so that a failure is one for everybody.
fn runner() -> TestRunner {
    let config = Config { cases: 1500, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn check(required: u8, expected: &[&str]) {
    let sequences = (proptest::collection::vec(action(), 1..60), any::<u64>());
    let seen = std::cell::RefCell::new(Seen::new());
    let outcome = runner().run(&sequences, |(actions, seed)| {
        let mut person = Person::of(required, seed);
        for action in [Action::Issue(IssuedKind::Letter), Action::Start(None)].iter().chain(&actions) {
            person.act(action);
        }
        for (what, times) in &person.seen {
            *seen.borrow_mut().entry(what).or_default() += times;
        }
        Ok(())
    });
    outcome.unwrap();
    let seen = seen.into_inner();
    assert!(expected.iter().all(|what| seen.get(what).is_some_and(|times| *times >= 5)), "{seen:?}");
}

#[test]
fn an_issued_code_sets_one_password_while_it_is_good_where_one_method_is_required() {
    check(
        1,
        &[
            "another shape",
            "a password by one code",
            "a code that was ended",
            "a password without issued codes",
        ],
    );
}

#[test]
fn an_issued_code_sets_one_password_while_it_is_good_where_two_methods_are_required() {
    check(
        2,
        &[
            "another shape",
            "a password by one code",
            "a password by a code and a contact",
            "a password by a letter and the desk",
            "a code that was ended",
        ],
    );
}

/// A person with one session and a code of the desk's.
fn at_the_desk() -> Person {
    let mut person = Person::of(1, 1);
    for action in [Action::Issue(IssuedKind::Desk), Action::Start(None)] {
        person.act(&action);
    }
    person
}

#[test]
fn a_code_that_grows_too_old_after_the_proof_sets_no_password() {
    let mut person = Person::of(1, 1);
    let actions = [
        Action::Issue(IssuedKind::Desk),
        Action::Wait(86_400 - 300),
        Action::Start(None),
        Action::Prove(0, "desk"),
        Action::Wait(301),
        Action::SetPassword(0, 0),
    ];
    for action in &actions {
        person.act(action);
    }
    assert_eq!(person.seen["a code that was too old"], 1);
}

#[test]
fn a_code_that_was_typed_before_it_was_armed_is_good_in_the_next_session() {
    let mut person = at_the_desk();
    person.act(&Action::Send(0, "desk"));
    person.act(&Action::Issue(IssuedKind::Desk));
    person.act(&Action::TypeIssued(0, IssuedKind::Desk, 0));
    person.act(&Action::Wait(31));
    let session = person.tabs[0].session.clone();
    let again = person.stage.send(&session, "desk", None);
    assert!(matches!(again, Ok(Sent::TooManyAttempts)), "waiting does not help: {again:?}");
    for action in [Action::Start(None), Action::Prove(0, "desk"), Action::SetPassword(0, 0)] {
        person.act(&action);
    }
    assert_eq!(person.seen["a password by one code"], 1);
}

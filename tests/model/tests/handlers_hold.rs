//! The invariants of the challenge, on the real steps: any sequence of requests, any time between them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use recupmail_domain::challenge::{Challenge, State};
use recupmail_domain::clock::Clock;
use recupmail_domain::contact::Contact;
use recupmail_domain::identity::SchemeKind;
use recupmail_domain::recovery::confirm_code::{ConfirmCodeError, Confirmed};
use recupmail_domain::recovery::send_code::Sent;
use recupmail_domain::recovery::session::Session;
use recupmail_domain::recovery::set_password::PasswordSet;
use recupmail_domain::rules::MethodKind;
use recupmail_model::house::{Stage, profile, rules, scheme, session_of};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What a client may do next.
#[derive(Clone, Debug)]
enum Action {
    Send {
        method: usize,
        fails: bool,
    },
    /// Types the last code that was sent, if any.
    TypeLast,
    /// Types the code before it.
    TypeOlder,
    /// Types a wrong one.
    TypeWrong(u8),
    SetPassword(u8),
    Logout,
    Wait(u64),
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => (0..2_usize, any::<u8>()).prop_map(|(method, n)| Action::Send { method, fails: n < 40 }),
        4 => Just(Action::TypeLast),
        2 => Just(Action::TypeOlder),
        4 => (0..8_u8).prop_map(Action::TypeWrong),
        3 => (0..2_u8).prop_map(Action::SetPassword),
        1 => Just(Action::Logout),
        4 => prop_oneof![Just(31), Just(61), Just(121), Just(301), Just(601)].prop_map(Action::Wait),
    ]
}

/// What is remembered beside the real state, to judge it.
#[derive(Default)]
struct History {
    /// Wrong guesses that were compared since the last proof, without repeats of the same.
    evaluated: BTreeSet<String>,
    sends: BTreeMap<usize, u32>,
    last_send: BTreeMap<usize, i64>,
    proven: BTreeSet<usize>,
    changed: Option<String>,
    ended: bool,
}

struct Client {
    stage: Stage,
    session: Session,
    history: History,
    required: u8,
}

impl Client {
    fn of(required: u8, seed: u64) -> Self {
        let offered = [MethodKind::Email, MethodKind::Sms];
        let mut stage = Stage::of(rules(scheme(SchemeKind::Proof), &offered, required), seed);
        let contacts =
            vec![Contact::Email("amina@example.org".into()), Contact::Phone("+32470123467".into())];
        stage.enrol(&profile(contacts), true, Vec::new());
        let session = session_of(stage.verify(None));
        Self { stage, session, history: History::default(), required }
    }

    fn challenge(&self) -> Challenge {
        self.stage.challenge(&self.session)
    }

    fn act(&mut self, action: &Action) {
        match action {
            Action::Send { method, fails } => self.send(*method, *fails),
            Action::TypeLast => self.type_sent(1),
            Action::TypeOlder => self.type_sent(2),
            Action::TypeWrong(n) => self.type_code(&format!("{n}0000000"), false),
            Action::SetPassword(n) => self.set_password(&format!("Tagine-{n}-citrons-verts")),
            Action::Logout => self.logout(),
            Action::Wait(seconds) => self.stage.clock.pass(Duration::from_secs(*seconds)),
        }
        assert_eq!(self.stage.memory.written().len(), usize::from(self.history.changed.is_some()));
    }

    fn millis(&self) -> i64 {
        self.stage.clock.now().as_millis()
    }

    fn send(&mut self, method: usize, fails: bool) {
        let before = self.stage.memory.sent().len();
        self.stage.memory.delivery_fails = fails;
        let outcome = self.stage.send(&self.session, &format!("m{}", method + 1), None);
        let went_out = self.stage.memory.sent().len() - before;
        assert_eq!(went_out, usize::from(matches!(outcome, Ok(Sent::Delivered { .. }))));
        if went_out == 1 {
            assert!(!self.history.ended, "nothing is sent for a challenge that ended");
            assert!(!self.history.proven.contains(&method), "a proven method gets no other code");
            let sends = self.history.sends.entry(method).or_default();
            *sends += 1;
            assert!(*sends <= 3, "at most three codes go to a contact");
            let last = self.history.last_send.insert(method, self.millis());
            assert!(last.is_none_or(|last| self.millis() - last >= 30_000), "and not in a hurry");
        }
    }

    fn type_sent(&mut self, back: usize) {
        let sent = self.stage.memory.sent();
        if let Some((_, code)) = sent.len().checked_sub(back).and_then(|index| sent.get(index)) {
            let challenge = self.challenge();
            let delivered = challenge.code.as_ref().is_some_and(|code| code.expires.is_some());
            self.type_code(code, back == 1 && delivered);
        }
    }

    /// Types a code; `live` if it is the one that may be right.
    fn type_code(&mut self, code: &str, live: bool) {
        let before = self.challenge();
        match self.stage.confirm(&self.session, code) {
            Ok(Confirmed::Granted { session, .. }) => {
                assert!(live, "only the last code sent is ever right");
                let challenge = self.challenge();
                assert!(challenge.state == State::Sent && self.millis() < challenge.expires.as_millis());
                let method = challenge.code.unwrap().contact.index().unwrap();
                self.history.proven.insert(method);
                self.history.evaluated.clear();
                assert!(self.history.proven.len() <= usize::from(self.required.max(1)));
                self.session = session;
            }
            Err(ConfirmCodeError::Incorrect { attempts_left }) if !before.live_code_proven() => {
                self.history.evaluated.insert(code.to_owned());
                assert!(self.history.evaluated.len() <= 5, "at most five guesses are compared");
                assert!((0..5).contains(&attempts_left));
            }
            _ => {}
        }
    }

    fn set_password(&mut self, password: &str) {
        if let Ok(PasswordSet::Done { .. }) = self.stage.set_password(&self.session, password) {
            assert!(self.history.proven.len() >= usize::from(self.required), "every method was proven");
            let changed = self.history.changed.get_or_insert_with(|| password.to_owned());
            assert_eq!(changed, password, "one password succeeds, however often");
            self.history.ended = true;
        }
    }

    fn logout(&mut self) {
        self.stage.logout(&self.session).unwrap();
        let state = self.challenge().state;
        assert!(matches!(state, State::Revoked | State::Done));
        self.history.ended = true;
    }
}

fn check(required: u8, actions: &[Action], seed: u64) -> Client {
    let mut client = Client::of(required, seed);
    let mut ended = None;
    for action in actions {
        client.act(action);
        let state = client.challenge().state;
        if let Some(ended) = ended {
            assert_eq!(state, ended, "what is done or revoked stays so");
        }
        if matches!(state, State::Done | State::Revoked) {
            ended = Some(state);
        }
    }
    client
}

/// Always the same sequences, so that a failure is one for everybody.
fn runner() -> TestRunner {
    let config = Config { cases: 1500, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn any_sequence_of_requests_keeps_the_invariants() {
    for required in [0, 1, 2] {
        let sequences = (proptest::collection::vec(action(), 1..40), any::<u64>());
        let done = std::cell::Cell::new(0);
        runner()
            .run(&sequences, |(actions, seed)| {
                let client = check(required, &actions, seed);
                done.set(done.get() + u32::from(client.history.changed.is_some()));
                Ok(())
            })
            .unwrap();
        assert!(
            done.get() > 20,
            "with {required} methods required, {} sequences changed a password",
            done.get()
        );
    }
}

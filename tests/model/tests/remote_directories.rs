//! Changes in directories that are services of their own, on the real steps: any sequence of requests in any
//! number of sessions, whatever the directories answer, with crashes at any write, and any time between.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use recupmail_domain::challenge::State;
use recupmail_domain::challenge::writes::applying::LEASE;
use recupmail_domain::clock::{Clock, Timestamp};
use recupmail_domain::contact::Contact;
use recupmail_domain::identity::SchemeKind;
use recupmail_domain::limits::Limits;
use recupmail_domain::ports::WritePassword;
use recupmail_domain::recovery::confirm_code::Confirmed;
use recupmail_domain::recovery::send_code::Sent;
use recupmail_domain::recovery::session::Session;
use recupmail_domain::recovery::set_password::{PasswordSet, SetPasswordError};
use recupmail_domain::recovery::verify_identity::Identified;
use recupmail_domain::rules::MethodKind::Email;
use recupmail_model::house::{Answer, MemoryDirectory, Stage, profile, rules, scheme};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What happens next. Requests name the session, the newest first.
#[derive(Clone, Debug)]
enum Action {
    Start,
    Prove(usize),
    /// With what each directory answers, and after how many halves of writes it crashes, if it does.
    SetPassword {
        back: usize,
        password: u8,
        answers: [Answer; 2],
        crash: Option<u32>,
    },
    /// A directory writes what it was asked for before, if there is anything.
    Land,
    Logout(usize),
    Wait(u64),
}

fn action() -> impl Strategy<Value = Action> {
    let session = || prop_oneof![3 => Just(0), 2 => Just(1)];
    let answer = || {
        use Answer::{Late, Lost, Never, Ok, Refused, Unreached};
        select(vec![Ok, Ok, Ok, Ok, Ok, Lost, Late, Refused, Refused, Unreached, Never])
    };
    let password = prop_oneof![3 => Just(0_u8), 1 => Just(1)];
    let crash = prop_oneof![5 => Just(None), 1 => (0..9_u32).prop_map(Some)];
    let attempt = (session(), password, [answer(), answer()], crash);
    prop_oneof![
        2 => Just(Action::Start),
        3 => session().prop_map(Action::Prove),
        10 => attempt.prop_map(|(back, password, answers, crash)| {
            Action::SetPassword { back, password, answers, crash }
        }),
        3 => Just(Action::Land),
        1 => session().prop_map(Action::Logout),
        4 => select(vec![1, 5, 21, 21, 21, 901]).prop_map(Action::Wait),
    ]
}

/// A session, and what really happened in it.
struct Tab {
    session: Session,
    began: Timestamp,
    proven: bool,
    /// Passwords of which nobody knows whether they are in a directory or may get there.
    unknown: BTreeSet<String>,
    succeeded: Option<String>,
    ended: Option<State>,
}

/// What a directory may write yet: which one, what, for which session, and until when.
struct Late(usize, String, usize, Timestamp);

struct Person {
    stage: Stage,
    required: u8,
    tabs: Vec<Tab>,
    late: Vec<Late>,
    /// When a password was changed last.
    changed: Option<Timestamp>,
    /// The password that was told to be everywhere, until a directory is asked again.
    settled: Option<String>,
    seen: BTreeMap<&'static str, u32>,
}

impl Person {
    fn of(required: u8, directories: &[&str], seed: u64) -> Self {
        let mut rules = rules(scheme(SchemeKind::Proof), &[Email], required);
        rules.limits = Limits { starts_per_day: 100, starts_since_success: 100, ..Limits::default() };
        let mut stage = Stage::of(rules, seed);
        stage.enrol(&profile(vec![Contact::Email("amina@example.org".into())]), true, Vec::new());
        stage.directories = directories.iter().map(|name| MemoryDirectory::new(name)).collect();
        let (tabs, late) = (Vec::new(), Vec::new());
        Self { stage, required, tabs, late, changed: None, settled: None, seen: BTreeMap::new() }
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
            Action::Start => self.start(),
            Action::Prove(back) => tab(back).into_iter().for_each(|tab| self.prove(tab)),
            Action::SetPassword { back, password, answers, crash } => {
                let password = format!("Tagine-{password}-citrons-verts");
                if let Some(tab) = tab(back) {
                    self.set_password(tab, &password, *answers, *crash);
                }
            }
            Action::Land => self.land(),
            Action::Logout(back) => tab(back).into_iter().for_each(|tab| {
                self.stage.logout(&self.tabs[tab].session).unwrap();
            }),
            Action::Wait(seconds) => {
                self.stage.clock.pass(Duration::from_secs(*seconds));
                let now = self.now();
                self.late.retain(|late| late.3 >= now);
            }
        }
        for tab in &mut self.tabs {
            let state = self.stage.challenge(&tab.session).state;
            assert!(tab.ended.is_none_or(|ended| ended == state), "what is done or revoked stays so");
            tab.ended = tab.ended.or(matches!(state, State::Done | State::Revoked).then_some(state));
        }
    }

    fn start(&mut self) {
        let began = self.now();
        if let Ok(Identified::Started { session, .. }) = self.stage.verify(None) {
            let (unknown, proven) = (BTreeSet::new(), self.required == 0);
            self.tabs.push(Tab { session, began, proven, unknown, succeeded: None, ended: None });
        }
    }

    fn prove(&mut self, tab: usize) {
        let session = self.tabs[tab].session.clone();
        if let Ok(Sent::Delivered { .. }) = self.stage.send(&session, "m1", None) {
            let (_, code) = self.stage.memory.sent().pop().unwrap();
            if let Ok(Confirmed::Granted { session, .. }) = self.stage.confirm(&session, &code) {
                self.tabs[tab].session = session;
                self.tabs[tab].proven = true;
            }
        }
    }

    fn land(&mut self) {
        if self.late.is_empty() {
            return;
        }
        let Late(directory, password, tab, _) = self.late.remove(0);
        self.stage.directories[directory].write(&password);
        assert!(!self.overtaken(tab), "nothing is written after another's success");
        assert!(self.settled.as_ref().is_none_or(|settled| *settled == password), "a success stays true");
        self.saw("a directory wrote late");
    }

    fn overtaken(&self, tab: usize) -> bool {
        let succeeded = self.tabs[tab].succeeded.is_some();
        !succeeded && self.changed.is_some_and(|changed| changed >= self.tabs[tab].began)
    }

    fn set_password(&mut self, tab: usize, password: &str, answers: [Answer; 2], crash: Option<u32>) {
        let session = self.tabs[tab].session.clone();
        let before = self.stage.challenge(&session);
        self.stage.directories.iter().zip(answers).for_each(|(place, answer)| place.script(&[answer]));
        self.stage.memory.stop_after(crash);
        let outcome = self.stage.attempt_password(&session, password);
        self.stage.memory.stop_after(None);
        let after = self.stage.challenge(&session);
        let asked = self.judge_asked(tab, password, &before, outcome.is_none());
        let taken_over = before.state == State::Applying && asked;
        match outcome {
            Some(Ok(PasswordSet::Done { .. })) => {
                self.succeed(tab, password);
                if taken_over {
                    self.saw("a takeover completed");
                }
            }
            Some(Err(SetPasswordError::RefusedByDirectory { .. })) => {
                assert!(matches!(after.state, State::Open | State::Sent), "another password may be tried");
                self.saw("a refusal was released");
            }
            Some(Err(SetPasswordError::DirectoryUnavailable { .. })) if after.state == State::Applying => {
                self.saw("an attempt gave up");
            }
            Some(Err(SetPasswordError::DirectoryUnavailable { .. })) => self.saw("nothing was written"),
            None if after.state == State::Done => {
                self.succeed(tab, password);
                self.saw("a crash after the end");
            }
            None => self.saw("a crash"),
            Some(_) => {}
        }
        if after.state == State::Applying && asked {
            self.tabs[tab].unknown.insert(password.to_owned());
        }
        if before.state != after.state && matches!(after.state, State::Open | State::Sent) {
            assert!(self.tabs[tab].unknown.is_empty(), "what may be written is not taken back");
        }
    }

    /// Judges what the directories were asked; tells whether they were.
    fn judge_asked(
        &mut self,
        tab: usize,
        password: &str,
        before: &recupmail_domain::challenge::Challenge,
        crashed: bool,
    ) -> bool {
        let (now, until) = (self.now(), self.now().plus(LEASE));
        let asked: Vec<_> = self.stage.directories.iter().map(MemoryDirectory::asked).collect();
        for (place, (asked, answer)) in
            asked.iter().enumerate().flat_map(|(n, a)| a.iter().map(move |a| (n, a)))
        {
            assert_eq!(asked, password);
            assert!(self.tabs[tab].proven && self.tabs[tab].succeeded.is_none() && !self.overtaken(tab));
            assert!(before.state == State::Applying || before.expires > now, "announced in time");
            assert!(self.tabs[tab].unknown.iter().all(|other| other == password), "one fate at a time");
            if matches!(answer, Answer::Late | Answer::Never) {
                self.late.push(Late(place, password.to_owned(), tab, until));
            }
            if before.state == State::Applying && *answer == Answer::Refused && !crashed {
                let has = self.stage.directories[place].password().as_deref() == Some(password);
                self.saw(if has { "refused, but there" } else { "refused, and not there" });
            }
            if matches!(answer, Answer::Lost | Answer::Late | Answer::Never) {
                self.tabs[tab].unknown.insert(password.to_owned());
            }
        }
        let any = asked.iter().any(|asked| !asked.is_empty());
        if any {
            self.settled = None;
        }
        any
    }

    fn succeed(&mut self, tab: usize, password: &str) {
        if self.tabs[tab].succeeded.is_none() {
            for directory in &self.stage.directories {
                assert_eq!(directory.password().as_deref(), Some(password), "{} has it", directory.name());
            }
            assert!(!self.overtaken(tab), "a success ends the others");
            (self.changed, self.settled) = (Some(self.now()), Some(password.to_owned()));
            self.saw("a success");
        }
        let succeeded = self.tabs[tab].succeeded.get_or_insert_with(|| password.to_owned());
        assert_eq!(succeeded, password, "one password succeeds, however often");
    }
}

/// Always the same sequences, so that a failure is one for everybody.
fn check(required: u8, directories: &[&str]) {
    let config = Config { cases: 2500, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let seen = std::cell::RefCell::new(BTreeMap::<&str, u32>::new());
    let outcome = runner.run(&(vec(action(), 1..50), any::<u64>()), |(actions, seed)| {
        let mut person = Person::of(required, directories, seed);
        [Action::Start].iter().chain(&actions).for_each(|action| person.act(action));
        for (what, times) in &person.seen {
            *seen.borrow_mut().entry(what).or_default() += times;
        }
        Ok(())
    });
    outcome.unwrap();
    let seen = seen.into_inner();
    let expected = [
        "a success",
        "a takeover completed",
        "a refusal was released",
        "an attempt gave up",
        "nothing was written",
        "a directory wrote late",
        "a crash",
        "a crash after the end",
        "refused, but there",
        "refused, and not there",
    ];
    assert!(expected.iter().all(|what| seen.get(what).is_some_and(|times| *times >= 3)), "{seen:?}");
}

#[test]
fn any_sequence_of_changes_in_one_directory_keeps_the_invariants() {
    check(1, &["one"]);
}

#[test]
fn any_sequence_of_changes_in_two_directories_keeps_the_invariants() {
    check(1, &["one", "two"]);
}

#[test]
fn any_sequence_of_changes_without_methods_keeps_the_invariants() {
    check(0, &["one", "two"]);
}

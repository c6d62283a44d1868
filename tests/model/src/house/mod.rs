//! A house without a machine: an institution's rules, keys, a clock that is turned by hand, and a memory that
//! keeps items as the database does. The steps that run in it are the real ones.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "test support: a failure here is a failed test"
)]

mod directory;
mod memory;

pub use directory::{Answer, MemoryDirectory};
pub use memory::Memory;

use futures_util::FutureExt;
use rand::SeedableRng;
use rand::rngs::StdRng;
use recupmail_domain::challenge::Challenge;
use recupmail_domain::clock::{Clock, Timestamp};
use recupmail_domain::code::{Alphabet, CodeFormat};
use recupmail_domain::contact::Contact;
use recupmail_domain::identity::{Anchor, Field, FieldKind, Scheme, SchemeKind};
use recupmail_domain::keys::{Key, KeyedHash, Keys, RegistryKeys, SessionKeyRing, SessionKeys};
use recupmail_domain::limits::Limits;
use recupmail_domain::password::Policy;
use recupmail_domain::person::{PersonRecord, Profile};
use recupmail_domain::ports::Unavailable;
use recupmail_domain::recovery::confirm_code::{ConfirmCodeError, Confirmed, confirm_code};
use recupmail_domain::recovery::logout::logout;
use recupmail_domain::recovery::send_code::{Outgoing, Request, SendCodeError, Sent, send_code};
use recupmail_domain::recovery::session::{Session, SessionRefusal, current_state};
use recupmail_domain::recovery::set_password::{
    Aftermath, Directory, PasswordSet, SetPasswordError, Stores, set_password,
};
use recupmail_domain::recovery::state::StateView;
use recupmail_domain::recovery::verify_identity::{
    Identified, Statement, VerifyIdentityError, verify_identity,
};
use recupmail_domain::recovery::{House, Trouble};
use recupmail_domain::rules::{MethodKind, Methods, Rules};
use recupmail_domain::secret::Confidential;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A clock that is turned by hand.
#[derive(Debug)]
pub struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

impl HandClock {
    /// Turns it on.
    pub fn pass(&self, time: Duration) {
        self.0.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

/// An institution and everything that its steps reach.
#[derive(Debug)]
pub struct Stage {
    /// Its rules.
    pub rules: Rules,
    /// Its keys.
    pub keys: Keys,
    /// Its time.
    pub clock: HandClock,
    /// What it stored, sent and wrote.
    pub memory: Memory,
    /// The directories that are services of their own; if none, passwords are kept in the memory.
    pub directories: Vec<MemoryDirectory>,
    rng: StdRng,
}

/// What everybody may know of the person: the value of the scheme's only field.
pub const STATED: &str = "amina.berrada@school.example";

/// A scheme of one field, in which an e-mail address is stated.
pub fn scheme(kind: SchemeKind) -> Scheme {
    let anchor = Some(Anchor::EveryAttempt);
    let field = Field { id: "email".to_owned(), kind: FieldKind::Email, pattern: None, anchor };
    Scheme { id: "email".to_owned(), kind, methods: None, profile: "member".to_owned(), fields: vec![field] }
}

/// The rules of an institution with that scheme.
pub fn rules(scheme: Scheme, offered: &[MethodKind], required: u8) -> Rules {
    Rules {
        locales: vec!["fr".into()],
        calling_code: "+32".into(),
        terms_version: "1".into(),
        methods_required: BTreeMap::from([(scheme.profile.clone(), required)]),
        schemes: vec![scheme],
        methods: Methods {
            offered: offered.to_vec(),
            confirm_contact: Vec::new(),
            countries: BTreeMap::from([("+32".into(), 100)]),
        },
        code: CodeFormat { alphabet: Alphabet::Digits, length: 8 },
        password: Policy { min: 12, max: 256, classes: 3, unicode: false, min_score: 3, context: Vec::new() },
        limits: Limits::default(),
        sign_in_url: "https://example.org".into(),
        fresh_contact_days: 0,
        audit_days: 395,
    }
}

/// The person, with contacts of their own.
pub fn profile(contacts: Vec<Contact>) -> Profile {
    Profile {
        display_name: "Amina Berrada".into(),
        academic_email: STATED.into(),
        directory_id: Some(STATED.into()),
        locale: "fr".into(),
        stand_ins: Vec::new(),
        contacts,
    }
}

/// The outcome of a step that never has to wait.
fn now<T>(step: impl Future<Output = T>) -> T {
    step.now_or_never().expect("nothing here waits")
}

impl Stage {
    /// An institution that knows nobody.
    pub fn of(rules: Rules, seed: u64) -> Self {
        let session = SessionKeys::derive("1", &Key::new([2; 32]));
        let registry = RegistryKeys::derive(&Key::new([1; 32]));
        Self {
            rules,
            keys: Keys { registry, session: SessionKeyRing::new(session, Vec::new()) },
            clock: HandClock(AtomicI64::new(1_800_000_000_000)),
            memory: Memory::default(),
            directories: Vec::new(),
            rng: StdRng::seed_from_u64(seed),
        }
    }

    /// What stands for the person in every table.
    pub fn person(&self) -> KeyedHash {
        self.keys.registry.person("amina")
    }

    /// The registry learns of the person, and since when it knows their contacts.
    pub fn enrol(&mut self, profile: &Profile, recovery_allowed: bool, contacts_since: Vec<Timestamp>) {
        let record = PersonRecord {
            person: self.person(),
            profile: "member".to_owned(),
            recovery_allowed,
            sealed: profile.seal(self.person(), &self.keys.registry, &mut self.rng),
            contacts_since,
        };
        self.memory.people.insert(self.keys.registry.lookup("email", &[STATED]), record);
    }

    fn house(&self) -> House<'_> {
        House { rules: &self.rules, keys: &self.keys, clock: &self.clock }
    }

    /// The challenge as it is stored now.
    pub fn challenge(&self, session: &Session) -> Challenge {
        Challenge::from_item(&session.challenge, &self.memory.challenge(&session.challenge).unwrap()).unwrap()
    }
}

/// The steps.
impl Stage {
    /// States who one is.
    pub fn verify(&mut self, route: Option<&str>) -> Result<Identified, VerifyIdentityError> {
        let statement = Statement {
            scheme: "email".to_owned(),
            fields: Confidential::new(BTreeMap::from([("email".to_owned(), STATED.to_owned())])),
            terms_accepted: true,
            terms_version: "1".to_owned(),
            locale: "fr".to_owned(),
            route: route.map(str::to_owned),
        };
        let house = House { rules: &self.rules, keys: &self.keys, clock: &self.clock };
        let (memory, viewer) = (&self.memory, IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)));
        now(verify_identity(memory, memory, memory, house, &mut self.rng, &statement, viewer))
    }

    /// Asks for a code.
    pub fn send(
        &mut self,
        session: &Session,
        method: &str,
        typed: Option<&str>,
    ) -> Result<Sent, SendCodeError> {
        let request = Request::read(method, typed, &self.rules).map_err(SendCodeError::InvalidFields)?;
        let house = House { rules: &self.rules, keys: &self.keys, clock: &self.clock };
        let memory = &self.memory;
        let outgoing = Outgoing { limits: memory, issued: memory, messages: memory };
        now(send_code(memory, outgoing, house, &mut self.rng, session, &request))
    }

    /// Types a code.
    pub fn confirm(&self, session: &Session, code: &str) -> Result<Confirmed, ConfirmCodeError> {
        now(confirm_code(&self.memory, self.house(), session, &Confidential::new(code.to_owned())))
    }

    /// Sets a password.
    pub fn set_password(
        &mut self,
        session: &Session,
        password: &str,
    ) -> Result<PasswordSet, SetPasswordError> {
        self.attempt_password(session, password).expect("nothing here waits")
    }

    /// Sets a password; `None` if something never answered, and the step was dropped as if it crashed.
    pub fn attempt_password(
        &mut self,
        session: &Session,
        password: &str,
    ) -> Option<Result<PasswordSet, SetPasswordError>> {
        let house = House { rules: &self.rules, keys: &self.keys, clock: &self.clock };
        let (memory, password) = (&self.memory, Confidential::new(password.to_owned()));
        let directory = match self.directories.as_slice() {
            [] => Directory::Embedded(memory),
            directories => Directory::Remote(directories),
        };
        set_password(
            Stores { challenges: memory, accounts: memory },
            directory,
            Aftermath { limits: memory, audit: memory, messages: memory },
            house,
            &mut self.rng,
            session,
            &password,
        )
        .now_or_never()
    }

    /// Asks where the session stands.
    pub fn state(&self, session: &Session) -> Result<Result<StateView, SessionRefusal>, Trouble> {
        now(current_state(&self.memory, self.house(), session))
    }

    /// Leaves.
    pub fn logout(&self, session: &Session) -> Result<(), Unavailable> {
        now(logout(&self.memory, session))
    }
}

/// A session for who was identified.
pub fn session_of(identified: Result<Identified, VerifyIdentityError>) -> Session {
    match identified {
        Ok(Identified::Started { session, .. }) => session,
        other => panic!("{other:?}"),
    }
}

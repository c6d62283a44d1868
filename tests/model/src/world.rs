//! The state that is explored.

use crate::code::domain_method;
use crate::few::Few;
use crate::history::{History, Invariant};
use crate::interpret::{Refused, apply};
use crate::issued::Issued;
use crate::request::{ChallengeIndex, Code, Request};
use crate::setting::{Setting, TICK};
use recupmail_domain::challenge::{Challenge, ChallengeId, Method, Opening, State};
use recupmail_domain::clock::Timestamp;
use recupmail_domain::conditional::{Item, Value, Write};
use recupmail_domain::issued::use_up_armed;
use recupmail_domain::keys::KeyedHash;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A challenge: its item as stored, and what really happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Held {
    /// `None` before it began and after it was deleted.
    pub(crate) item: Option<Arc<Item>>,
    pub(crate) history: History,
}

/// The person's challenges and account, the requests under way, and the clock.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    pub(crate) clock: i64,
    pub(crate) challenges: Vec<Held>,
    pub(crate) account: Option<Arc<Item>>,
    pub(crate) issued: Issued,
    /// In order, since it does not matter which came first.
    pub(crate) requests: Vec<Request>,
    broken: Few,
}

/// Stands for the person.
pub(crate) const PERSON: [u8; 16] = [0; 16];

pub(crate) fn moment(tick: i64) -> Timestamp {
    Timestamp::from_millis(tick * i64::try_from(TICK.as_millis()).unwrap_or(i64::MAX))
}

impl Held {
    /// The challenge as the steps read it.
    pub(crate) fn read(&self) -> Option<Challenge> {
        Challenge::from_item(&ChallengeId::from_text("c"), self.item.as_ref()?).ok()
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&Value> {
        self.item.as_ref()?.get(name)
    }

    /// What a password that read the challenge now would use up; `None` if it would not come so far, or
    /// nothing can be armed.
    fn to_use_up(&self) -> Option<Vec<(String, Write)>> {
        self.attribute("armed")?;
        let challenge = self.read()?;
        let ready = challenge.state == State::Sent && challenge.all_proven();
        ready.then(|| use_up_armed(&challenge, moment(0)))
    }

    /// The live code, as stored.
    pub(crate) fn live_code(&self) -> Option<Code> {
        match self.attribute("mac") {
            Some(Value::Bytes(mac)) => mac.first().copied(),
            _ => None,
        }
    }
}

impl World {
    /// The first challenge began, nothing else happened.
    pub(crate) fn new(setting: &Setting) -> Self {
        let challenges = vec![Held::default(); setting.starts.len()];
        let mut world = Self {
            clock: 0,
            challenges,
            account: None,
            issued: Issued::default(),
            requests: Vec::new(),
            broken: Few::default(),
        };
        world.begin(0, setting);
        world
    }

    pub(crate) fn begin(&mut self, challenge: ChallengeIndex, setting: &Setting) {
        let Some(person) = KeyedHash::from_bytes(&PERSON) else { return };
        let methods: Vec<Method> = setting.methods().map(domain_method).collect();
        let began = moment(self.clock);
        let opening = Opening {
            id: &ChallengeId::from_text("c"),
            person,
            sealed: Vec::new(),
            quiet: false,
            required: setting.starts[challenge].required,
            began,
            expires: began.plus(setting.limits.session_life),
            locale: "",
            terms_version: "",
            methods: &methods,
            masked: BTreeSet::new(),
            phone_allowance: 0,
        };
        let history = History { began: Some(self.clock), ..History::default() };
        self.challenges[challenge] = Held { item: Some(Arc::new(opening.item())), history };
    }

    pub(crate) fn breaks(&mut self, invariant: Invariant) {
        self.broken.insert(invariant as u8);
    }

    /// Whether nothing so far broke it.
    pub fn keeps(&self, invariant: Invariant) -> bool {
        !self.broken.contains(invariant as u8)
    }

    pub(crate) fn add(&mut self, request: Request) {
        let place = self.requests.partition_point(|other| *other <= request);
        self.requests.insert(place, request);
    }
}

/// Changes of items, all through the interpreter.
impl World {
    /// Applies a write to a challenge's item; tells whether it did.
    pub(crate) fn change(&mut self, challenge: ChallengeIndex, write: &Write) -> bool {
        match apply(write, self.challenges[challenge].item.as_deref()) {
            Ok(after) => {
                self.store(challenge, after);
                true
            }
            Err(Refused) => false,
        }
    }

    /// Keeps what a write made of a challenge's item.
    pub(crate) fn store(&mut self, challenge: ChallengeIndex, after: Item) {
        let settled = self.challenges[challenge].to_use_up();
        let held = &mut self.challenges[challenge];
        let (was, is) = (held.attribute("st").cloned(), after.get("st").cloned());
        let deleted = held.item.is_none();
        let ends = |state: &Option<Value>| {
            [State::Done, State::Revoked].iter().any(|end| *state == Some(Value::from(end.name())))
        };
        let ended = ends(&was);
        if ends(&is) {
            held.history.close();
        }
        held.item = Some(Arc::new(after));
        if deleted {
            self.breaks(Invariant::Deletion);
        }
        if ended && was != is {
            self.breaks(Invariant::Ends);
        }
        if settled.is_some() && !ends(&is) && settled != self.challenges[challenge].to_use_up() {
            self.breaks(Invariant::Settled);
        }
    }

    /// An hour passes. No request lives through two.
    pub(crate) fn tick(&mut self) {
        self.clock += 1;
        let oldest = self.clock - 1;
        self.requests.retain(|request| request.order().read_at >= oldest);
    }

    /// The item is gone.
    pub(crate) fn delete(&mut self, challenge: ChallengeIndex) -> Option<()> {
        let held = &mut self.challenges[challenge];
        held.history.close();
        held.item.take().map(|_| ())
    }

    /// Whether the challenge began and ended.
    pub(crate) fn over(&self, challenge: ChallengeIndex) -> bool {
        let held = &self.challenges[challenge];
        let ended = |state: State| held.attribute("st") == Some(&Value::from(state.name()));
        let gone = held.item.is_none() && held.history.began.is_some();
        gone || ended(State::Done) || ended(State::Revoked)
    }

    /// Whether the item's time to live is over.
    pub(crate) fn deletable(&self, challenge: ChallengeIndex) -> bool {
        let now = moment(self.clock).as_secs();
        matches!(self.challenges[challenge].attribute("ttl"), Some(Value::Number(ttl)) if *ttl <= now)
    }

    /// Whether the challenge is past its end.
    pub(crate) fn expired(&self, challenge: ChallengeIndex, now: i64, setting: &Setting) -> bool {
        let began = self.challenges[challenge].history.began;
        began.is_none_or(|began| moment(began).plus(setting.limits.session_life) <= moment(now))
    }
}

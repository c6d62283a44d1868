//! The state that is explored, and how writes change its items.

use super::attempt::Attempt;
use super::directory::Late;
use super::history::{Harm, History};
use super::setting::{RemoteKind, RemoteSetting, moment};
use crate::code::{contact_id, domain_method, method_of, moment_of_issue};
use crate::few::Few;
use crate::interpret::apply;
use crate::world::PERSON;
use recupmail_domain::challenge::writes::{self, Sending, Shape};
use recupmail_domain::challenge::{Challenge, ChallengeId, Method, Opening, State};
use recupmail_domain::conditional::{Item, Value, Write};
use recupmail_domain::issued::{self, IssuedCode, IssuedKind};
use recupmail_domain::keys::{InnerHash, KeyedHash};
use recupmail_domain::limits::Limits;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The letter's code, which is also the moment of its issue.
const LETTER: u8 = 9;

/// A challenge: its item as stored, and what really happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Kept {
    pub(super) item: Option<Arc<Item>>,
    pub(super) history: History,
}

/// The person's challenges, account, letter and directories, what is under way, and the clock.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RemoteWorld {
    pub(super) clock: i64,
    pub(super) challenges: Vec<Kept>,
    pub(super) account: Option<Arc<Item>>,
    pub(super) letter: Option<Arc<Item>>,
    /// The challenges that changed a password by the letter.
    pub(super) spent: u8,
    /// The password in each directory; 0 is the one from before.
    pub(super) directories: Vec<u8>,
    /// What directories were asked to write and have not yet written.
    pub(super) late: Vec<Late>,
    /// Attempts under way, in order, since it does not matter which came first.
    pub(super) attempts: Vec<Attempt>,
    /// Writes to the store that are still on their way, of attempts as they then were.
    pub(super) copies: Vec<Attempt>,
    /// Attempts so far.
    pub(super) made: u8,
    /// The password that was told to be everywhere, until somebody begins anew.
    pub(super) settled: Option<u8>,
    broken: Few,
}

/// What became of writes that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Applied,
    ChallengeRefused,
    AccountRefused,
    IssuedRefused,
}

/// The name of a challenge.
pub(super) fn id(challenge: usize) -> ChallengeId {
    ChallengeId::from_text(&format!("c{challenge}"))
}

impl Kept {
    pub(super) fn attribute(&self, name: &str) -> Option<&Value> {
        self.item.as_ref()?.get(name)
    }

    pub(super) fn is(&self, state: State) -> bool {
        self.attribute("st") == Some(&Value::from(state.name()))
    }

    pub(super) fn read(&self, challenge: usize) -> Option<Challenge> {
        Challenge::from_item(&id(challenge), self.item.as_ref()?).ok()
    }
}

impl RemoteWorld {
    pub(super) fn new(setting: &RemoteSetting) -> Self {
        let letter = setting.letter.then(|| InnerHash::from_bytes(&[0; 32])).flatten().map(|inner| {
            let code = IssuedCode::new(inner, IssuedKind::Letter, "", moment_of_issue(LETTER));
            Arc::new(code.item())
        });
        let mut world = Self {
            clock: 0,
            challenges: vec![Kept::default(); setting.starts.len()],
            account: None,
            letter,
            spent: 0,
            directories: vec![0; usize::from(setting.directories)],
            late: Vec::new(),
            attempts: Vec::new(),
            copies: Vec::new(),
            made: 0,
            settled: None,
            broken: Few::default(),
        };
        world.begin(0, setting);
        world
    }

    pub(super) fn breaks(&mut self, harm: Harm) {
        self.broken.insert(harm as u8);
    }

    /// Whether nothing so far did this harm.
    pub fn keeps(&self, harm: Harm) -> bool {
        !self.broken.contains(harm as u8)
    }

    /// Whether the challenge is past its end.
    pub(super) fn expired(&self, challenge: usize, now: i64, setting: &RemoteSetting) -> bool {
        let began = self.challenges[challenge].history.began;
        began.is_none_or(|began| moment(began).plus(setting.session_life()) <= moment(now))
    }
}

/// Items, all through the interpreter.
impl RemoteWorld {
    /// Applies a write to a challenge's item; tells whether it did.
    pub(super) fn change(&mut self, challenge: usize, write: &Write) -> bool {
        let after = apply(write, self.challenges[challenge].item.as_deref());
        after.map(|after| self.store(challenge, after)).is_ok()
    }

    fn store(&mut self, challenge: usize, after: Item) {
        let kept = &mut self.challenges[challenge];
        let ended = kept.is(State::Done) || kept.is(State::Revoked);
        let was = kept.attribute("st").cloned();
        let deleted = kept.item.is_none();
        let changed = was.as_ref() != after.get("st");
        kept.item = Some(Arc::new(after));
        if deleted {
            self.breaks(Harm::Deletion);
        }
        if ended && changed {
            self.breaks(Harm::Ends);
        }
    }

    /// Applies a challenge's write, the account's, and those of the letter, or none.
    pub(super) fn transact(
        &mut self,
        challenge: usize,
        write: &Write,
        account: &Write,
        letter: &[(String, Write)],
    ) -> Outcome {
        let Ok(ended) = apply(write, self.challenges[challenge].item.as_deref()) else {
            return Outcome::ChallengeRefused;
        };
        let Ok(held) = apply(account, self.account.as_deref()) else { return Outcome::AccountRefused };
        let mut used = self.letter.clone();
        for (_, write) in letter {
            let Ok(after) = apply(write, used.as_deref()) else { return Outcome::IssuedRefused };
            used = Some(Arc::new(after));
        }
        self.letter = used;
        self.account = Some(Arc::new(held));
        self.store(challenge, ended);
        Outcome::Applied
    }
}

/// What surrounds a change.
impl RemoteWorld {
    pub(super) fn begin(&mut self, challenge: usize, setting: &RemoteSetting) {
        let Some(person) = KeyedHash::from_bytes(&PERSON) else { return };
        let required = setting.starts[challenge].required;
        let letter = [domain_method(method_of(IssuedKind::Letter))];
        let contacts = [domain_method(0), domain_method(1)];
        let methods: &[Method] = if setting.letter { &letter } else { &contacts[..usize::from(required)] };
        let began = moment(self.clock);
        let opening = Opening {
            id: &id(challenge),
            person,
            sealed: Vec::new(),
            quiet: false,
            required,
            began,
            expires: began.plus(setting.session_life()),
            locale: "",
            terms_version: "",
            methods,
            masked: BTreeSet::new(),
            phone_allowance: 0,
        };
        let history = History { began: Some(self.clock), ..History::default() };
        self.challenges[challenge] = Kept { item: Some(Arc::new(opening.item())), history };
    }

    /// Sends the next code, or arms the letter, if that was not done yet; and types it back, unless it is only
    /// sent. Nobody knows a decoy's.
    pub(super) fn prove(&mut self, challenge: usize, typed: bool, setting: &RemoteSetting) -> Option<()> {
        let start = setting.starts[challenge];
        let proven = self.challenges[challenge].history.proven;
        if proven >= start.required || start.decoy && typed {
            return None;
        }
        let (code, shape) = if setting.letter { (LETTER, Shape::Issued) } else { (1 + proven, Shape::Sent) };
        let method = if setting.letter { method_of(IssuedKind::Letter) } else { proven };
        let (now, limits) = (moment(self.clock), Limits::default());
        let sending = Sending {
            mac: &[code],
            method: &domain_method(method),
            armed: setting.letter.then(|| moment_of_issue(LETTER)),
            sends_before: 0,
            now,
            limits: &limits,
        };
        let send = match proven {
            0 => sending.first_or_again(),
            _ => sending.next_method(&[proven], &contact_id(proven - 1), proven),
        };
        let guess = writes::guess(&[code], shape, now, &limits);
        let sent_before = self.challenges[challenge].attribute("mac") == Some(&Value::Bytes(vec![code]));
        if !sent_before && !self.change(challenge, &send) || typed && !self.change(challenge, &guess) {
            return None;
        }
        self.challenges[challenge].history.proven += u8::from(typed);
        Some(())
    }

    /// The person leaves.
    pub(super) fn revoke(&mut self, challenge: usize, setting: &RemoteSetting) -> Option<()> {
        let write = (setting.alter)(RemoteKind::Revoke, writes::revoke());
        self.change(challenge, &write).then_some(())
    }

    /// An operator revokes the letter, if it is not used.
    pub(super) fn revoke_letter(&mut self) -> Option<()> {
        let after = apply(&issued::revoke(moment(0)), self.letter.as_deref()).ok()?;
        self.letter = Some(Arc::new(after));
        Some(())
    }

    /// Half a lease passes. No attempt lives through two, and no directory writes after the lease.
    pub(super) fn tick(&mut self) {
        self.clock += 1;
        let clock = self.clock;
        let dead: Vec<Attempt> =
            self.attempts.iter().copied().filter(|attempt| attempt.started + 1 < clock).collect();
        for attempt in &dead {
            self.forsake(attempt);
        }
        self.attempts.retain(|attempt| attempt.started + 1 >= clock);
        self.late.retain(|late| late.until >= clock);
    }

    /// The item is gone.
    pub(super) fn delete(&mut self, challenge: usize) -> Option<()> {
        self.challenges[challenge].item.take().map(|_| ())
    }
}

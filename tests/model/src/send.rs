//! Sending a code: read, write, deliver, and give back what certainly was not delivered. A letter's or the
//! desk's is looked up and armed instead.
//!
//! The destination's counters are left out, since they only refuse. A refusal on reading, too, except that
//! of a challenge that has ended: the model goes on to the write, which has to refuse by itself. So an issued
//! code is armed whatever became of it: its use has to refuse.

use crate::code::{NOBODYS, contact_id, domain_method, issued_kind, moment_of_issue, proving, shape_of};
use crate::history::Invariant;
use crate::request::{ChallengeIndex, Code, Method, Order, Request};
use crate::setting::{Kind, Setting};
use crate::world::{World, moment};
use recupmail_domain::challenge::State;
use recupmail_domain::challenge::writes::{Sending, Shape};
use recupmail_domain::conditional::Write;

/// What becomes of a write and of the code in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is heard. If it was ours the code goes out, and arrives or perhaps does.
    Delivered,
    /// It is heard, but delivery fails for certain.
    Failed,
    /// It is lost.
    Lost,
    /// As `Delivered`, while a copy of the write is still on its way.
    DeliveredWithCopy,
    /// As `Failed`, while a copy of the write is still on its way.
    FailedWithCopy,
}

impl World {
    /// The first trip: reads the challenge and makes a code that was not guessed on it.
    pub(crate) fn read_to_send(
        &mut self,
        challenge: ChallengeIndex,
        method: Method,
        setting: &Setting,
    ) -> Option<()> {
        let held = &self.challenges[challenge];
        let read = held.read()?;
        let ended = matches!(read.state, State::Done | State::Revoked) || read.expires <= moment(self.clock);
        if ended {
            return None;
        }
        let live = read.code.as_ref();
        let proven = live
            .filter(|live| live.proven())
            .and_then(|live| Some((*live.mac.first()?, proving(&live.contact)?, read.confirmed_count())));
        let sends_before = read.sends.get(&contact_id(method))?.count;
        let order = |code| Order { challenge, method, code, read_at: self.clock, sends_before, proven };
        if issued_kind(method).is_some() {
            self.add(Request::Find(order(NOBODYS)));
            return Some(());
        }
        let first = if setting.starts[challenge].decoy { setting.codes + 1 } else { 1 };
        let code = (first..first + setting.codes).find(|code| {
            let guessed = live.is_some_and(|live| live.seen.contains(&vec![*code]));
            !guessed && !held.history.made.contains(*code) && !self.drawn(challenge, *code)
        })?;
        self.add(Request::Send(order(code)));
        Some(())
    }

    /// The second trip where a code was issued: nobody's is armed if there is none.
    pub(crate) fn find_issued(&mut self, place: usize, setting: &Setting) -> Option<()> {
        let order = *self.requests.remove(place).order();
        let found = self.issued.found(issued_kind(order.method)?);
        let code = found.filter(|_| !setting.starts[order.challenge].decoy).unwrap_or(NOBODYS);
        self.add(Request::Send(Order { code, ..order }));
        Some(())
    }

    /// Whether a request under way already drew the code.
    fn drawn(&self, challenge: ChallengeIndex, code: Code) -> bool {
        let draws = |order: &Order| order.challenge == challenge && order.code == code;
        self.requests.iter().any(|request| draws(request.order()))
    }

    /// The third trip and the delivery.
    pub(crate) fn write_code(
        &mut self,
        place: usize,
        now: i64,
        answer: Answer,
        setting: &Setting,
    ) -> Option<()> {
        let request = self.requests.remove(place);
        let order = *request.order();
        let applied = self.issue(&order, now, setting);
        if matches!(request, Request::Late(..)) {
            return Some(());
        }
        let ours = applied || self.challenges[order.challenge].live_code() == Some(order.code);
        let goes_out = issued_kind(order.method).is_none() && !setting.starts[order.challenge].decoy;
        match answer {
            Answer::Lost => self.add(Request::Again(order, now)),
            Answer::Failed | Answer::FailedWithCopy if ours && goes_out => {
                self.add(Request::GiveBack(order, now));
            }
            Answer::Delivered | Answer::DeliveredWithCopy if ours && goes_out => {
                self.challenges[order.challenge].history.delivered.insert(order.code);
                self.count_send(&order, now, setting);
            }
            Answer::Delivered => {}
            Answer::DeliveredWithCopy if ours => {}
            _ => return None,
        }
        if matches!(answer, Answer::DeliveredWithCopy | Answer::FailedWithCopy) {
            self.add(Request::Late(order, now));
        }
        (self.requests.len() <= setting.parallel).then_some(())
    }

    fn issue(&mut self, order: &Order, now: i64, setting: &Setting) -> bool {
        let former = self.challenges[order.challenge].live_code();
        let write = with_sending(order, now, setting, |sending| match order.proven {
            Some((code, method, count)) => {
                let write = sending.next_method(&[code], &contact_id(method), count);
                (setting.alter)(Kind::NextMethod, write)
            }
            None => (setting.alter)(Kind::FirstOrAgain, sending.first_or_again()),
        });
        if !self.change(order.challenge, &write) {
            return false;
        }
        if issued_kind(order.method).is_some() && !setting.starts[order.challenge].decoy {
            self.count_send(order, now, setting);
        }
        let history = &mut self.challenges[order.challenge].history;
        let proven_before = history.proven.contains(order.method);
        history.issue(order.code, order.method, now, former, order.proven.is_some());
        if proven_before {
            self.breaks(Invariant::Guesses);
        }
        true
    }

    /// A code went out, or perhaps did, or was armed.
    fn count_send(&mut self, order: &Order, now: i64, setting: &Setting) {
        let limits = &setting.limits;
        let history = &mut self.challenges[order.challenge].history;
        let (count, last) = &mut history.sent[usize::from(order.method)];
        let next = moment(*last).plus(limits.spacing_after(*count));
        let early = *count > 0 && moment(now) < next;
        (*count, *last) = (*count + 1, now);
        let too_many = *count > limits.sends_per_contact;
        let in_all: i64 = history.sent.iter().map(|(count, _)| count).sum();
        if early || too_many || in_all > limits.sends_per_challenge {
            self.breaks(Invariant::Sends);
        }
        if self.expired(order.challenge, now, setting) {
            self.breaks(Invariant::Expiry);
        }
    }

    /// The write that takes a send back. Its answer may be lost, then it comes again.
    pub(crate) fn give_back(&mut self, place: usize, lost: bool, setting: &Setting) -> Option<()> {
        let request = if lost { *self.requests.get(place)? } else { self.requests.remove(place) };
        let Request::GiveBack(order, now) = request else { return None };
        let write = with_sending(&order, now, setting, |sending| {
            (setting.alter)(Kind::GiveBack, sending.give_back())
        });
        let applied = self.change(order.challenge, &write);
        (applied || !lost).then_some(())
    }
}

fn with_sending(order: &Order, now: i64, setting: &Setting, write: impl Fn(&Sending<'_>) -> Write) -> Write {
    write(&Sending {
        mac: &[order.code],
        method: &domain_method(order.method),
        armed: (shape_of(order.code) == Shape::Issued && order.code != NOBODYS)
            .then(|| moment_of_issue(order.code)),
        sends_before: order.sends_before,
        now: moment(now),
        limits: &setting.limits,
    })
}

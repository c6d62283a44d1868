//! Sending a code: read, write, deliver, and give back what certainly was not delivered.
//!
//! The destination's counters are left out, since they only refuse. A refusal on reading, too, except that
//! of a challenge that has ended: the model goes on to the write, which has to refuse by itself.

use crate::history::Invariant;
use crate::request::{ChallengeIndex, Code, Method, Order, Request};
use crate::setting::{Kind, Setting};
use crate::world::{World, contact_id, method_of, moment};
use recupmail_domain::challenge::State;
use recupmail_domain::challenge::writes::Sending;
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
        let proven = live.filter(|live| live.proven()).and_then(|live| {
            let method = u8::try_from(live.contact.index()?).ok()?;
            Some((*live.mac.first()?, method, read.confirmed_count()))
        });
        let first = if setting.starts[challenge].decoy { setting.codes + 1 } else { 1 };
        let code = (first..first + setting.codes).find(|code| {
            let guessed = live.is_some_and(|live| live.seen.contains(&vec![*code]));
            !guessed && !held.history.issued.contains(*code) && !self.drawn(challenge, *code)
        })?;
        let sends_before = read.sends.get(&contact_id(method))?.count;
        let order = Order { challenge, method, code, read_at: self.clock, sends_before, proven };
        self.add(Request::Send(order));
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
        if answer == Answer::Lost {
            self.add(Request::Again(order, now));
        } else if ours && !setting.starts[order.challenge].decoy {
            match answer {
                Answer::Failed | Answer::FailedWithCopy => self.add(Request::GiveBack(order, now)),
                _ => self.deliver(&order, now, setting),
            }
        } else if answer != Answer::Delivered {
            return None;
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
        let history = &mut self.challenges[order.challenge].history;
        let proven_before = history.proven.contains(order.method);
        history.issue(order.code, order.method, now, former, order.proven.is_some());
        if proven_before {
            self.breaks(Invariant::Guesses);
        }
        true
    }

    fn deliver(&mut self, order: &Order, now: i64, setting: &Setting) {
        let limits = &setting.limits;
        let history = &mut self.challenges[order.challenge].history;
        history.delivered.insert(order.code);
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
        method: &method_of(order.method),
        armed: None,
        sends_before: order.sends_before,
        now: moment(now),
        limits: &setting.limits,
    })
}

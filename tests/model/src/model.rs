//! The model: what can happen next.

use crate::claims::claims;
use crate::request::{ChallengeIndex, Code, Method, Request};
use crate::send::Answer;
use crate::setting::Setting;
use crate::world::{Held, World};
use recupmail_domain::issued::IssuedKind;
use stateright::{Model, Property};

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action(Event);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Tick,
    Begin(ChallengeIndex),
    Delete(ChallengeIndex),
    ReadToSend(ChallengeIndex, Method),
    FindIssued(usize),
    WriteCode { place: usize, now: i64, answer: Answer },
    GiveBack { place: usize, lost: bool },
    Crash(usize),
    Guess(ChallengeIndex, Code, i64),
    Repeat(ChallengeIndex, Code, i64),
    SetPassword(ChallengeIndex, u8, i64),
    Revoke(ChallengeIndex),
    IssueCode(IssuedKind),
    RevokeCode(IssuedKind),
    ForgetCode(IssuedKind),
}

impl Model for Setting {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        let mut can = |event| actions.push(Action(event));
        if world.clock < self.horizon {
            can(Event::Tick);
        }
        for (challenge, held) in world.challenges.iter().enumerate() {
            if held.history.began.is_none() {
                if world.clock <= self.starts[challenge].latest {
                    can(Event::Begin(challenge));
                }
                continue;
            }
            self.requests(world, challenge, held, &mut can);
        }
        if !(0..self.starts.len()).all(|challenge| world.over(challenge)) {
            for kind in &self.kinds {
                can(Event::IssueCode(*kind));
                can(Event::RevokeCode(*kind));
                can(Event::ForgetCode(*kind));
            }
        }
        for (place, request) in world.requests.iter().enumerate() {
            self.steps(world, place, *request, &mut can);
        }
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut world = world.clone();
        match action.0 {
            Event::Tick => {
                world.tick();
                Some(())
            }
            Event::Begin(challenge) => {
                world.begin(challenge, self);
                Some(())
            }
            Event::Delete(challenge) => world.delete(challenge),
            Event::ReadToSend(challenge, method) => world.read_to_send(challenge, method, self),
            Event::FindIssued(place) => world.find_issued(place, self),
            Event::WriteCode { place, now, answer } => world.write_code(place, now, answer, self),
            Event::GiveBack { place, lost } => world.give_back(place, lost, self),
            Event::Crash(place) => {
                world.requests.remove(place);
                Some(())
            }
            Event::Guess(challenge, code, now) => world.guess(challenge, code, now, self),
            Event::Repeat(challenge, code, now) => world.repeat(challenge, code, now, self),
            Event::SetPassword(challenge, password, now) => {
                world.set_password(challenge, password, now, self)
            }
            Event::Revoke(challenge) => world.revoke(challenge, self),
            Event::IssueCode(kind) => world.issue_code(kind, self),
            Event::RevokeCode(kind) => world.revoke_code(kind, self),
            Event::ForgetCode(kind) => world.forget_code(kind),
        }
        .map(|()| world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        claims(self)
    }
}

impl Setting {
    /// New requests, and the end of an item. A request's clock is the present one or the one before.
    fn requests(&self, world: &World, challenge: ChallengeIndex, held: &Held, can: &mut impl FnMut(Event)) {
        if world.deletable(challenge) {
            can(Event::Delete(challenge));
        }
        if world.requests.len() < self.parallel {
            self.methods().for_each(|method| can(Event::ReadToSend(challenge, method)));
        }
        can(Event::Revoke(challenge));
        let began = held.history.began.unwrap_or_default();
        for now in began.max(world.clock - 1)..=world.clock {
            for code in self.guesses() {
                can(Event::Guess(challenge, code, now));
                if !held.history.proven.is_empty() {
                    can(Event::Repeat(challenge, code, now));
                }
            }
            (1..=self.passwords).for_each(|password| can(Event::SetPassword(challenge, password, now)));
        }
    }

    /// The next steps of a request under way.
    fn steps(&self, world: &World, place: usize, request: Request, can: &mut impl FnMut(Event)) {
        can(Event::Crash(place));
        match request {
            Request::Find(_) => can(Event::FindIssued(place)),
            Request::Send(order) => {
                for now in order.read_at..=world.clock {
                    self.answers(place, now, can);
                }
            }
            Request::Again(_, now) => self.answers(place, now, can),
            Request::Late(_, now) => can(Event::WriteCode { place, now, answer: Answer::Delivered }),
            Request::GiveBack(..) => {
                can(Event::GiveBack { place, lost: false });
                if self.losses {
                    can(Event::GiveBack { place, lost: true });
                }
            }
        }
    }

    fn answers(&self, place: usize, now: i64, can: &mut impl FnMut(Event)) {
        let heard = [Answer::Delivered, Answer::Failed];
        let lost = [Answer::Lost, Answer::DeliveredWithCopy, Answer::FailedWithCopy];
        let answers = heard.iter().chain(lost.iter().filter(|_| self.losses));
        answers.for_each(|answer| can(Event::WriteCode { place, now, answer: *answer }));
    }
}

//! The model: what can happen next.

use super::attempt::{Sent, Step};
use super::claims::claims;
use super::directory::Answer;
use super::setting::RemoteSetting;
use super::world::RemoteWorld;
use stateright::{Model, Property};

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoteAction(Event);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Tick,
    Begin(usize),
    Prove { challenge: usize, typed: bool },
    Revoke(usize),
    RevokeLetter,
    Delete(usize),
    Announce { challenge: usize, password: u8, now: i64, sending: Sent },
    Find(usize, u8),
    Go(usize, Sent),
    Miss { place: usize, noted: bool },
    Ask(usize, Answer),
    Check { place: usize, tells: bool },
    Crash(usize),
    Land(usize),
    Arrive(usize),
}

impl Model for RemoteSetting {
    type State = RemoteWorld;
    type Action = RemoteAction;

    fn init_states(&self) -> Vec<RemoteWorld> {
        vec![RemoteWorld::new(self)]
    }

    fn actions(&self, world: &RemoteWorld, actions: &mut Vec<RemoteAction>) {
        let mut can = |event| actions.push(RemoteAction(event));
        if world.clock < self.horizon {
            can(Event::Tick);
        }
        for challenge in 0..self.starts.len() {
            self.around(world, challenge, &mut can);
        }
        if self.letter {
            can(Event::RevokeLetter);
        }
        (0..world.late.len()).for_each(|place| can(Event::Land(place)));
        (0..world.copies.len()).for_each(|place| can(Event::Arrive(place)));
        for (place, attempt) in world.attempts.iter().enumerate() {
            self.steps(world, place, attempt.step, &mut can);
        }
    }

    fn next_state(&self, world: &RemoteWorld, action: RemoteAction) -> Option<RemoteWorld> {
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
            Event::Prove { challenge, typed } => world.prove(challenge, typed, self),
            Event::Revoke(challenge) => world.revoke(challenge, self),
            Event::RevokeLetter => world.revoke_letter(),
            Event::Delete(challenge) => world.delete(challenge),
            Event::Announce { challenge, password, now, sending } => {
                let before = world.clone();
                world.announce(challenge, password, now, sending, self);
                // An announcement that is refused leaves nothing behind.
                (world.attempts != before.attempts || world.copies != before.copies).then_some(())
            }
            Event::Find(challenge, password) => world.find(challenge, password),
            Event::Go(place, sending) => {
                world.go(place, sending, self);
                Some(())
            }
            Event::Miss { place, noted } => world.miss(place, noted, self),
            Event::Ask(place, answer) => world.ask(place, answer, self),
            Event::Check { place, tells } => world.check(place, tells, self),
            Event::Crash(place) => {
                world.crash(place);
                Some(())
            }
            Event::Land(place) => {
                world.land(place, self);
                Some(())
            }
            Event::Arrive(place) => world.arrive(place, self),
        }
        .map(|()| world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        claims(self)
    }
}

impl RemoteSetting {
    /// What surrounds a change, and new attempts.
    fn around(&self, world: &RemoteWorld, challenge: usize, can: &mut impl FnMut(Event)) {
        let Some(began) = world.challenges[challenge].history.began else {
            if world.clock <= self.starts[challenge].latest {
                can(Event::Begin(challenge));
            }
            return;
        };
        for typed in [false, true] {
            can(Event::Prove { challenge, typed });
        }
        can(Event::Revoke(challenge));
        // An hour after its end. What deletion of one enables for another is nothing that the account holds.
        if self.starts.len() == 1
            && world.clock == self.horizon
            && world.expired(challenge, world.clock, self)
        {
            can(Event::Delete(challenge));
        }
        if world.made >= self.attempts || world.attempts.len() >= self.parallel {
            return;
        }
        for password in self.passwords_of(challenge) {
            can(Event::Find(challenge, password));
            for now in began.max(world.clock - 1)..=world.clock {
                for sending in self.ways(world) {
                    can(Event::Announce { challenge, password, now, sending });
                }
            }
        }
    }

    fn ways(&self, world: &RemoteWorld) -> impl Iterator<Item = Sent> + use<> {
        let room = world.copies.len() < self.copies;
        [Sent::Once, Sent::Twice, Sent::Later].into_iter().take(if room { 3 } else { 1 })
    }

    /// The next steps of an attempt under way.
    fn steps(&self, world: &RemoteWorld, place: usize, step: Step, can: &mut impl FnMut(Event)) {
        can(Event::Crash(place));
        match step {
            Step::Ask(_) => {
                for answer in [Answer::Ok, Answer::Lost, Answer::Late, Answer::Refused, Answer::Unreached] {
                    can(Event::Ask(place, answer));
                }
            }
            Step::Check(_) => {
                for tells in [true, false] {
                    can(Event::Check { place, tells });
                }
            }
            _ => self.ways(world).for_each(|sending| can(Event::Go(place, sending))),
        }
        if matches!(step, Step::Note(_)) {
            for noted in [true, false] {
                can(Event::Miss { place, noted });
            }
        }
    }
}

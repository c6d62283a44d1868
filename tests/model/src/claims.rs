//! What must hold in every state, and what must be possible, so that nothing holds for want of anything
//! happening.

use crate::history::Invariant;
use crate::interpret::apply;
use crate::request::Request;
use crate::setting::Setting;
use crate::world::{Held, World, moment};
use recupmail_domain::challenge::writes::Shape;
use recupmail_domain::challenge::{State, writes};
use recupmail_domain::conditional::Value;
use stateright::Property;

type Claim = (&'static str, fn(&Setting, &World) -> bool);

pub(crate) fn claims(setting: &Setting) -> Vec<Property<Setting>> {
    let always = INVARIANTS.iter().map(|(claim, holds)| Property::always(claim, *holds));
    let sometimes = possible(setting).into_iter().flatten();
    always.chain(sometimes.map(|(claim, holds)| Property::sometimes(claim, *holds))).collect()
}

/// By the handbook's numbers (`challenge.md`, Invariants).
const INVARIANTS: [Claim; 10] = [
    ("1: guesses are few", |_, world| world.keeps(Invariant::Guesses)),
    ("3: a password needs every proof", |_, world| world.keeps(Invariant::Proofs)),
    ("4: one password succeeds", |_, world| world.keeps(Invariant::OnePassword)),
    ("5: ends absorb", |_, world| world.keeps(Invariant::Ends)),
    ("6: a decoy does nothing", |_, world| world.keeps(Invariant::Decoy)),
    ("7: sends are few and spaced", |_, world| world.keeps(Invariant::Sends)),
    ("7: an older code never confirms", |_, world| world.keeps(Invariant::OlderCode)),
    ("9: deletion enables nothing", |_, world| world.keeps(Invariant::Deletion)),
    ("11: a success ends the others", |_, world| world.keeps(Invariant::Others)),
    ("what expired sends and grants nothing", |_, world| world.keeps(Invariant::Expiry)),
];

const ANYWHERE: [Claim; 4] = [
    ("a challenge is done", |_, world| any(world, |held| is(held, State::Done))),
    ("a challenge is revoked", |_, world| any(world, |held| is(held, State::Revoked))),
    ("only its age refuses a password", too_late_to_finish),
    ("an item is deleted", |_, world| any(world, |held| held.item.is_none() && held.history.began.is_some())),
];

const WITH_CODES: [Claim; 4] = [
    ("a repeat is spent", |_, world| any(world, |held| held.history.repeated > 0)),
    ("a send is given back", |_, world| {
        any(world, |held| held.live_code().is_some() && held.attribute("cexp").is_none())
    }),
    ("a code is replaced", |_, world| any(world, |held| !held.history.replaced.is_empty())),
    ("only its age refuses a right code", too_late_to_confirm),
];

const WITH_CODES_TO_WASTE: [Claim; 1] = [("the guesses are used up", |setting, world| {
    any(world, |held| {
        i64::from(held.history.guessed.len()) == setting.limits.guesses && !held.history.right()
    })
})];

const WITH_LOSSES: [Claim; 1] = [("a repeated write finds its own code", |_, world| {
    world.requests.iter().any(|request| {
        let order = request.order();
        let own = world.challenges[order.challenge].live_code() == Some(order.code);
        own && matches!(request, Request::Again(..))
    })
})];

const WITH_TWO_METHODS: [Claim; 1] = [("two methods are proven and the challenge is done", |_, world| {
    any(world, |held| held.history.proven.len() == 2 && is(held, State::Done))
})];

const WITH_TWO_CHALLENGES: [Claim; 1] =
    [("only another's success refuses a password", |setting, world| {
        world.challenges.iter().enumerate().any(|(challenge, held)| {
            held.history.overtaken && finishes(setting, challenge, held, world.clock)
        })
    })];

fn possible(setting: &Setting) -> Vec<&'static [Claim]> {
    let persons = || setting.starts.iter().filter(|start| !start.decoy);
    let codes = persons().any(|start| start.required > 0);
    let mut claims: Vec<&[Claim]> = vec![&ANYWHERE];
    if codes {
        claims.push(&WITH_CODES);
    }
    if codes && i64::from(setting.codes) > setting.limits.guesses {
        claims.push(&WITH_CODES_TO_WASTE);
    }
    if codes && setting.losses {
        claims.push(&WITH_LOSSES);
    }
    if persons().any(|start| start.required == 2) {
        claims.push(&WITH_TWO_METHODS);
    }
    if persons().count() > 1 {
        claims.push(&WITH_TWO_CHALLENGES);
    }
    claims
}

fn any(world: &World, holds: impl Fn(&Held) -> bool) -> bool {
    world.challenges.iter().any(holds)
}

fn is(held: &Held, state: State) -> bool {
    held.attribute("st") == Some(&Value::from(state.name()))
}

fn finishes(setting: &Setting, challenge: usize, held: &Held, now: i64) -> bool {
    let finish = writes::finish(&[1], setting.starts[challenge].required, moment(now));
    apply(&finish, held.item.as_deref()).is_ok()
}

fn too_late_to_finish(setting: &Setting, world: &World) -> bool {
    world.challenges.iter().enumerate().any(|(challenge, held)| {
        finishes(setting, challenge, held, 0) && !finishes(setting, challenge, held, world.clock)
    })
}

fn too_late_to_confirm(setting: &Setting, world: &World) -> bool {
    any(world, |held| {
        let (Some(code), Some(live)) = (held.live_code(), held.history.live) else { return false };
        let guess = |now| writes::guess(&[code], Shape::Sent, moment(now), &setting.limits);
        let confirms = |now| apply(&guess(now), held.item.as_deref()).is_ok();
        confirms(live.since) && !confirms(world.clock)
    })
}

//! What must hold in every state, and what must be possible, so that nothing holds for want of anything
//! happening.

use crate::code::{NOBODYS, issued_in, kind_of, shape_of};
use crate::history::Invariant;
use crate::interpret::apply;
use crate::request::{Code, Request};
use crate::setting::Setting;
use crate::world::{Held, World, moment};
use recupmail_domain::challenge::State;
use recupmail_domain::challenge::writes::{self, Shape};
use recupmail_domain::conditional::{Item, Value};
use stateright::Property;

type Claim = (&'static str, fn(&Setting, &World) -> bool);

pub(crate) fn claims(setting: &Setting) -> Vec<Property<Setting>> {
    let of_issued_codes: &[Claim] = if setting.kinds.is_empty() { &[] } else { &INVARIANTS_OF_ISSUED_CODES };
    let always = INVARIANTS.iter().chain(of_issued_codes);
    let always = always.map(|(claim, holds)| Property::always(claim, *holds));
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

const INVARIANTS_OF_ISSUED_CODES: [Claim; 4] = [
    ("1: another shape is no guess", |_, world| world.keeps(Invariant::Shape)),
    ("an issued code changes one password", |_, world| world.keeps(Invariant::SpentCode)),
    ("an issued code that was ended changes none", |_, world| world.keeps(Invariant::EndedCode)),
    ("what is to be used up is settled once all is proven", |_, world| world.keeps(Invariant::Settled)),
];

const ANYWHERE: [Claim; 4] = [
    ("a challenge is done", |_, world| any(world, |held| is(held, State::Done))),
    ("a challenge is revoked", |_, world| any(world, |held| is(held, State::Revoked))),
    ("only its age refuses a password", too_late_to_finish),
    ("an item is deleted", |_, world| any(world, |held| held.item.is_none() && held.history.began.is_some())),
];

const WITH_CODES: [Claim; 2] = [
    ("a repeat is spent", |_, world| any(world, |held| held.history.repeated > 0)),
    ("only its age refuses a right code", too_late_to_confirm),
];

const WITH_CODES_THAT_ARE_SENT: [Claim; 2] = [
    ("a send is given back", |_, world| {
        any(world, |held| held.live_code().is_some() && held.attribute("cexp").is_none())
    }),
    ("a code is replaced", |_, world| any(world, |held| !held.history.replaced.is_empty())),
];

const WITH_ISSUED_CODES: [Claim; 6] = [
    ("nobody's code is armed", |_, world| any(world, |held| held.live_code() == Some(NOBODYS))),
    ("only its shape refuses a guess", only_its_shape),
    ("an issued code changes a password", |_, world| !world.issued.spent.is_empty()),
    ("only a revocation refuses a password", |setting, world| {
        issued_code_refuses(setting, world, |code, found| {
            found.is_some_and(|item| issued_in(item) == Some(code) && item.contains_key("revoked"))
        })
    }),
    ("only an issued code that was forgotten refuses a password", |setting, world| {
        issued_code_refuses(setting, world, |_, found| found.is_none())
    }),
    ("only an issued code's age refuses a password", |setting, world| {
        issued_code_refuses(setting, world, |code, found| {
            let unspoilt = |item: &Item| !item.contains_key("revoked") && !item.contains_key("used");
            found.is_some_and(|item| issued_in(item) == Some(code) && unspoilt(item))
        })
    }),
];

const WITH_SEVERAL_ISSUES: [Claim; 1] =
    [("only an issued code that was replaced refuses a password", |setting, world| {
        issued_code_refuses(setting, world, |code, found| {
            found.and_then(issued_in).is_some_and(|found| found > code)
        })
    })];

const WITH_ISSUED_CODES_AND_TWO_CHALLENGES: [Claim; 1] =
    [("only an issued code that was used refuses a password", |setting, world| {
        issued_code_refuses(setting, world, |code, found| {
            found.is_some_and(|item| issued_in(item) == Some(code) && item.contains_key("used"))
        })
    })];

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
    let (sent, issued) = (codes && setting.contacts > 0, codes && !setting.kinds.is_empty());
    if codes {
        claims.push(&WITH_CODES);
    }
    if sent {
        claims.push(&WITH_CODES_THAT_ARE_SENT);
    }
    if issued {
        claims.push(&WITH_ISSUED_CODES);
    }
    if issued && setting.issues > 1 {
        claims.push(&WITH_SEVERAL_ISSUES);
    }
    if issued && persons().count() > 1 {
        claims.push(&WITH_ISSUED_CODES_AND_TWO_CHALLENGES);
    }
    if sent && i64::from(setting.codes) > setting.limits.guesses {
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
        let guess = |now| writes::guess(&[code], shape_of(code), moment(now), &setting.limits);
        let confirms = |now| apply(&guess(now), held.item.as_deref()).is_ok();
        confirms(live.since) && !confirms(world.clock)
    })
}

fn only_its_shape(setting: &Setting, world: &World) -> bool {
    any(world, |held| {
        let guess = |shape| writes::guess(&[0], shape, moment(world.clock), &setting.limits);
        let possible = |shape| apply(&guess(shape), held.item.as_deref()).is_ok();
        possible(Shape::Issued) && !possible(Shape::Sent)
    })
}

/// Whether a challenge and the account would take a password, but an issued code that proved the person
/// refuses it; `why` is asked of that code, and of what is found in its place.
fn issued_code_refuses(setting: &Setting, world: &World, why: impl Fn(Code, Option<&Item>) -> bool) -> bool {
    world.challenges.iter().enumerate().any(|(challenge, held)| {
        let Some(began) = held.history.began.map(moment) else { return false };
        let change = writes::change_account("", began, moment(world.clock));
        finishes(setting, challenge, held, world.clock)
            && apply(&change, world.account.as_deref()).is_ok()
            && held.read().is_some_and(|read| world.issued.used_up(&read, world.clock, setting).is_none())
            && held
                .history
                .proven_by
                .iter()
                .any(|code| kind_of(code).is_some_and(|kind| why(code, world.issued.item(kind))))
    })
}

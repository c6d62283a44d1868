//! What must hold in every state, and what must be possible.

use super::attempt::{Attempt, Step, Why};
use super::history::Harm;
use super::setting::RemoteSetting;
use super::world::{Kept, RemoteWorld};
use recupmail_domain::challenge::State;
use recupmail_domain::conditional::Value;
use stateright::Property;

type Claim = (&'static str, fn(&RemoteSetting, &RemoteWorld) -> bool);

pub(super) fn claims(setting: &RemoteSetting) -> Vec<Property<RemoteSetting>> {
    let always = INVARIANTS.iter().map(|(claim, holds)| Property::always(claim, *holds));
    let sometimes = possible(setting).into_iter().flatten();
    always.chain(sometimes.map(|(claim, holds)| Property::sometimes(claim, *holds))).collect()
}

/// By the handbook's numbers (`challenge.md`, Invariants).
const INVARIANTS: [Claim; 12] = [
    ("3: a directory write needs every proof", |_, world| world.keeps(Harm::Unproven)),
    ("4: one password succeeds", |_, world| world.keeps(Harm::TwoPasswords)),
    ("4: success is told of what every directory has", |_, world| world.keeps(Harm::Untrue)),
    ("another password waits until the fate of one is known", |_, world| world.keeps(Harm::Fate)),
    ("5: ends absorb", |_, world| world.keeps(Harm::Ends)),
    ("6: a decoy reaches no directory", |_, world| world.keeps(Harm::Decoy)),
    ("9: deletion enables nothing", |_, world| world.keeps(Harm::Deletion)),
    ("11: a success ends the others", |_, world| world.keeps(Harm::Others)),
    ("nothing comes after a success", |_, world| world.keeps(Harm::Afterwards)),
    ("an issued code changes one password", |_, world| world.keeps(Harm::SpentCode)),
    ("an issued code that was revoked changes none", |_, world| world.keeps(Harm::EndedCode)),
    ("an issued code is given back only for what failed", |_, world| world.keeps(Harm::GivenBack)),
];

const ANYWHERE: [Claim; 11] = [
    ("a change is done", |_, world| any(world, |kept| kept.is(State::Done))),
    ("an answer is lost", |_, world| at(world, |step| step == Step::GiveUp(Why::Lost))),
    ("a directory writes late", |_, world| !world.late.is_empty() && world.attempts.is_empty()),
    ("a directory refuses", |_, world| at(world, |step| matches!(step, Step::Release { refused: true, .. }))),
    ("a directory is not reached", |_, world| {
        at(world, |step| matches!(step, Step::Release { refused: false, .. }))
    }),
    ("a change is released", |_, world| {
        any(world, |kept| {
            !kept.history.announced.is_empty() && (kept.is(State::Open) || kept.is(State::Sent))
        })
    }),
    ("an attempt gives up", |_, world| {
        any(world, |kept| kept.is(State::Applying) && kept.attribute("lease") == Some(&Value::Number(0)))
    }),
    ("a change is taken over", |_, world| {
        world.attempts.iter().any(|attempt| !attempt.first && attempt.under_way())
    }),
    ("a takeover completes", |_, world| any(world, |kept| kept.is(State::Done) && tries(kept) > 1)),
    ("a refusal is decided by a bind: it had been written", |_, world| checked(world, true)),
    ("a refusal is decided by a bind: it had not", |_, world| checked(world, false)),
];

const WITH_ONE_CHALLENGE: [Claim; 1] = [("an item is deleted", |_, world| {
    any(world, |kept| kept.item.is_none() && kept.history.began.is_some())
})];

const WITH_TWO_PASSWORDS: [Claim; 1] = [("another password after a release", |_, world| {
    any(world, |kept| kept.is(State::Done) && kept.history.announced.len() > 1)
})];

const WITH_TWO_DIRECTORIES: [Claim; 2] = [
    ("a directory that noted is not asked again", |_, world| {
        world.attempts.iter().any(|attempt| attempt.under_way() && !attempt.wrote.is_empty())
    }),
    ("the second refuses what the first wrote", |_, world| {
        let refused = |attempt: &Attempt| attempt.step == Step::Release { directory: 1, refused: true };
        world.attempts.iter().any(|attempt| refused(attempt) && world.directories[0] == attempt.password)
    }),
];

const WITH_TWO_CHALLENGES: [Claim; 3] = [
    ("the account is held anew by a takeover", |_, world| {
        any(world, |kept| kept.is(State::Applying) && tries(kept) > 1 && kept.attribute("wrote").is_none())
            && world.challenges.iter().all(|kept| !kept.history.announced.is_empty())
    }),
    ("a change is overtaken", |_, world| {
        any(world, |kept| kept.is(State::Applying) && kept.history.overtaken)
    }),
    ("both succeed, one after the other", |_, world| {
        world.challenges.iter().all(|kept| kept.is(State::Done))
    }),
];

const WITH_LETTER: [Claim; 2] = [
    ("a letter changes a password", |_, world| world.spent > 0),
    ("a letter is given back", |_, world| {
        world.letter.as_ref().is_some_and(|letter| !letter.contains_key("used"))
            && any(world, |kept| !kept.history.announced.is_empty() && kept.is(State::Sent))
    }),
];

fn possible(setting: &RemoteSetting) -> Vec<&'static [Claim]> {
    let persons = setting.starts.iter().filter(|start| !start.decoy).count();
    let mut claims: Vec<&[Claim]> = vec![&ANYWHERE];
    if setting.passwords > 1 && setting.attempts > 1 {
        claims.push(&WITH_TWO_PASSWORDS);
    }
    if setting.directories > 1 {
        claims.push(&WITH_TWO_DIRECTORIES);
    }
    if setting.starts.len() == 1 {
        claims.push(&WITH_ONE_CHALLENGE);
    }
    if persons > 1 && !setting.letter {
        claims.push(&WITH_TWO_CHALLENGES);
    }
    if setting.letter {
        claims.push(&WITH_LETTER);
    }
    claims
}

fn any(world: &RemoteWorld, holds: impl Fn(&Kept) -> bool) -> bool {
    world.challenges.iter().any(holds)
}

fn at(world: &RemoteWorld, holds: impl Fn(Step) -> bool) -> bool {
    world.attempts.iter().any(|attempt| holds(attempt.step))
}

fn tries(kept: &Kept) -> i64 {
    match kept.attribute("tries") {
        Some(Value::Number(tries)) => *tries,
        _ => 0,
    }
}

fn checked(world: &RemoteWorld, written: bool) -> bool {
    world.attempts.iter().any(|attempt| match attempt.step {
        Step::Check(directory) => (world.directories[usize::from(directory)] == attempt.password) == written,
        _ => false,
    })
}

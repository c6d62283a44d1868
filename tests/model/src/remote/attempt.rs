//! An attempt at a password, step by step, in the order of the use case.
//!
//! What it refuses on reading is left out: the writes have to refuse by themselves. So any password is
//! announced at any time, with proofs or without, any change is taken over, and whoever a directory refused
//! tries to take the announcement back.

use super::directory::Answer;
use super::setting::{RemoteKind, RemoteSetting, moment};
use super::world::{Outcome, RemoteWorld, id};
use crate::few::Few;
use recupmail_domain::challenge::writes::applying::{self, Held, free_account, hold_account, stamp_account};
use recupmail_domain::conditional::{Value, Write};
use recupmail_domain::issued::{give_back_armed, use_up_armed};

/// An attempt between two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Attempt {
    pub(super) challenge: usize,
    pub(super) password: u8,
    /// Its number.
    pub(super) op: u8,
    /// When it read the challenge.
    pub(super) started: i64,
    /// When it announced the change or took it over.
    pub(super) now: i64,
    /// Whether it announced the change.
    pub(super) first: bool,
    /// The directories that have the password already, as it knows.
    pub(super) wrote: Few,
    pub(super) step: Step,
}

/// What it does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Step {
    Announce,
    /// Of the change that it found, the attempt; and whether others held the account since.
    TakeOver {
        from: u8,
        anew: bool,
    },
    Ask(u8),
    /// Asks whether a directory that refused the password has it.
    Check(u8),
    Note(u8),
    /// All directories have it, since this tick.
    Complete(i64),
    /// A directory refused it, or was certainly never asked.
    Release {
        directory: u8,
        refused: bool,
    },
    GiveUp(Why),
}

/// Why an attempt ends before the directories all have the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Why {
    Lost,
    Late,
    Unreached,
    /// Refused, and not there as far as the directory tells.
    Unsure,
    NotNoted,
}

impl Attempt {
    /// The directory that is asked after this one.
    fn next(&self, directory: Option<u8>, clock: i64, setting: &RemoteSetting) -> Step {
        let from = directory.map_or(0, |directory| directory + 1);
        let next = (from..setting.directories).find(|directory| !self.wrote.contains(*directory));
        next.map_or(Step::Complete(clock), Step::Ask)
    }

    /// Whether no directory was asked before this one.
    fn is_first_asked(&self, directory: u8) -> bool {
        (0..directory).all(|before| self.wrote.contains(before))
    }

    /// Whether it is at a change: it announced it, or took it over.
    pub(super) const fn under_way(&self) -> bool {
        !matches!(self.step, Step::Announce | Step::TakeOver { .. })
    }
}

/// Attempts, from their beginning to their end.
impl RemoteWorld {
    fn add(&mut self, attempt: Attempt) {
        let place = self.attempts.partition_point(|other| *other <= attempt);
        self.attempts.insert(place, attempt);
    }

    /// Keeps an attempt at its next step.
    fn go_on(&mut self, attempt: Attempt, step: Step) {
        self.add(Attempt { step, ..attempt });
    }

    /// Announces a password, by the clock as it is or as it was. `copy` if the write also comes later,
    /// `only` if it does only then.
    pub(super) fn announce(
        &mut self,
        challenge: usize,
        password: u8,
        now: i64,
        sending: Sent,
        setting: &RemoteSetting,
    ) {
        self.made += 1;
        let (op, wrote, step) = (self.made, Few::default(), Step::Announce);
        let attempt = Attempt { challenge, password, op, started: now, now, first: true, wrote, step };
        self.send(attempt, sending, setting);
    }

    /// Reads a change, to take it over.
    pub(super) fn find(&mut self, challenge: usize, password: u8) -> Option<()> {
        let found = self.challenges[challenge].read(challenge)?.applying?;
        self.made += 1;
        let mut wrote = Few::default();
        for directory in found.wrote.iter().filter_map(|name| name.parse().ok()) {
            wrote.insert(directory);
        }
        let step = Step::TakeOver { from: *found.op.first()?, anew: false };
        let (op, clock) = (self.made, self.clock);
        self.add(Attempt { challenge, password, op, started: clock, now: clock, first: false, wrote, step });
        Some(())
    }

    /// The next step of an attempt whose next step is a write to the store.
    pub(super) fn go(&mut self, place: usize, sending: Sent, setting: &RemoteSetting) {
        let attempt = self.attempts.remove(place);
        self.send(attempt, sending, setting);
    }

    fn send(&mut self, attempt: Attempt, sending: Sent, setting: &RemoteSetting) {
        if sending != Sent::Once {
            let place = self.copies.partition_point(|other| *other <= attempt);
            self.copies.insert(place, attempt);
        }
        if sending == Sent::Later {
            self.forsake(&attempt);
            return;
        }
        let outcome = self.perform(&attempt, setting);
        self.hear(attempt, outcome, setting);
    }

    /// A write arrives that nobody waits for.
    pub(super) fn arrive(&mut self, place: usize, setting: &RemoteSetting) -> Option<()> {
        let attempt = self.copies.remove(place);
        (self.perform(&attempt, setting) == Outcome::Applied).then_some(())
    }

    /// What an attempt does when it hears what became of its write.
    fn hear(&mut self, attempt: Attempt, outcome: Outcome, setting: &RemoteSetting) {
        let applied = outcome == Outcome::Applied;
        let clock = self.clock;
        match attempt.step {
            Step::Announce | Step::TakeOver { .. } if applied => {
                self.go_on(attempt, attempt.next(None, clock, setting));
            }
            Step::TakeOver { from, anew: false } if outcome == Outcome::AccountRefused => {
                let attempt = Attempt { wrote: Few::default(), ..attempt };
                self.go_on(attempt, Step::TakeOver { from, anew: true });
            }
            Step::Note(directory) if applied => {
                self.go_on(attempt, attempt.next(Some(directory), clock, setting));
            }
            Step::Release { directory, refused } if !applied && !attempt.first => {
                self.go_on(
                    attempt,
                    if refused { Step::Check(directory) } else { Step::GiveUp(Why::Unreached) },
                );
            }
            Step::Complete(_) | Step::Note(_) if !applied => self.forsake(&attempt),
            _ => {}
        }
    }

    /// The answer to a note is an error, whether it was noted or not.
    pub(super) fn miss(&mut self, place: usize, noted: bool, setting: &RemoteSetting) -> Option<()> {
        let attempt = self.attempts.remove(place);
        if noted && self.perform(&attempt, setting) != Outcome::Applied {
            return None;
        }
        self.go_on(attempt, Step::GiveUp(Why::NotNoted));
        Some(())
    }

    /// A directory is asked to write the password.
    pub(super) fn ask(&mut self, place: usize, answer: Answer, setting: &RemoteSetting) -> Option<()> {
        let attempt = self.attempts.remove(place);
        let Step::Ask(directory) = attempt.step else { return None };
        let unknown = &mut self.challenges[attempt.challenge].history.unknown;
        match answer {
            Answer::Ok => {
                self.write(attempt.challenge, directory, attempt.password, setting);
                self.wrote(attempt, directory, setting);
            }
            Answer::Lost => {
                unknown.insert(attempt.password);
                self.write(attempt.challenge, directory, attempt.password, setting);
                self.go_on(attempt, Step::GiveUp(Why::Lost));
            }
            Answer::Late => {
                unknown.insert(attempt.password);
                self.postpone(&attempt, directory);
                self.go_on(attempt, Step::GiveUp(Why::Late));
            }
            Answer::Refused => self.go_on(attempt, Step::Release { directory, refused: true }),
            Answer::Unreached if attempt.is_first_asked(directory) => {
                self.go_on(attempt, Step::Release { directory, refused: false });
            }
            Answer::Unreached => self.go_on(attempt, Step::GiveUp(Why::Unreached)),
        }
        Some(())
    }

    /// A directory is asked whether it has the password; it tells, or not.
    pub(super) fn check(&mut self, place: usize, tells: bool, setting: &RemoteSetting) -> Option<()> {
        let attempt = self.attempts.remove(place);
        let Step::Check(directory) = attempt.step else { return None };
        if tells && self.directories[usize::from(directory)] == attempt.password {
            self.wrote(attempt, directory, setting);
        } else {
            self.go_on(attempt, Step::GiveUp(Why::Unsure));
        }
        Some(())
    }

    fn wrote(&mut self, attempt: Attempt, directory: u8, setting: &RemoteSetting) {
        let next = match attempt.next(Some(directory), self.clock, setting) {
            Step::Ask(_) => Step::Note(directory),
            last => last,
        };
        self.go_on(attempt, next);
    }

    /// An attempt is no more.
    pub(super) fn crash(&mut self, place: usize) {
        let attempt = self.attempts.remove(place);
        self.forsake(&attempt);
    }

    /// Nobody is left who knows what an attempt came to, unless it came to a definite refusal.
    pub(super) fn forsake(&mut self, attempt: &Attempt) {
        if attempt.under_way() && !matches!(attempt.step, Step::Release { .. }) {
            self.challenges[attempt.challenge].history.unknown.insert(attempt.password);
        }
    }
}

/// How a write goes to the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// It is answered.
    Once,
    /// It is answered, and a copy of it arrives later.
    Twice,
    /// It arrives later, when nobody waits for it any more.
    Later,
}

/// The writes.
impl RemoteWorld {
    /// Makes the write that is an attempt's next step.
    fn perform(&mut self, attempt: &Attempt, setting: &RemoteSetting) -> Outcome {
        let Attempt { challenge, password, op, now, .. } = *attempt;
        let alter = |kind, write| (setting.alter)(kind, write);
        let (op, fingerprint) = ([op], [password]);
        let made = applying::Attempt { op: &op, fingerprint: &fingerprint, now: moment(now) };
        let Some(began) = self.challenges[challenge].history.began.map(moment) else {
            return Outcome::ChallengeRefused;
        };
        let alone = |world: &mut Self, kind, write| {
            if world.change(challenge, &alter(kind, write)) {
                Outcome::Applied
            } else {
                Outcome::ChallengeRefused
            }
        };
        match attempt.step {
            Step::Announce => {
                let write = alter(RemoteKind::Announce, made.announce(setting.starts[challenge].required));
                let hold = hold_account(&id(challenge), Held::Anew, began, moment(now));
                let letter = self.of_letter(challenge, setting, |read| use_up_armed(read, moment(now)));
                let hold = alter(RemoteKind::HoldAnew, hold);
                let letter = altered(letter, RemoteKind::UseUp, setting);
                let outcome = self.transact(challenge, &write, &hold, &letter);
                if outcome == Outcome::Applied {
                    self.announced(attempt, setting);
                }
                outcome
            }
            Step::TakeOver { from, anew } => {
                let (held, kind, hold_kind) = if anew {
                    (Held::Anew, RemoteKind::TakeOverAnew, RemoteKind::HoldAnew)
                } else {
                    (Held::Still, RemoteKind::TakeOverStill, RemoteKind::HoldStill)
                };
                let write = alter(kind, made.take_over(&[from], held));
                let account = alter(hold_kind, hold_account(&id(challenge), held, began, moment(now)));
                let outcome = self.transact(challenge, &write, &account, &[]);
                if outcome == Outcome::Applied {
                    self.begun(attempt);
                }
                outcome
            }
            Step::Note(directory) => alone(self, RemoteKind::Note, made.note(&directory.to_string())),
            Step::GiveUp(_) => alone(self, RemoteKind::GiveUp, made.give_up()),
            Step::Complete(at) => {
                let write = alter(RemoteKind::Complete, made.complete(true, moment(at)));
                let stamp =
                    alter(RemoteKind::Stamp, stamp_account(&id(challenge), attempt.first, moment(at)));
                let outcome = self.transact(challenge, &write, &stamp, &[]);
                if outcome == Outcome::Applied {
                    self.succeed(challenge, at);
                }
                outcome
            }
            Step::Release { .. } => {
                let Some(read) = self.challenges[challenge].read(challenge) else {
                    return Outcome::ChallengeRefused;
                };
                let back_to = if read.code.is_some() {
                    recupmail_domain::challenge::State::Sent
                } else {
                    recupmail_domain::challenge::State::Open
                };
                let write = alter(RemoteKind::Release, made.release(back_to));
                let free = alter(RemoteKind::Free, free_account(&id(challenge)));
                let letter = self.of_letter(challenge, setting, |read| give_back_armed(read, moment(now)));
                let letter = altered(letter, RemoteKind::GiveBack, setting);
                let outcome = self.transact(challenge, &write, &free, &letter);
                if outcome == Outcome::Applied {
                    self.released(challenge);
                }
                outcome
            }
            Step::Ask(_) | Step::Check(_) => Outcome::ChallengeRefused,
        }
    }

    fn of_letter(
        &self,
        challenge: usize,
        setting: &RemoteSetting,
        writes: impl Fn(&recupmail_domain::challenge::Challenge) -> Vec<(String, Write)>,
    ) -> Vec<(String, Write)> {
        let read = self.challenges[challenge].read(challenge).filter(|_| setting.letter);
        read.as_ref().map(writes).unwrap_or_default()
    }
}

fn altered(writes: Vec<(String, Write)>, kind: RemoteKind, setting: &RemoteSetting) -> Vec<(String, Write)> {
    writes.into_iter().map(|(key, write)| (key, (setting.alter)(kind, write))).collect()
}

/// The password that a challenge's item names.
pub(super) fn named(fingerprint: Option<&Value>) -> Option<u8> {
    match fingerprint {
        Some(Value::Bytes(bytes)) => bytes.first().copied(),
        _ => None,
    }
}

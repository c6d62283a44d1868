//! Who gets a letter of a batch, and the file that they stand in.

use super::{END, Letters};
use crate::ending::Failure;
use crate::issuing::{new_code, useless_to};
use crate::person::Found;
use crate::place::Place;
use crate::terminal::{progress, tell};
use clap::Args;
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use recupmail_aws::{Accounts, AuditLog, BATCH_PART, BatchPart, IssuedCodes, People};
use recupmail_config::machine_rng;
use recupmail_domain::audit::{AuditEvent, AuditRecord, Notes};
use recupmail_domain::clock::Timestamp;
use recupmail_domain::issued::IssuedKind;
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::ports::FindIssued;
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufWriter, Write};

/// How many people are looked up, or get their code, at once.
const AT_ONCE: usize = 32;

/// Whom the letters are meant for, by person_id, and what is wrong with a line that says nobody.
pub(crate) type Ids = Box<dyn Iterator<Item = Result<String, String>>>;

/// Who of those gets one.
#[derive(Args, Clone, Debug)]
pub(crate) struct Filter {
    /// Of those, only people of this profile.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,

    /// Of those, only people who have no account yet.
    #[arg(long)]
    never_activated: bool,

    /// Also those who hold a good letter, which then ends.
    #[arg(long)]
    replace: bool,
}

/// What was printed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Printed {
    /// So many letters.
    pub(crate) letters: usize,
    /// People who were meant and got none.
    pub(crate) left_out: usize,
}

/// A batch being printed.
pub(crate) struct Printing<'a> {
    filter: Filter,
    place: &'a Place,
    people: People,
    issued: IssuedCodes,
    accounts: Accounts,
    audit: AuditLog,
    letters: Letters,
    batch: &'a str,
    notes: Notes,
    now: Timestamp,
    bar: ProgressBar,
    printed: Printed,
}

/// Whether somebody gets a letter.
enum Choice {
    Chosen(Box<Found>),
    /// The filters do not mean them.
    NotMeant,
    /// They are meant, but get none, and this is said of it.
    LeftOut(String),
}

impl<'a> Printing<'a> {
    /// Makes ready to print.
    pub(crate) fn of(
        place: &'a Place,
        batch: &'a str,
        filter: Filter,
        notes: Notes,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        Ok(Self {
            filter,
            people: place.people()?,
            issued: place.issued()?,
            accounts: place.accounts()?,
            audit: place.audit()?,
            letters: Letters::of(place, batch, now)?,
            place,
            batch,
            notes,
            now,
            bar: progress("Printing", 0),
            printed: Printed::default(),
        })
    }

    /// What was printed.
    pub(crate) fn ended(self) -> Printed {
        self.bar.finish_and_clear();
        self.printed
    }

    /// Prints everybody, a part of the batch at a time.
    pub(crate) async fn all(&mut self, ids: &mut Ids, file: File) -> Result<(), Failure> {
        let mut out = BufWriter::new(file);
        out.write_all(self.letters.start()?.as_bytes())?;
        let (mut seen, mut number) = (HashSet::new(), 0);
        loop {
            let ids: Vec<_> = ids.take(BATCH_PART).collect();
            if ids.is_empty() {
                break;
            }
            self.bar.inc_length(ids.len() as u64);
            let chosen = self.choose(ids, &mut seen).await?;
            if !chosen.is_empty() {
                self.print(chosen, BatchPart { batch: self.batch, number }, &mut out).await?;
                number += 1;
            }
        }
        out.write_all(END.as_bytes())?;
        out.into_inner()?.sync_all()?;
        Ok(())
    }

    /// Who of these gets a letter; the others are told of, where they were meant.
    async fn choose(
        &mut self,
        ids: Vec<Result<String, String>>,
        seen: &mut HashSet<KeyedHash>,
    ) -> Result<Vec<Found>, Failure> {
        let choices = stream::iter(ids)
            .map(async |id| match id {
                Ok(id) => self.choice(id).await,
                Err(bad) => Ok(Choice::LeftOut(bad)),
            })
            .buffered(AT_ONCE);
        let choices: Vec<Choice> = choices.try_collect().await?;
        let mut chosen = Vec::new();
        for choice in choices {
            match choice {
                Choice::Chosen(found) if seen.insert(found.person) => chosen.push(*found),
                Choice::Chosen(_) | Choice::NotMeant => self.bar.inc(1),
                Choice::LeftOut(said) => {
                    self.printed.left_out += 1;
                    self.bar.inc(1);
                    self.bar.suspend(|| tell!("{said}"));
                }
            }
        }
        Ok(chosen)
    }

    async fn choice(&self, id: String) -> Result<Choice, Failure> {
        let person = self.place.keys.person(id.trim());
        let Some(found) = Found::of(self.place, &self.people, person).await? else {
            return Ok(Choice::LeftOut(format!("{id}: the registry knows no such person_id")));
        };
        if self.filter.profile.as_ref().is_some_and(|profile| *profile != found.record.profile) {
            return Ok(Choice::NotMeant);
        }
        if self.filter.never_activated && self.activated(&found).await? {
            return Ok(Choice::NotMeant);
        }
        if let Some(why) = useless_to(&found, IssuedKind::Letter, &self.place.rules) {
            return Ok(Choice::LeftOut(format!("{id}: {why}")));
        }
        let before = self.issued.find_issued(person, IssuedKind::Letter).await?;
        if !self.filter.replace && before.is_some_and(|code| code.good(self.now)) {
            return Ok(Choice::LeftOut(format!(
                "{id}: holds a good letter already; --replace prints another"
            )));
        }
        Ok(Choice::Chosen(Box::new(found)))
    }

    /// Whether the registry or a first activation here knows an account of theirs.
    async fn activated(&self, found: &Found) -> Result<bool, Failure> {
        Ok(found.profile.directory_id.is_some() || self.accounts.password_hash(found.person).await?.is_some())
    }

    /// Notes the part, stores each code, and prints it.
    async fn print(
        &mut self,
        chosen: Vec<Found>,
        part: BatchPart<'_>,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let kept_until = self.now.plus(IssuedKind::Letter.life() * 2);
        self.issued.note_batch(part, chosen.iter().map(|found| found.person), kept_until).await?;
        let mut letters = stream::iter(chosen)
            .map(async |found| {
                let (keys, rng) = (&self.place.keys, &mut machine_rng());
                let (code, issued) = new_code(IssuedKind::Letter, part.batch, keys, self.now, rng);
                let (person, event) = (found.person, AuditEvent::LetterIssued);
                let record = AuditRecord { person, at: self.now, event, terms_version: String::new() };
                self.audit.record_with(&record, &self.notes).await?;
                self.issued.issue_letter(person, &issued, part).await?;
                self.letters.letter(&found.profile, &code, &issued)
            })
            .buffered(AT_ONCE);
        let mut printed = 0;
        while let Some(letter) = letters.next().await {
            out.write_all(letter?.as_bytes())?;
            self.bar.inc(1);
            printed += 1;
        }
        drop(letters);
        self.printed.letters += printed;
        Ok(())
    }
}

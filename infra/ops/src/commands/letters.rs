//! `recupctl letters`.

use crate::ending::{Ending, Failure, Outcome};
use crate::issuing::{new_code, offered, useless_to};
use crate::letters::{END, Letters};
use crate::moment::{day, minute, zone};
use crate::operator::By;
use crate::person::Found;
use crate::place::{Place, Whereabouts};
use crate::terminal::progress;
use clap::Args;
use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use rand::RngExt;
use recupctl::table::Table;
use recupmail_aws::{Accounts, AuditLog, BATCH_PART, BatchPart, IssuedCodes, People};
use recupmail_config::machine_rng;
use recupmail_domain::audit::{AuditEvent, AuditRecord, Notes};
use recupmail_domain::clock::Timestamp;
use recupmail_domain::issued::IssuedKind;
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::ports::FindIssued;
use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// How many people are looked up, or get their code, at once.
const AT_ONCE: usize = 32;

const EXAMPLES: &str = "\
Each letter is one A4 page: name and academic address, a code of 12 characters, what to do with it, and a QR code of the
page to open (the code itself is not in it). A code is good once, for 60 days. The file is all there is to print: open it
in a browser, print it, and delete it. Only its owner can read it, and an existing file is never overwritten.

Who holds a good letter already gets no other one, so that a letter in the post stays good; --replace prints a new one and
ends the old one. Who is denied recovery gets none. The name of the batch stands at each letter's foot:
`recupctl revoke --batch` ends all its codes.

--people is a CSV file with a column person_id: the registry file, or a part of it.

Examples:
  recupctl letters --out rentree.html --people registry.csv --never-activated
  recupctl letters --out staff.html --people registry.csv --profile staff
  recupctl letters --out deux.html --person aix-0007 --person aix-0019
  recupctl --local letters --out /tmp/lettres.html --person aix-0007

Exit codes: 0 everybody who was meant has a letter; 1 some have none, each with the reason on standard error; 2 no file was
written, and standard error says why and what is left to do.";

/// Prints letters with a code into one HTML file.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,

    /// This person, by person_id; may be repeated.
    #[arg(long, value_name = "ID", conflicts_with = "people", required_unless_present = "people")]
    person: Vec<String>,

    /// Everybody in this CSV file.
    #[arg(long, value_name = "FILE")]
    people: Option<PathBuf>,

    /// Of those, only people of this profile.
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,

    /// Of those, only people who have no account yet.
    #[arg(long)]
    never_activated: bool,

    /// Also those who hold a good letter, which then ends.
    #[arg(long)]
    replace: bool,

    #[command(flatten)]
    by: By,
}

impl Arguments {
    pub(crate) async fn run(&self, at: &Whereabouts) -> Outcome {
        let place = at.open()?;
        offered(&place, IssuedKind::Letter)?;
        if let Some(profile) =
            self.profile.as_ref().filter(|name| !place.rules.methods_required.contains_key(*name))
        {
            let known: Vec<_> = place.rules.methods_required.keys().map(String::as_str).collect();
            return Err(format!("there is no profile {profile:?}; there is {}", known.join(", ")).into());
        }
        let now = place.now()?;
        let number: u16 = machine_rng().random();
        let batch = format!("{}-{number:04x}", day(now, &zone(&place.institution)));
        let mut notes = self.by.notes()?;
        notes.insert("batch", batch.clone());
        let mut run = Run {
            arguments: self,
            people: place.people()?,
            issued: place.issued()?,
            accounts: place.accounts()?,
            audit: place.audit()?,
            letters: Letters::of(&place, &batch, now)?,
            place: &place,
            batch: &batch,
            notes,
            now,
            bar: progress("Printing", 0),
            printed: 0,
            left_out: 0,
        };
        let mut ids = self.ids()?;
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.out);
        let file = file.map_err(|cause| format!("{}: {cause}", self.out.display()))?;
        let outcome = run.all(&mut ids, file).await;
        run.bar.finish_and_clear();
        let (printed, left_out) = (run.printed, run.left_out);
        if outcome.is_err() || printed == 0 {
            std::fs::remove_file(&self.out)?;
        }
        if outcome.is_err() {
            eprintln!(
                "No letter was kept, but some codes may be good already. End them, then begin again:\n  \
                 recupctl revoke --batch {batch} --reason \"not printed\""
            );
        }
        outcome?;
        if printed == 0 {
            println!("nobody is to get a letter; {left_out} left out");
        } else {
            let until = minute(now.plus(IssuedKind::Letter.life()), &zone(&place.institution));
            println!("{printed} letters in {}, good until {until}, batch {batch}", self.out.display());
            if left_out > 0 {
                println!("{left_out} left out");
            }
        }
        Ok(if left_out == 0 { Ending::Done } else { Ending::InPart })
    }

    /// Whom the letters are meant for.
    fn ids(&self) -> Result<Ids, Failure> {
        match &self.people {
            Some(path) => ids_in(path),
            None => Ok(Box::new(self.person.clone().into_iter().map(Ok))),
        }
    }
}

/// Whom the letters are meant for, by person_id, and what is wrong with a line that says nobody.
type Ids = Box<dyn Iterator<Item = Result<String, String>>>;

/// The people of a CSV file.
fn ids_in(path: &Path) -> Result<Ids, Failure> {
    let shown = path.display().to_string();
    let file = File::open(path).map_err(|cause| format!("{shown}: {cause}"))?;
    let mut table = Table::open(file, &["person_id"]).map_err(|cause| format!("{shown}: {cause}"))?;
    let mut broken = false;
    Ok(Box::new(std::iter::from_fn(move || match table.next_row() {
        _ if broken => None,
        Ok(Some((_, Ok(mut row)))) => Some(Ok(row.remove("person_id").unwrap_or_default())),
        Ok(Some((line, Err(bad)))) => Some(Err(format!("{shown}:{line}: {bad}"))),
        Ok(None) => None,
        Err(cause) => {
            broken = true;
            Some(Err(format!("{shown}: {cause}; whoever comes after that is left out")))
        }
    })))
}

/// A batch being printed.
struct Run<'a> {
    arguments: &'a Arguments,
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
    printed: usize,
    left_out: usize,
}

/// Whether somebody gets a letter.
enum Choice {
    Chosen(Box<Found>),
    /// The filters do not mean them.
    NotMeant,
    /// They are meant, but get none, and this is said of it.
    LeftOut(String),
}

impl Run<'_> {
    /// Prints everybody, a part of the batch at a time.
    async fn all(&mut self, ids: &mut Ids, file: File) -> Result<(), Failure> {
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
                    self.left_out += 1;
                    self.bar.inc(1);
                    self.bar.suspend(|| eprintln!("{said}"));
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
        if self.arguments.profile.as_ref().is_some_and(|profile| *profile != found.record.profile) {
            return Ok(Choice::NotMeant);
        }
        if self.arguments.never_activated && self.activated(&found).await? {
            return Ok(Choice::NotMeant);
        }
        if let Some(why) = useless_to(&found, IssuedKind::Letter, &self.place.rules) {
            return Ok(Choice::LeftOut(format!("{id}: {why}")));
        }
        let before = self.issued.find_issued(person, IssuedKind::Letter).await?;
        if !self.arguments.replace && before.is_some_and(|code| code.good(self.now)) {
            return Ok(Choice::LeftOut(format!(
                "{id}: holds a good letter already; --replace prints another"
            )));
        }
        Ok(Choice::Chosen(Box::new(found)))
    }

    /// Whether the registry or a first activation here knows an account of theirs.
    async fn activated(&self, found: &Found) -> Result<bool, Failure> {
        let account = self.place.keys.account(found.account_name());
        Ok(found.profile.directory_id.is_some() || self.accounts.password_hash(account).await?.is_some())
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
        self.printed += printed;
        Ok(())
    }
}

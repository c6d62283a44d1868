//! `recupctl revoke`.

use crate::ending::{Ending, Failure, Outcome};
use crate::operator::Operator;
use crate::person::Found;
use crate::place::Whereabouts;
use crate::terminal::{progress, say};
use clap::{ArgGroup, Args};
use futures_util::StreamExt;
use futures_util::stream;
use recupmail_aws::{AuditLog, BatchPart, IssuedCodes};
use recupmail_domain::audit::{AuditEvent, AuditRecord, Notes};
use recupmail_domain::clock::Timestamp;
use recupmail_domain::issued::{IssuedCode, IssuedKind};
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::ports::FindIssued;

/// How many codes are revoked at once.
const AT_ONCE: usize = 32;

const EXAMPLES: &str = "\
A revoked code opens nothing. Codes that were used already are left as they are. Nothing is said to anybody: who
types a revoked code is told that it is wrong.

Examples:
  recupctl revoke usms-0001 --letter --reason \"lettre revenue\"
  recupctl revoke usms-0001 --all --reason \"téléphone et sac volés\"
  recupctl revoke --batch 2026-11-21-a3f9 --reason \"sac postal perdu\"

Exit codes: 0 codes were revoked; 1 there was none to revoke; 2 not done, and standard error says why. After a 2 the same
command can be repeated.";

/// Revokes letter and desk codes that were not used: a person's, or those of a whole batch of letters.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
#[command(group(ArgGroup::new("whose").required(true).args(["person", "batch"])))]
#[command(group(ArgGroup::new("which").args(["letter", "desk", "all"]).conflicts_with("batch")))]
pub(crate) struct Arguments {
    /// The person's person_id.
    #[arg(requires = "which")]
    person: Option<String>,

    /// All letters of a batch, by the name at their foot.
    #[arg(long, value_name = "BATCH")]
    batch: Option<String>,

    /// The person's letter.
    #[arg(long)]
    letter: bool,

    /// The person's desk code.
    #[arg(long)]
    desk: bool,

    /// Both.
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    operator: Operator,
}

impl Arguments {
    pub(crate) async fn run(&self, at: &Whereabouts) -> Outcome {
        let place = at.open().await?;
        let mut revocation = Revocation {
            issued: place.issued()?,
            audit: place.audit()?,
            batch: self.batch.as_deref(),
            notes: Notes::new(),
            now: place.now()?,
        };
        let revoked = match (&self.person, &self.batch) {
            (Some(id), _) => {
                let found = Found::by_id(&place, id).await?;
                revocation.notes = self.operator.notes()?;
                revocation.of_person(found.person, &self.kinds()).await?
            }
            (_, Some(batch)) => {
                let first = BatchPart { batch, number: 0 };
                if revocation.issued.batch(first).await?.is_none() {
                    return Err(format!(
                        "there is no batch {batch:?}; its name stands at each letter's foot"
                    )
                    .into());
                }
                revocation.notes = self.operator.notes()?;
                revocation.of_batch(batch).await?
            }
            (None, None) => return Err("say whose codes: a person_id, or --batch".into()),
        };
        say!("{revoked} revoked")?;
        Ok(if revoked > 0 { Ending::Done } else { Ending::InPart })
    }

    fn kinds(&self) -> Vec<IssuedKind> {
        let chosen = [(IssuedKind::Letter, self.letter), (IssuedKind::Desk, self.desk)];
        chosen.into_iter().filter(|(_, chosen)| *chosen || self.all).map(|(kind, _)| kind).collect()
    }
}

/// What is revoked, and what the audit says of it.
struct Revocation<'a> {
    issued: IssuedCodes,
    audit: AuditLog,
    batch: Option<&'a str>,
    notes: Notes,
    now: Timestamp,
}

impl Revocation<'_> {
    /// Revokes a person's codes of these kinds; tells how many there were. The audit knows of each before.
    async fn of_person(&self, person: KeyedHash, kinds: &[IssuedKind]) -> Result<usize, Failure> {
        let mut revoked = 0;
        for kind in kinds {
            let code = self.issued.find_issued(person, *kind).await?;
            let open = |code: &IssuedCode| {
                let same_batch = self.batch.is_none_or(|batch| code.batch == batch);
                code.used.is_none() && code.revoked.is_none() && same_batch
            };
            if !code.as_ref().is_some_and(open) {
                continue;
            }
            let mut notes = self.notes.clone();
            notes.insert("code", kind.name().to_owned());
            notes.extend(self.batch.map(|batch| ("batch", batch.to_owned())));
            let event = AuditEvent::CodesRevoked;
            let record = AuditRecord { person, at: self.now, event, terms_version: String::new() };
            self.audit.record_with(&record, &notes).await?;
            revoked += usize::from(self.issued.revoke(person, *kind, self.batch, self.now).await?);
        }
        Ok(revoked)
    }

    async fn of_batch(&self, batch: &str) -> Result<usize, Failure> {
        let bar = progress("Revoking", 0);
        let (mut revoked, mut part) = (0, BatchPart { batch, number: 0 });
        while let Some(people) = self.issued.batch(part).await? {
            bar.inc_length(people.len() as u64);
            let mut outcomes = stream::iter(people)
                .map(async |person| self.of_person(person, &[IssuedKind::Letter]).await)
                .buffer_unordered(AT_ONCE);
            while let Some(outcome) = outcomes.next().await {
                revoked += outcome?;
                bar.inc(1);
            }
            part.number += 1;
        }
        bar.finish_and_clear();
        Ok(revoked)
    }
}

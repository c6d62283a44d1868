//! `recupctl audit`.

use crate::ending::{Ending, Failure, Outcome};
use crate::moment::{Moment, minute, start_of, zone};
use crate::place::{Place, Whereabouts};
use crate::terminal::{say, tell};
use clap::{ArgGroup, Args};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use recupmail_aws::AuditEntry;
use recupmail_domain::audit::registry_itself;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::keys::KeyedHash;
use serde::Serialize;
use std::collections::BTreeMap;

const EXAMPLES: &str = "\
What happened to a person's account and what operators did to it, oldest first, as long as records are kept
([privacy] audit_days of the institution's file). Operators' names and reasons are kept as typed, so nothing personal of
the person belongs there. People who were forgotten keep their records. The functions' own logs hold more.

Examples:
  recupctl audit usms-0001
  recupctl audit usms-0001 --since 2026-11-01 --json
  recupctl audit --imports

Exit codes: 0 there are records; 1 there is none; 2 not done, and standard error says why.";

/// Shows what happened to a person's account.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
#[command(group(ArgGroup::new("whose").required(true).args(["person", "imports"])))]
pub(crate) struct Arguments {
    /// The person's person_id.
    person: Option<String>,

    /// The imports of the registry instead.
    #[arg(long)]
    imports: bool,

    /// From this day on, in the institution's time zone.
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<Date>,

    /// Prints it as JSON.
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(crate) async fn run(&self, at: &Whereabouts) -> Outcome {
        let place = at.open().await?;
        let zone = zone(&place.institution);
        let person = match &self.person {
            Some(id) => place.keys.person(id.trim()),
            None => registry_itself(&place.keys),
        };
        let since = match self.since {
            Some(day) => start_of(day, &zone).ok_or("--since is no day of this calendar")?,
            None => Timestamp::from_millis(0),
        };
        let lines = lines_of(&place, person, since).await?;
        if self.json {
            say!("{}", serde_json::to_string_pretty(&lines)?)?;
        } else {
            for line in &lines {
                say!("{}", line.text(&zone))?;
            }
        }
        if lines.is_empty() {
            tell!("recupctl: there is no record");
            return Ok(Ending::InPart);
        }
        Ok(Ending::Done)
    }
}

/// A record as it is shown.
#[derive(Serialize)]
pub(crate) struct AuditLine {
    at: Moment,
    event: String,
    #[serde(flatten)]
    notes: BTreeMap<String, String>,
}

impl AuditLine {
    fn of(AuditEntry { at, event, notes }: AuditEntry) -> Self {
        Self { at: Moment(at), event, notes }
    }

    /// One line, for people.
    pub(crate) fn text(&self, zone: &TimeZone) -> String {
        let notes = self.notes.iter().map(|(name, text)| format!("  {name}: {text}"));
        [minute(self.at.0, zone), format!("  {}", self.event)].into_iter().chain(notes).collect()
    }
}

/// The records of a person since then.
pub(crate) async fn lines_of(
    place: &Place,
    person: KeyedHash,
    since: Timestamp,
) -> Result<Vec<AuditLine>, Failure> {
    let entries = place.audit()?.entries(person, since).await?;
    Ok(entries.into_iter().map(AuditLine::of).collect())
}

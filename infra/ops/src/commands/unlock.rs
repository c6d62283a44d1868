//! `recupctl unlock`.

use crate::ending::{Ending, Failure, Outcome};
use crate::operator::Operator;
use crate::person::Found;
use crate::place::{Place, Whereabouts};
use crate::terminal::say;
use clap::Args;
use recupmail_domain::audit::{AuditEvent, AuditRecord, Notes};
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::limits::ROUTES;
use recupmail_domain::ports::ClearStarts;

const EXAMPLES: &str = "\
A person may start 20 recoveries between two successes and 5 a day, unless the institution's file says otherwise. After
the 20 only the letter, the desk or this lets them begin again.
Sending limits and wrong identifications have counters of their own, which end with their hour or day.

Examples:
  recupctl unlock usms-0001 --reason \"s'est trompé de numéro toute la matinée\"

Exit codes: 0 done; 2 not done, and standard error says why.";

/// Lets a person begin again who has started too many recoveries.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The person's person_id.
    person: String,

    #[command(flatten)]
    operator: Operator,
}

impl Arguments {
    pub(crate) async fn run(&self, at: &Whereabouts) -> Outcome {
        let place = at.open().await?;
        let found = Found::by_id(&place, &self.person).await?;
        let notes = self.operator.notes()?;
        clear_starts(&place, found.person, AuditEvent::Unlocked, &notes).await?;
        say!("{} may begin again", self.person)?;
        Ok(Ending::Done)
    }
}

/// The desk's reset: the person has started nothing, and the audit knows of it before.
pub(crate) async fn clear_starts(
    place: &Place,
    person: KeyedHash,
    event: AuditEvent,
    notes: &Notes,
) -> Result<(), Failure> {
    let record = AuditRecord { person, at: place.now()?, event, terms_version: String::new() };
    place.audit()?.record_with(&record, notes).await?;
    let starts = place.starts()?;
    for route in ROUTES {
        starts.clear_starts(person, route).await?;
    }
    Ok(())
}

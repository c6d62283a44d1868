//! `recupctl forget`.

use crate::commands::unlock::clear_starts;
use crate::ending::{Ending, Failure, Outcome};
use crate::operator::Operator;
use crate::person::Found;
use crate::place::{Place, Whereabouts};
use crate::terminal::{confirm, say, tell};
use clap::Args;
use recupmail_aws::People;
use recupmail_domain::audit::AuditEvent;
use recupmail_domain::issued::IssuedKind;
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::limits::ROUTES;
use recupmail_domain::ports::{FindIssued, ReadLimit};

const EXAMPLES: &str = "\
Removes the person from the registry with every key that finds them, their letter and desk codes, their starts, and their
account of the embedded directory with its password. A recovery that they have open ends by itself, in 15 minutes at
most, and counters within a day. Audit records stay until their time is over, and one more says that the person was
forgotten. Reasons are kept as typed, so nothing personal belongs there.

Take the person out of the registry file too, or the next import brings them back.

Examples:
  recupctl forget usms-0001 --reason \"demande CNDP 2026-41\"
  recupctl forget usms-0001 --reason \"a quitté l'université\" --yes

Exit codes: 0 nothing of the person is left; 1 it was declined, or nothing was kept; 2 not done or not to the end, and
standard error says why. The same command may be repeated, also for somebody whom the registry does not know any more.";

/// Removes all that is kept of a person, audit records aside.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The person's person_id.
    person: String,

    #[command(flatten)]
    operator: Operator,

    /// Does not ask whether you are sure.
    #[arg(long)]
    yes: bool,
}

impl Arguments {
    pub(crate) async fn run(&self, at: &Whereabouts) -> Outcome {
        let place = at.open().await?;
        let people = place.people()?;
        let person = place.keys.person(self.person.trim());
        if !anything_kept(&place, &people, person).await? {
            tell!("recupctl: nothing is kept of {:?}", self.person);
            return Ok(Ending::InPart);
        }
        let found = Found::of(&place, &people, person).await?;
        let who = found.as_ref().map_or_else(
            || format!("{}, whom the registry does not know", self.person),
            |found| format!("{} <{}>", found.profile.display_name, found.profile.academic_email),
        );
        let notes = self.operator.notes()?;
        if !self.yes && !confirm(&format!("Forget {who} for good?"))? {
            tell!("recupctl: nothing was removed");
            return Ok(Ending::InPart);
        }
        clear_starts(&place, person, AuditEvent::Forgotten, &notes).await?;
        place.issued()?.forget(person).await?;
        place.accounts()?.forget(person).await?;
        people.forget(person).await?;
        say!("{} is forgotten", self.person)?;
        Ok(Ending::Done)
    }
}

/// Whether any table but the audit knows the person.
async fn anything_kept(place: &Place, people: &People, person: KeyedHash) -> Result<bool, Failure> {
    if people.known(person).await?.is_some() || place.accounts()?.password_hash(person).await?.is_some() {
        return Ok(true);
    }
    let (issued, starts, now) = (place.issued()?, place.starts()?, place.now()?);
    for kind in [IssuedKind::Letter, IssuedKind::Desk] {
        if issued.find_issued(person, kind).await?.is_some() {
            return Ok(true);
        }
    }
    for route in ROUTES {
        if starts.spent(&place.rules.limits.start(person, route, now)).await? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

//! `recupctl desk-code`.

use crate::commands::unlock::clear_starts;
use crate::ending::{Ending, Outcome};
use crate::issuing::{grouped, new_code, offered, useless_to};
use crate::moment::{minute, zone};
use crate::operator::Operator;
use crate::person::Found;
use crate::place::Whereabouts;
use crate::terminal::{say, tell};
use clap::Args;
use recupmail_config::machine_rng;
use recupmail_domain::audit::AuditEvent;
use recupmail_domain::issued::IssuedKind;

const EXAMPLES: &str = "\
Make sure first whom you have before you, by a document with a photograph, or as your institution checks callers:
`recupctl lookup PERSON` shows name and address. The code is shown once, on standard output, and is kept nowhere. The person types it on the site's page /assistance/,
within 24 hours. It takes the place of an earlier desk code. Their starts since the last success are cleared, so that
they are not locked out of using it.

Examples:
  recupctl desk-code usms-0001 --reason \"carte d'étudiant vue\"
  recupctl --local desk-code usms-0001

Exit codes: 0 the code stands on standard output; 2 there is none, and standard error says why.";

/// Issues a code that the help desk tells a person, good for 24 hours.
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
        offered(&place, IssuedKind::Desk)?;
        let found = Found::by_id(&place, &self.person).await?;
        if let Some(why) = useless_to(&found, IssuedKind::Desk, &place.rules) {
            return Err(format!("{} gets no code: {why}", self.person).into());
        }
        let notes = self.operator.notes()?;
        let (code, issued) = new_code(IssuedKind::Desk, "", &place.keys, place.now()?, &mut machine_rng());
        // The audit first: a code that it does not know of must not take the place of another.
        clear_starts(&place, found.person, AuditEvent::DeskCodeIssued, &notes).await?;
        place.issued()?.issue_desk_code(found.person, &issued).await?;
        say!("{}", grouped(&code))?;
        let until = minute(issued.expires, &zone(&place.institution));
        let (name, zone) = (&found.profile.display_name, &place.institution.time_zone);
        tell!("For {name}, once, until {until} ({zone}), at {}/assistance/", place.origin());
        Ok(Ending::Done)
    }
}

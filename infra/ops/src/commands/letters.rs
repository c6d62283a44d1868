//! `recupctl letters`.

use crate::ending::{Ending, Failure, Outcome};
use crate::issuing::offered;
use crate::letters::{Filter, Ids, Printed, Printing};
use crate::moment::{day, minute, zone};
use crate::operator::By;
use crate::place::{Place, Whereabouts};
use crate::terminal::{say, tell};
use clap::Args;
use rand::RngExt;
use recupctl::table::Table;
use recupmail_aws::BatchPart;
use recupmail_config::machine_rng;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::issued::IssuedKind;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

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

    #[command(flatten)]
    filter: Filter,

    #[command(flatten)]
    by: By,
}

impl Arguments {
    pub(crate) async fn run(&self, at: &Whereabouts) -> Outcome {
        let place = at.open().await?;
        offered(&place, IssuedKind::Letter)?;
        let profiles = &place.rules.methods_required;
        if let Some(profile) = self.filter.profile.as_ref().filter(|name| !profiles.contains_key(*name)) {
            let known: Vec<_> = profiles.keys().map(String::as_str).collect();
            return Err(format!("there is no profile {profile:?}; there is {}", known.join(", ")).into());
        }
        let now = place.now()?;
        let batch = new_batch(&place, now).await?;
        let mut notes = self.by.notes()?;
        notes.insert("batch", batch.clone());
        let mut printing = Printing::of(&place, &batch, self.filter.clone(), notes, now)?;
        let mut ids = self.ids()?;
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.out);
        let file = file.map_err(|cause| format!("{}: {cause}", self.out.display()))?;
        tell!("Batch {batch}");
        let outcome = printing.all(&mut ids, file).await;
        let Printed { letters, left_out } = printing.ended();
        if outcome.is_err() || letters == 0 {
            std::fs::remove_file(&self.out)?;
        }
        if outcome.is_err() {
            tell!(
                "No letter was kept, but some codes may be good already. End them, then begin again:\n  \
                 recupctl revoke --batch {batch} --reason \"not printed\""
            );
        }
        outcome?;
        if letters == 0 {
            say!("nobody is to get a letter; {left_out} left out")?;
        } else {
            let until = minute(now.plus(IssuedKind::Letter.life()), &zone(&place.institution));
            say!("{letters} letters in {}, good until {until}, batch {batch}", self.out.display())?;
            if left_out > 0 {
                say!("{left_out} left out")?;
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

/// A name that no other batch of the day has.
async fn new_batch(place: &Place, now: Timestamp) -> Result<String, Failure> {
    let (issued, day) = (place.issued()?, day(now, &zone(&place.institution)));
    loop {
        let number: u16 = machine_rng().random();
        let batch = format!("{day}-{number:04x}");
        if issued.batch(BatchPart { batch: &batch, number: 0 }).await?.is_none() {
            return Ok(batch);
        }
    }
}

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

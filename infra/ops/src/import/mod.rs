//! Imports a registry file: streaming, idempotent, bad rows reported by line and skipped.
//!
//! The file is read twice. The first reading checks the header, counts the rows and finds what may be claimed
//! twice; the second decides row by row, in the file's order, and writes many people at once. Whatever the order
//! in which these arrive, the registry ends up the same: nobody writes under a key that another row claims.

mod claims;

use crate::table::{Table, TableError};
use claims::{Claims, Sightings};
use futures_util::StreamExt;
use futures_util::stream;
use recupmail_aws::{Imported, People};
use recupmail_config::machine_rng;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::keys::{KeyedHash, RegistryKeys};
use recupmail_domain::person::RegistrySummary;
use recupmail_domain::ports::Unavailable;
use recupmail_domain::registry::{Census, RegistryEntry};
use recupmail_domain::rules::Rules;
use std::io::{self, Read, Seek};
use std::ops::ControlFlow;
use std::time::Duration;

/// How many people are written at once.
const PEOPLE_AT_ONCE: usize = 32;
/// How many rows are read before others get a turn: whoever waits for Ctrl-C.
const ROWS_AT_A_STRETCH: u64 = 256;
/// How long a registry that is away is waited for, again and again; then the import stops.
const WAITS: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(400),
    Duration::from_millis(1600),
    Duration::from_millis(6400),
];

/// The columns that every registry file has beside those of the identity fields.
const COLUMNS: [&str; 9] = [
    "person_id",
    "profile",
    "display_name",
    "academic_email",
    "directory_id",
    "recovery",
    "phone",
    "recovery_email",
    "locale",
];

/// An import.
#[derive(Clone, Copy, Debug)]
pub struct Import<'a> {
    /// The institution's rules.
    pub rules: &'a Rules,
    /// The keys of what lasts.
    pub keys: &'a RegistryKeys,
    /// Where people are written; nowhere if the file is only to be checked.
    pub people: Option<&'a People>,
    /// The present moment, from which a changed contact is known.
    pub now: Timestamp,
    /// Earlier lines are known to be imported and only counted.
    pub from_line: u64,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// People written.
    pub written: u64,
    /// People of whom the registry already said so.
    pub unchanged: u64,
    /// People who were not written since the file was only checked, or since their line is an earlier one.
    pub unwritten: u64,
    /// Rows that were skipped.
    pub skipped: u64,
    /// People whose number is of a country that nothing may be sent to.
    pub numbers_not_allowed: u64,
    /// What the registry is like now.
    pub summary: RegistrySummary,
}

/// A row that was skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The line it stands on, the header being line 1.
    pub line: u64,
    /// Why, without what stands in it.
    pub reason: String,
}

/// What happens while a file is imported.
#[derive(Clone, Debug)]
pub enum Event {
    /// The first reading passed so many rows.
    Counted(u64),
    /// Of so many rows, the second reading is through with this many.
    Done {
        /// This many.
        rows: u64,
        /// So many.
        of: u64,
    },
    /// A row was skipped.
    Skipped(Skipped),
}

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is none that can be imported.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The registry is away.
    #[error("stopped before line {line}")]
    Stopped {
        /// All earlier lines are dealt with.
        line: u64,
        /// Why.
        #[source]
        cause: Unavailable,
    },
    /// Whoever watched wanted it to stop.
    #[error("interrupted before line {line}")]
    Interrupted {
        /// All earlier lines are dealt with.
        line: u64,
    },
}

impl From<io::Error> for ImportError {
    fn from(cause: io::Error) -> Self {
        Self::Table(cause.into())
    }
}

impl Import<'_> {
    /// Imports a file. `watch` is told what happens and can have it stopped.
    pub async fn run(
        &self,
        mut file: impl Read + Seek,
        mut watch: impl FnMut(Event) -> ControlFlow<()>,
    ) -> Result<Report, ImportError> {
        let (sightings, rows) = self.first_reading(&mut file, &mut watch).await?;
        file.rewind()?;
        let mut table = self.open(&mut file)?;
        let mut claims = Claims::default();
        let decided = std::iter::from_fn(|| match table.next_row() {
            Ok(Some((line, row))) => {
                let entry = row.map_err(|bad| bad.to_string()).and_then(|row| {
                    let entry = RegistryEntry::read(&row, self.rules, self.keys);
                    claim(entry.map_err(|bad| bad.to_string())?, line, &mut claims, &sightings)
                });
                Some(Ok((line, entry)))
            }
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        });
        let gives_way = |holder| sightings.seen(holder);
        let mut outcomes = stream::iter(decided)
            .map(async |decided| match decided {
                Ok((line, entry)) => Ok((line, self.write(line, entry, gives_way).await)),
                Err(error) => Err(error),
            })
            .buffered(PEOPLE_AT_ONCE);

        let (mut report, mut census, mut done, mut end) = (Report::default(), Census::default(), 0, 2);
        while let Some(outcome) = outcomes.next().await {
            let (line, outcome) = outcome?;
            let outcome = outcome.map_err(|cause| ImportError::Stopped { line, cause })?;
            let mut flow = ControlFlow::Continue(());
            match outcome {
                Outcome::Taken(entry, imported) => {
                    match imported {
                        Some(Imported::Written) => report.written += 1,
                        Some(_) => report.unchanged += 1,
                        None => report.unwritten += 1,
                    }
                    report.numbers_not_allowed += u64::from(entry.number_not_allowed);
                    census.count(&entry);
                }
                Outcome::Skipped(reason) => {
                    report.skipped += 1;
                    flow = watch(Event::Skipped(Skipped { line, reason }));
                }
            }
            (done, end) = (done + 1, line + 1);
            if flow.is_break() || watch(Event::Done { rows: done, of: rows }).is_break() {
                return Err(ImportError::Interrupted { line: end });
            }
        }
        report.summary = census.summary();
        if let Some(people) = self.people {
            let summarised = patiently(async || people.summarise(&report.summary, self.keys).await).await;
            summarised.map_err(|cause| ImportError::Stopped { line: end, cause })?;
        }
        Ok(report)
    }

    fn open<R: Read>(&self, file: R) -> Result<Table<R>, TableError> {
        let fields = self.rules.schemes.iter().flat_map(|scheme| &scheme.fields);
        let needed: Vec<&str> = COLUMNS.into_iter().chain(fields.map(|field| field.id.as_str())).collect();
        Table::open(file, &needed)
    }

    /// Counts the rows and sees which keys pass by more than once.
    async fn first_reading(
        &self,
        file: impl Read,
        watch: &mut impl FnMut(Event) -> ControlFlow<()>,
    ) -> Result<(Sightings, u64), ImportError> {
        let mut table = self.open(file)?;
        let (mut sightings, mut rows) = (Sightings::new(), 0);
        while let Some((line, row)) = table.next_row()? {
            rows += 1;
            if let Ok(entry) = row
                .map_err(drop)
                .and_then(|row| RegistryEntry::read(&row, self.rules, self.keys).map_err(drop))
            {
                sightings.see(entry.person);
                entry.lookups.values().for_each(|lookup| sightings.see(*lookup));
            }
            if watch(Event::Counted(rows)).is_break() {
                return Err(ImportError::Interrupted { line });
            }
            if rows % ROWS_AT_A_STRETCH == 0 {
                tokio::task::yield_now().await;
            }
        }
        Ok((sightings, rows))
    }

    async fn write(
        &self,
        line: u64,
        entry: Result<RegistryEntry, String>,
        gives_way: impl Fn(KeyedHash) -> bool,
    ) -> Result<Outcome, Unavailable> {
        let entry = match entry {
            Ok(entry) => entry,
            Err(reason) => return Ok(Outcome::Skipped(reason)),
        };
        let Some(people) = self.people.filter(|_| line >= self.from_line) else {
            return Ok(Outcome::Taken(Box::new(entry), None));
        };
        let import =
            async || people.import(&entry, self.keys, self.now, &mut machine_rng(), &gives_way).await;
        Ok(match patiently(import).await? {
            Imported::Collides => Outcome::Skipped(
                "the same identity fields as somebody of the registry who is not in this file; \
                 `recupctl forget` removes who has left"
                    .to_owned(),
            ),
            imported => Outcome::Taken(Box::new(entry), Some(imported)),
        })
    }
}

/// What became of a row.
enum Outcome {
    Taken(Box<RegistryEntry>, Option<Imported>),
    Skipped(String),
}

/// Lets a row claim its keys, unless an earlier one claims the same.
fn claim(
    entry: RegistryEntry,
    line: u64,
    claims: &mut Claims,
    sightings: &Sightings,
) -> Result<RegistryEntry, String> {
    if let Some(earlier) = claims.claimed(entry.person) {
        return Err(format!("person_id stands in line {earlier} too"));
    }
    if let Some(earlier) = entry.lookups.values().find_map(|lookup| claims.claimed(*lookup)) {
        return Err(format!("the same identity fields as line {earlier}"));
    }
    for key in entry.lookups.values().copied().chain([entry.person]) {
        claims.claim(key, line, sightings);
    }
    Ok(entry)
}

/// Does something again while the registry is away, for a while.
async fn patiently<T>(action: impl AsyncFn() -> Result<T, Unavailable>) -> Result<T, Unavailable> {
    for wait in WAITS {
        match action().await {
            Err(_) => tokio::time::sleep(wait).await,
            done => return done,
        }
    }
    action().await
}

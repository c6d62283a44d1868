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
use jiff::Timestamp as Instant;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use recupmail_aws::{Imported, People, Root};
use recupmail_config::machine_rng;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::keys::{KeyedHash, RegistryKeys};
use recupmail_domain::person::RegistrySummary;
use recupmail_domain::ports::{DescribeRegistry, Unavailable};
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
pub const COLUMNS: [&str; 9] = [
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

/// Of a hundred people whom the registry knows, so many must be in a file that is said to hold everybody.
const FEWEST_IN_A_HUNDRED: u64 = 90;

/// Whom a file holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Everybody; the import stops if far fewer are in it than the registry knows.
    #[default]
    Everybody,
    /// Everybody, and whoever is not in it has left.
    Whole,
    /// Some of them: what the registry is like as a whole stays as it is.
    Partial,
}

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
    /// Whom the file holds.
    pub scope: Scope,
    /// Whether a registry that was made with another root is given up for this one.
    pub new_root: bool,
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
    /// People whose recovery address was their academic one, and left out.
    pub own_addresses: u64,
    /// What the people of the file are like; without a partial file's, what the registry is like now.
    pub summary: RegistrySummary,
}

/// A row that was skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The line it stands on, the header being line 1.
    pub line: u64,
    /// Its person_id; empty if the line is no row.
    pub person_id: String,
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
    /// A header and nothing else.
    #[error("the file has no row")]
    NoRows,
    /// Far fewer people than the registry knows.
    #[error(
        "the file holds {people} people, the registry knows {known}: nothing was written. If these are only some \
         of them, add --partial; if all the others really left, add --whole (rows that cannot be read do not \
         count: --dry-run shows them)"
    )]
    TooFew {
        /// Sound rows.
        people: u64,
        /// What the registry's summary says.
        known: u64,
    },
    /// Some people, for a registry that knows nobody.
    #[error(
        "nothing was written: the registry knows nobody yet. Import the whole file first, without --partial"
    )]
    NothingToAddTo,
    /// The registry was made with another root.
    #[error(
        "the registry was made with another RECUPMAIL_REGISTRY_ROOT: nothing was written. Restore the root that it \
         was made with. With --new-root it is given up: every sealed record, every issued code and every password \
         of the embedded directory that was made with the old root becomes unreadable, for good"
    )]
    AnotherRoot,
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
        let Readings { sightings, rows, people } = self.first_reading(&mut file, &mut watch).await?;
        self.begin(rows, people).await?;
        file.rewind()?;
        let mut table = self.open(&mut file)?;
        let (mut claims, today) = (Claims::default(), self.today());
        let decided = std::iter::from_fn(|| match table.next_row() {
            Ok(Some((line, row))) => {
                let id = row.as_ref().ok().and_then(|row| row.get("person_id")).cloned();
                let entry = row.map_err(|bad| bad.to_string()).and_then(|row| {
                    let entry = RegistryEntry::read(&row, self.rules, self.keys, today);
                    claim(entry.map_err(|bad| bad.to_string())?, line, &mut claims, &sightings)
                });
                Some(Ok((line, id.unwrap_or_default(), entry)))
            }
            Ok(None) => None,
            Err(error) => Some(Err(error)),
        });
        let gives_way = |holder| sightings.seen(holder);
        let mut outcomes = stream::iter(decided)
            .map(async |decided| match decided {
                Ok((line, id, entry)) => Ok((line, id, self.write(line, entry, gives_way).await)),
                Err(error) => Err(error),
            })
            .buffered(PEOPLE_AT_ONCE);

        let (mut report, mut census, mut done, mut end) = (Report::default(), Census::default(), 0, 2);
        while let Some(outcome) = outcomes.next().await {
            let (line, person_id, outcome) = outcome?;
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
                    report.own_addresses += u64::from(entry.own_address);
                    census.count(&entry);
                }
                Outcome::Skipped(reason) => {
                    report.skipped += 1;
                    flow = watch(Event::Skipped(Skipped { line, person_id, reason }));
                }
            }
            (done, end) = (done + 1, line + 1);
            if flow.is_break() || watch(Event::Done { rows: done, of: rows }).is_break() {
                return Err(ImportError::Interrupted { line: end });
            }
        }
        report.summary = census.summary();
        if let Some(people) = self.people.filter(|_| self.scope != Scope::Partial) {
            let summarised = patiently(async || people.summarise(&report.summary, self.keys).await).await;
            summarised.map_err(|cause| ImportError::Stopped { line: end, cause })?;
        }
        Ok(report)
    }

    /// Makes sure that this file belongs into this registry, before anything is written.
    async fn begin(&self, rows: u64, people: u64) -> Result<(), ImportError> {
        if rows == 0 {
            return Err(ImportError::NoRows);
        }
        let Some(registry) = self.people else { return Ok(()) };
        let stopped = |cause| ImportError::Stopped { line: 2, cause };
        let root = patiently(async || registry.made_with(self.keys).await).await.map_err(stopped)?;
        if root == Root::Another && !self.new_root {
            return Err(ImportError::AnotherRoot);
        }
        let summary = patiently(async || registry.describe_registry().await).await.map_err(stopped)?;
        let known = summary.people;
        match self.scope {
            Scope::Partial if known == 0 => return Err(ImportError::NothingToAddTo),
            Scope::Everybody if people * 100 < known * FEWEST_IN_A_HUNDRED => {
                return Err(ImportError::TooFew { people, known });
            }
            _ => {}
        }
        if root != Root::This {
            patiently(async || registry.begin(self.keys).await).await.map_err(stopped)?;
        }
        Ok(())
    }

    /// The day, somewhere on earth.
    fn today(&self) -> Date {
        let now = Instant::from_millisecond(self.now.as_millis()).unwrap_or(Instant::MAX);
        now.to_zoned(TimeZone::UTC).date()
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
    ) -> Result<Readings, ImportError> {
        let (mut table, today) = (self.open(file)?, self.today());
        let (mut sightings, mut rows, mut people) = (Sightings::new(), 0, 0);
        while let Some((line, row)) = table.next_row()? {
            rows += 1;
            if let Ok(entry) = row
                .map_err(drop)
                .and_then(|row| RegistryEntry::read(&row, self.rules, self.keys, today).map_err(drop))
            {
                people += 1;
                keys_of(&entry).for_each(|key| sightings.see(key));
            }
            if watch(Event::Counted(rows)).is_break() {
                return Err(ImportError::Interrupted { line });
            }
            if rows % ROWS_AT_A_STRETCH == 0 {
                tokio::task::yield_now().await;
            }
        }
        Ok(Readings { sightings, rows, people })
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

/// What the first reading saw.
struct Readings {
    sightings: Sightings,
    rows: u64,
    /// Rows that can be read.
    people: u64,
}

/// What became of a row.
enum Outcome {
    Taken(Box<RegistryEntry>, Option<Imported>),
    Skipped(String),
}

/// What no two rows may claim.
fn keys_of(entry: &RegistryEntry) -> impl Iterator<Item = KeyedHash> {
    [entry.person].into_iter().chain(entry.lookups.values().copied()).chain(entry.own_names.values().copied())
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
    for (column, name) in &entry.own_names {
        if let Some(earlier) = claims.claimed(*name) {
            return Err(format!("{column} stands in line {earlier} too"));
        }
    }
    for key in keys_of(&entry) {
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

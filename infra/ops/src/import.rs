//! Imports a registry file: streaming, idempotent, bad rows reported by line and skipped.

use csv::StringRecord;
use recupmail_aws::{Imported, People};
use recupmail_config::machine_rng;
use recupmail_domain::keys::RegistryKeys;
use recupmail_domain::ports::Unavailable;
use recupmail_domain::registry::{BadRow, Census, RegistryEntry, Row};
use recupmail_domain::rules::Rules;
use std::collections::HashSet;
use std::io::Read;

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// People written.
    pub written: u64,
    /// People of whom the registry already said so.
    pub unchanged: u64,
    /// Rows that were skipped.
    pub skipped: Vec<Skipped>,
}

/// A row that was skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The line it begins on, the header being line 1.
    pub line: u64,
    /// Why, without what stands in it.
    pub reason: String,
}

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file's header cannot be read.
    #[error("the header cannot be read: {0}")]
    Header(#[source] csv::Error),
    /// The header lacks columns.
    #[error("the header lacks these columns: {}", .0.join(", "))]
    Columns(Vec<String>),
    /// The registry is away.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

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

/// Imports a registry file.
pub async fn import(
    file: impl Read,
    people: &People,
    rules: &Rules,
    keys: &RegistryKeys,
) -> Result<Report, ImportError> {
    let mut reader = csv::ReaderBuilder::new().from_reader(WithLineFeeds(file));
    let header = reader.headers().map_err(ImportError::Header)?.clone();
    check_columns(&header, rules)?;

    let (mut report, mut census, mut rng) = (Report::default(), Census::default(), machine_rng());
    let mut seen = HashSet::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                report.skipped.push(Skipped { line, reason: unreadable(&error).to_owned() });
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let entry = match RegistryEntry::read(&row(&header, &record), rules, keys, &mut rng) {
            Ok(entry) => entry,
            Err(reason) => {
                report.skipped.push(Skipped { line, reason: BadRow::to_string(&reason) });
                continue;
            }
        };
        if !seen.insert(entry.record.person) {
            report
                .skipped
                .push(Skipped { line, reason: "person_id stands in an earlier row too".to_owned() });
            continue;
        }
        match people.import(&entry).await? {
            Imported::Written => report.written += 1,
            Imported::Unchanged => report.unchanged += 1,
            Imported::Collides => {
                let reason = "somebody else has the same identity fields".to_owned();
                report.skipped.push(Skipped { line, reason });
                continue;
            }
        }
        census.count(&entry);
    }
    people.summarise(&census.summary()).await?;
    Ok(report)
}

/// A file from Windows with the line ends of all others, so that lines are counted as people see them.
struct WithLineFeeds<R>(R);

impl<R: Read> Read for WithLineFeeds<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let read = self.0.read(buffer)?;
            let mut kept = 0;
            for index in 0..read {
                if buffer[index] != b'\r' {
                    buffer[kept] = buffer[index];
                    kept += 1;
                }
            }
            if kept > 0 || read == 0 {
                return Ok(kept);
            }
        }
    }
}

fn check_columns(header: &StringRecord, rules: &Rules) -> Result<(), ImportError> {
    let fields = rules.schemes.iter().flat_map(|scheme| scheme.fields.iter().map(|field| field.id.as_str()));
    let missing: Vec<String> = COLUMNS
        .into_iter()
        .chain(fields)
        .filter(|name| !header.iter().any(|h| h == *name))
        .map(str::to_owned)
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(ImportError::Columns(missing)) }
}

fn row(header: &StringRecord, record: &StringRecord) -> Row {
    header.iter().zip(record).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn unreadable(error: &csv::Error) -> &'static str {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "is not UTF-8",
        csv::ErrorKind::UnequalLengths { .. } => "has more or fewer columns than the header",
        _ => "cannot be read",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_ends_of_windows_count_as_one() {
        let mut text = String::new();
        WithLineFeeds("a\r\nb\r\n".as_bytes()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "a\nb\n");
    }
}

//! `recupctl import`.

use crate::ending::{Ending, Failure, Outcome};
use crate::gathering::from_directory;
use crate::operator::By;
use crate::place::{Place, Whereabouts};
use crate::terminal::{progress, say, tell};
use clap::{ArgGroup, Args, ValueEnum};
use indicatif::ProgressBar;
use rand::Rng;
use recupctl::import::{Event, Import, ImportError, Report, Scope, Skipped};
use recupmail_aws::People;
use recupmail_config::{Institution, machine_rng, system_clock};
use recupmail_domain::audit::{AuditEvent, AuditRecord, Notes, registry_itself};
use recupmail_domain::clock::{Clock, Timestamp};
use recupmail_domain::keys::{Key, RegistryKeys};
use recupmail_domain::rules::Rules;
use serde_json::json;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const EXAMPLES: &str = "\
The file is UTF-8 CSV with a header: person_id, profile, display_name, academic_email, directory_id, recovery
(allowed or denied), phone, recovery_email, locale, and one column for each identity field of the institution.
Columns may stand in any order, and others beside them. A row is one line. Who lacks a field of one scheme can use the
other schemes. People who are no longer in the file stay as they are: see `recupctl forget`.

A file holds everybody, unless --partial says that it does not: what the registry is like as a whole (how many people,
which mail domains) is counted anew from it. So a file with far fewer people than the registry knows stops the import
before anything is written, unless --whole says that so many really left.

With --directory ldap people are read from an LDAP server, whose attributes the institution's file maps to these
columns. They are put down in a file without a name, which nobody else can open and which ends with the command.

An import may be repeated, and goes on where one was interrupted: people who are known as the file has them cost one
read. What a row changes is changed at once or not at all.

Examples:
  recupctl import --dry-run registry.csv      check every row, write nothing, need no database
  recupctl import registry.csv
  recupctl import --partial corrections.csv   some people, the others being as they are
  recupctl import --from-line 40001 registry.csv
  recupctl import --directory ldap            from the server of [registry.ldap] in the institution's file
  recupctl --local import infra/institutions/usms/registry.csv

Exit codes: 0 all rows were taken; 1 some were skipped, each with its line (or its person_id, from a directory) and
the reason on standard error;
2 the import stopped.";

/// Imports a registry file. May be repeated: what is already so is left alone.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[command(group(ArgGroup::new("scope").args(["partial", "whole"])))]
pub(crate) struct Arguments {
    /// UTF-8 CSV with a header.
    #[arg(required_unless_present = "directory", conflicts_with = "directory")]
    file: Option<PathBuf>,

    /// Reads people from the directory that the institution's file names in [registry].
    #[arg(long, value_name = "KIND", conflicts_with = "from_line")]
    directory: Option<DirectoryKind>,

    /// Checks the file alone: every row, and what stands twice. Writes nothing, and needs no database.
    #[arg(long)]
    dry_run: bool,

    /// Takes earlier lines as imported, for an import that was interrupted.
    #[arg(long, value_name = "LINE", default_value_t = 0)]
    from_line: u64,

    /// The file holds some of the people, not all.
    #[arg(long, conflicts_with = "new_root")]
    partial: bool,

    /// The file holds everybody, though far fewer people than the registry knows: the others left.
    #[arg(long)]
    whole: bool,

    /// Gives up a registry that was made with another RECUPMAIL_REGISTRY_ROOT. Every sealed record, issued code and
    /// password of the embedded directory that was made with the old root becomes unreadable: restore that root
    /// instead, if you can.
    #[arg(long)]
    new_root: bool,

    /// Prints the result as JSON.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    by: By,
}

/// Where people can be read from besides a file.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum DirectoryKind {
    /// An LDAP server, Active Directory among them.
    Ldap,
}

impl Arguments {
    pub(crate) async fn run(&self, at: &Whereabouts) -> Outcome {
        let file = match (&self.file, self.directory) {
            (Some(path), _) => File::open(path).map_err(|cause| format!("{}: {cause}", path.display()))?,
            (None, _) => from_directory(at).await?,
        };
        if self.dry_run {
            let rules = Institution::load(&at.institution()?)?.rules()?;
            let now = system_clock(at.environment()?.clock_offset_file()?).now();
            let keys = throw_away_keys();
            let import = self.import(&rules, &keys, None, now);
            return self.report(&self.watched(&import, file).await?);
        }
        let place = at.open().await?;
        let (people, now, notes) = (place.people()?, place.now()?, self.by.notes()?);
        let import = self.import(&place.rules, &place.keys, Some(&people), now);
        let report = self.watched(&import, file).await?;
        record(&place, &report, now, notes).await?;
        self.report(&report)
    }

    fn import<'a>(
        &self,
        rules: &'a Rules,
        keys: &'a RegistryKeys,
        people: Option<&'a People>,
        now: Timestamp,
    ) -> Import<'a> {
        let scope = match (self.partial, self.whole) {
            (true, _) => Scope::Partial,
            (_, true) => Scope::Whole,
            _ => Scope::Everybody,
        };
        Import { rules, keys, people, now, from_line: self.from_line, scope, new_root: self.new_root }
    }

    /// Shows how far it is and what is skipped, and stops at Ctrl-C.
    async fn watched(&self, import: &Import<'_>, file: File) -> Result<Report, Failure> {
        let interrupted = Arc::new(AtomicBool::new(false));
        let flag = interrupted.clone();
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                flag.store(true, Ordering::Relaxed);
            }
        });
        let bar = progress("Importing", 0);
        let outcome = import.run(file, |event| {
            self.show(&bar, event);
            if interrupted.load(Ordering::Relaxed) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        let outcome = outcome.await;
        bar.finish_and_clear();
        if let Err(ImportError::Stopped { line, .. } | ImportError::Interrupted { line }) = &outcome {
            tell!(
                "What was imported stays. The same command goes on from there; with --from-line {line} it does not \
                 even look at the people before."
            );
        }
        outcome.map_err(|error| match error {
            error @ (ImportError::Table(_) | ImportError::NoRows) => {
                format!("{}: {error}", self.source()).into()
            }
            error => error.into(),
        })
    }

    fn show(&self, bar: &ProgressBar, event: Event) {
        match event {
            Event::Counted(rows) => bar.set_length(rows),
            Event::Done { rows, .. } => bar.set_position(rows),
            Event::Skipped(Skipped { line, person_id, reason }) => bar.suspend(|| match self.directory {
                None => tell!("{}:{line}: {reason}", self.source()),
                Some(_) => tell!("{}: person_id {person_id:?}: {reason}", self.source()),
            }),
        }
    }

    /// What people are read from, for messages.
    fn source(&self) -> String {
        self.file.as_ref().map_or_else(|| "[registry.ldap]".to_owned(), |path| path.display().to_string())
    }

    fn report(&self, report: &Report) -> Outcome {
        let Report { written, unchanged, unwritten, skipped, numbers_not_allowed, own_addresses, summary } =
            report;
        let shapes = summary.shapes;
        let unreachable = summary.people - shapes.email - shapes.phone - shapes.both;
        if self.json {
            let result = json!({
                "dry_run": self.dry_run,
                "written": written,
                "unchanged": unchanged,
                "unwritten": unwritten,
                "skipped": skipped,
                "people": summary.people,
                "numbers_not_allowed": numbers_not_allowed,
                "own_addresses": own_addresses,
                "unreachable": unreachable,
            });
            say!("{result:#}")?;
        } else {
            if self.dry_run {
                say!("{unwritten} rows are sound, {skipped} would be skipped; nothing was written")?;
            } else {
                say!("{written} written, {unchanged} unchanged, {skipped} skipped")?;
            }
            if *numbers_not_allowed > 0 {
                say!(
                    "{numbers_not_allowed} with a number of a country that methods.countries does not name: \
                     nothing is sent there"
                )?;
            }
            if *own_addresses > 0 {
                say!(
                    "{own_addresses} with their academic address as recovery_email, which they cannot get into: \
                     nothing is sent there"
                )?;
            }
            if unreachable > 0 {
                say!("{unreachable} denied recovery, or without a contact that a code can be sent to")?;
            }
        }
        Ok(if *skipped == 0 { Ending::Done } else { Ending::InPart })
    }
}

/// Notes in the audit that and how it was done, if anything changed.
async fn record(place: &Place, report: &Report, now: Timestamp, mut notes: Notes) -> Result<(), Failure> {
    if report.written == 0 {
        return Ok(());
    }
    notes.insert("written", report.written.to_string());
    notes.insert("unchanged", report.unchanged.to_string());
    notes.insert("skipped", report.skipped.to_string());
    let record = AuditRecord {
        person: registry_itself(&place.keys),
        at: now,
        event: AuditEvent::RegistryImported,
        terms_version: String::new(),
    };
    place.audit()?.record_with(&record, &notes).await?;
    Ok(())
}

/// For a file that is only checked: its hashes are compared with one another and then forgotten.
fn throw_away_keys() -> RegistryKeys {
    let mut root = [0; 32];
    machine_rng().fill_bytes(&mut root);
    RegistryKeys::derive(&Key::new(root))
}

//! `recupctl`: what operators do with the registry.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks to its terminal")]

use clap::{Parser, Subcommand};
use recupctl::import::{self, Report};
use recupmail_aws::{DynamoTable, People, dynamodb};
use recupmail_config::{Environment, Institution, Table};
use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Operates a RecupMail deployment.
///
/// Where it is comes from the environment: RECUPMAIL_INSTITUTION, RECUPMAIL_REGISTRY_ROOT, PEOPLE_TABLE and
/// the usual AWS variables.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Imports a registry file. May be repeated: what is already so is left alone.
    ///
    /// Bad rows are reported with their line and skipped. Exit code 0: all rows were taken; 1: some were
    /// skipped; 2: the import stopped.
    ///
    /// Example: recupctl import registry.csv
    Import {
        /// UTF-8 CSV with a header.
        file: PathBuf,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Command::Import { file } = Arguments::parse().command;
    match import_file(&file).await {
        Ok(report) => {
            for skipped in &report.skipped {
                eprintln!("{}:{}: {}", file.display(), skipped.line, skipped.reason);
            }
            let Report { written, unchanged, skipped } = report;
            println!("{written} written, {unchanged} unchanged, {} skipped", skipped.len());
            if skipped.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(error) => {
            eprintln!("recupctl: {error}");
            ExitCode::from(2)
        }
    }
}

async fn import_file(path: &Path) -> Result<Report, Box<dyn Error>> {
    let environment = Environment::of_process();
    let rules = Institution::load(&environment.institution()?)?.rules()?;
    let client = dynamodb(&environment.dynamodb()?);
    let people = People::from(DynamoTable::new(client, environment.table(Table::People)?));
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(import::import(file, &people, &rules, &environment.registry_keys()?).await?)
}

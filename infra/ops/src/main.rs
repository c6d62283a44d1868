//! `recupctl`: what operators and the help desk do.

mod commands;
mod ending;
mod gathering;
mod issuing;
mod letters;
mod moment;
mod operator;
mod person;
mod place;
mod terminal;

use clap::{Parser, Subcommand};
use commands::{
    audit, desk_code, doctor, forget, import, letters as print_letters, lookup, revoke, schema, unlock,
};
use ending::Ending;
use place::Whereabouts;
use std::process::ExitCode;

/// Operates a RecupMail deployment: the registry, letters and desk codes, what became of a person.
///
/// Which deployment is said by the environment: RECUPMAIL_INSTITUTION (the institution's folder),
/// RECUPMAIL_REGISTRY_ROOT_SECRET (the secret that holds the registry root; or RECUPMAIL_REGISTRY_ROOT, the root
/// itself), the names of the tables (PEOPLE_TABLE, ISSUED_TABLE, LIMITS_TABLE, ACCOUNTS_TABLE, CHALLENGES_TABLE,
/// AUDIT_TABLE) and the usual AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. With
/// --local it is the stack that `make run` started.
#[derive(Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 done; 1 done in part, or nobody found; 2 not done.\n\
    Each command has examples: recupctl help <COMMAND>"
)]
struct Arguments {
    #[command(flatten)]
    whereabouts: Whereabouts,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Import(import::Arguments),
    Letters(print_letters::Arguments),
    DeskCode(desk_code::Arguments),
    Unlock(unlock::Arguments),
    Revoke(revoke::Arguments),
    Lookup(lookup::Arguments),
    Audit(audit::Arguments),
    Forget(forget::Arguments),
    Doctor(doctor::Arguments),
    Schema(schema::Arguments),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Arguments { whereabouts: at, command } = Arguments::parse();
    let outcome = match command {
        Command::Import(arguments) => arguments.run(&at).await,
        Command::Letters(arguments) => arguments.run(&at).await,
        Command::DeskCode(arguments) => arguments.run(&at).await,
        Command::Unlock(arguments) => arguments.run(&at).await,
        Command::Revoke(arguments) => arguments.run(&at).await,
        Command::Lookup(arguments) => arguments.run(&at).await,
        Command::Audit(arguments) => arguments.run(&at).await,
        Command::Forget(arguments) => arguments.run(&at).await,
        Command::Doctor(arguments) => arguments.run(&at).await,
        Command::Schema(schema::Arguments {}) => schema::run(),
    };
    outcome.unwrap_or_else(Ending::of_failure).into()
}

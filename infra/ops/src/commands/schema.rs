//! `recupctl schema`.

use crate::ending::{Ending, Outcome};
use crate::terminal::print;
use clap::Args;
use recupmail_config::institution_schema;

const EXAMPLES: &str = "\
Editors complete and check institution.toml by it: its first line names the file, `#:schema ../institution.schema.json`.

Examples:
  recupctl schema > infra/institutions/institution.schema.json";

/// Prints the JSON Schema of the institution's file.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {}

pub(crate) fn run() -> Outcome {
    print(format_args!("{}", institution_schema()))?;
    Ok(Ending::Done)
}

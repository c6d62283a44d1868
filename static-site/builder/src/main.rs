//! Bakes the pages of one institution into plain HTML, one stylesheet and one script.
#![allow(clippy::print_stderr, reason = "a command-line tool talks to its terminal")]

mod assets;
mod colours;
mod complete;
mod encodings;
mod forms;
mod locale;
mod markup;
mod site;
mod texts;
mod view;
mod well_known;

use clap::Parser;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Every failure ends the build; the message says which file and why.
type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Bakes the pages of one institution.
#[derive(Parser)]
struct Arguments {
    /// The institution's folder.
    #[arg(long)]
    institution: PathBuf,
    /// Where the pages will be served, as in `https://recupmail.usms.ac.ma`.
    #[arg(long)]
    origin: String,
    /// The day of the build; what expires is counted from it.
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: jiff::civil::Date,
    /// The folder that receives the pages.
    #[arg(long)]
    out: PathBuf,
    /// The folder of templates, locales, stylesheet and script.
    #[arg(long, default_value = "static-site")]
    source: PathBuf,
}

fn main() -> ExitCode {
    match site::build(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("site-builder: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Writes a text, and beside it what servers send to whom takes it compressed.
fn write(path: &Path, content: &str) -> Result<()> {
    let parent = path.parent().unwrap_or(path);
    let named = |error: std::io::Error| format!("{}: {error}", path.display());
    std::fs::create_dir_all(parent).and_then(|()| std::fs::write(path, content)).map_err(named)?;
    for (ending, encoded) in encodings::of(content.as_bytes()).map_err(named)? {
        std::fs::write(path.with_added_extension(ending), encoded).map_err(named)?;
    }
    Ok(())
}

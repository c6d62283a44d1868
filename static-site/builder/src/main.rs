//! Bakes the pages of one institution into plain HTML, one stylesheet and one script.
#![allow(clippy::print_stderr, reason = "a command-line tool talks to its terminal")]

mod assets;
mod forms;
mod locale;
mod markup;
mod site;
mod texts;
mod view;

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
    /// The folder that receives the pages.
    #[arg(long)]
    out: PathBuf,
    /// The folder of templates, locales, stylesheet and script.
    #[arg(long, default_value = "static-site")]
    source: PathBuf,
}

fn main() -> ExitCode {
    match site::build(&Arguments::parse()) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("site-builder: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn write(path: &Path, content: &str) -> Result<()> {
    let parent = path.parent().unwrap_or(path);
    std::fs::create_dir_all(parent)
        .and_then(|()| std::fs::write(path, content))
        .map_err(|error| format!("{}: {error}", path.display()).into())
}

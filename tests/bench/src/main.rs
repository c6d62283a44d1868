//! Measures the functions' release binaries beside a bare function, and beside plain functions for Node and Python.
//! Every figure is of one run on one machine, so only ratios mean anything: `make bench` prints both.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "it prints what it measured, by the machine's clock"
)]

mod bars;
mod cloud;
mod copies;
mod figures;
mod growth;
mod instance;
mod instructions;
mod measure;
mod recovery;
mod report;
mod runtime_api;
mod share;

use clap::Parser;
use cloud::Cloud;
use instance::{Failed, Program};
use measure::{Candidate, Kind, Settings};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

/// Measures cold starts, CPU and memory of the functions that `make bench` built.
#[derive(Parser, Debug)]
#[command(version)]
struct Options {
    /// Where the functions lie, each as <function>/bootstrap.
    #[arg(long, default_value = "target/lambda")]
    functions: PathBuf,
    /// The Python that has boto3; without it Python is left out.
    #[arg(long)]
    python: Option<PathBuf>,
    /// Leaves out Node.
    #[arg(long)]
    without_node: bool,
    /// How many starts of each function are measured.
    #[arg(long, default_value_t = 15)]
    starts: u32,
    /// How many whole recoveries are measured warm.
    #[arg(long, default_value_t = 150)]
    recoveries: u32,
    /// How many people the registry holds.
    #[arg(long, default_value_t = 2000)]
    people: u32,
    /// Only these functions.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Measures only whether a recovery costs more the more people and challenges there are.
    #[arg(long)]
    growth: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(Failed(cause)) => {
            eprintln!("recupmail-bench: {cause}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<bool, Failed> {
    recupmail_tests::http();
    if options.growth {
        return growth::holds(&options.functions).await;
    }
    let cloud = Cloud::start(options.people).await?;
    let settings =
        Settings { starts: options.starts, recoveries: options.recoveries, only: options.only.clone() };
    let mut candidates = vec![Candidate::bare(binary(&options.functions, "bare-hello")?, &cloud)];
    candidates.push(Candidate::new(Kind::Ours, &cloud, |step| {
        Ok(Program::of(vec![binary(&options.functions, step)?]))
    })?);
    if !options.without_node {
        let start = ["node", "tests/bench/peers/node/bootstrap.mjs"].map(PathBuf::from).to_vec();
        candidates.push(Candidate::new(Kind::Node, &cloud, |_| Ok(Program::of(start.clone())))?);
    }
    if let Some(python) = options.python {
        let start = vec![python, PathBuf::from("tests/bench/peers/python/bootstrap.py")];
        candidates.push(Candidate::new(Kind::Python, &cloud, |_| Ok(Program::of(start.clone())))?);
    }
    let mut people = 0;
    let figures = measure::all(&cloud, &candidates, &settings, &mut people).await?;
    report::print(&figures);
    let hash = one_hash(&options.functions)?;
    figures::write(&figures, hash)?;
    for candidate in candidates.iter().filter(|one| one.kind == Kind::Ours) {
        report::print_instructions(&instructions::count(&cloud, candidate, &mut people).await?);
    }
    println!("argon2id alone: {} ms of CPU; it is counted apart.", report::ms(hash));
    Ok(bars::hold(&figures, hash))
}

/// The CPU time of one hash of a password.
fn one_hash(functions: &Path) -> Result<Duration, Failed> {
    let output = Command::new(binary(functions, "one-hash")?).output()?;
    Ok(Duration::from_micros(String::from_utf8(output.stdout)?.trim().parse()?))
}

/// A function's binary.
fn binary(folder: &Path, function: &str) -> Result<PathBuf, Failed> {
    let path = folder.join(function).join("bootstrap");
    if path.is_file() {
        Ok(std::path::absolute(path)?)
    } else {
        Err(format!("{} is missing: make bench builds it", path.display()).into())
    }
}

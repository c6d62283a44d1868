//! The whole of RecupMail on one machine: `make run`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks to its terminal")]

mod environment;
mod front;
mod functions;
mod gate;
mod outbox;
mod processes;
mod settings;
mod sign_in;
mod stack;

use clap::Parser;
use settings::Settings;
use std::process::ExitCode;
use tokio::io::AsyncReadExt;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    let settings = Settings::parse();
    let ended = ended(settings.until_stdin_closes);
    match stack::run(settings, ended).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("recupmail-local: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns on Ctrl-C, on a request to terminate, or when whoever started this for a test is gone.
async fn ended(until_stdin_closes: bool) {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    let stdin_closed = async {
        if !until_stdin_closes {
            return std::future::pending().await;
        }
        let mut rest = Vec::new();
        let _ = tokio::io::stdin().read_to_end(&mut rest).await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
        () = stdin_closed => {}
    }
}

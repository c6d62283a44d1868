//! The whole of RecupMail on one machine: `make run`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks to its terminal")]

mod entra;
mod environment;
mod front;
mod functions;
mod gate;
mod greeting;
mod outbox;
mod processes;
mod run_folder;
mod settings;
mod sign_in;
mod stack;
mod voice;

use clap::Parser;
use settings::Settings;
use tokio::io::AsyncReadExt;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() {
    // The directory adapter's features make this program's clients ask for one, though they speak plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = Settings::parse();
    let ended = ended(settings.until_stdin_closes);
    let code = match stack::run(settings, ended).await {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("recupmail-local: {error}");
            1
        }
    };
    // Not by returning: a read of standard input may still wait.
    std::process::exit(code)
}

/// Returns when a signal was sent.
async fn sent(kind: SignalKind) {
    match signal(kind) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

/// Returns on Ctrl-C, on a request to terminate, when the terminal is closed, or when whoever started this for
/// a test is gone.
async fn ended(until_stdin_closes: bool) {
    let [terminated, hung_up, quit] =
        [SignalKind::terminate(), SignalKind::hangup(), SignalKind::quit()].map(sent);
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
        () = hung_up => {}
        () = quit => {}
        () = stdin_closed => {}
    }
}

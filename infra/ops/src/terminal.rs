//! Talking to whoever sits at the terminal. Questions and progress go to standard error, so that standard output
//! holds results alone.

use crate::ending::Failure;
use indicatif::{ProgressBar, ProgressStyle};
use std::fmt;
use std::io::{self, BufRead, IsTerminal, Write};

/// Prints a line on standard output, as `println!` does.
macro_rules! say {
    ($($line:tt)*) => { $crate::terminal::print(format_args!("{}\n", format_args!($($line)*))) };
}

/// Prints a line on standard error, as `eprintln!` does; if nobody can read it, there is nobody to tell.
macro_rules! tell {
    ($($line:tt)*) => { $crate::terminal::warn(format_args!("{}\n", format_args!($($line)*))) };
}

pub(crate) use {say, tell};

/// Puts a text on standard output. Whoever closed it, as `head` does, has read enough, and that is no failure.
pub(crate) fn print(text: fmt::Arguments<'_>) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_fmt(text).and_then(|()| out.flush()) {
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => Ok(outcome.map_err(|cause| format!("standard output: {cause}"))?),
    }
}

/// Puts a text on standard error.
pub(crate) fn warn(text: fmt::Arguments<'_>) {
    let _ = io::stderr().lock().write_fmt(text);
}

/// A bar that shows how far something is, if there is a terminal to show it on.
pub(crate) fn progress(what: &'static str, of: u64) -> ProgressBar {
    let bar = ProgressBar::new(of).with_message(what);
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

/// Asks a question, where there is somebody to answer it.
pub(crate) fn ask(question: &str) -> Result<Option<String>, Failure> {
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    warn(format_args!("{question} "));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(Some(answer.trim().to_owned()).filter(|answer| !answer.is_empty()))
}

/// Whether whoever sits here agrees; an error if nobody does.
pub(crate) fn confirm(question: &str) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        return Err("nobody is here to confirm it; add --yes".into());
    }
    let answer = ask(&format!("{question} [y/N]"))?;
    Ok(answer.is_some_and(|answer| ["y", "yes", "o", "oui"].contains(&answer.to_lowercase().as_str())))
}

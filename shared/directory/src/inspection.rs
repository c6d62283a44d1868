//! What a directory shows of itself without anybody being changed: for `recupctl doctor`.

use recupmail_domain::ports::Unavailable;
use std::error::Error;

/// How something that was looked at is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// As it should be.
    Well,
    /// Perhaps not as it should be, or it cannot be told.
    Doubtful,
    /// So that nobody, or not everybody, can get a password.
    Broken,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// How it is.
    pub how: How,
    /// What was seen.
    pub said: String,
    /// What to do about it; empty where nothing is.
    pub remedy: String,
}

impl Sign {
    pub(crate) fn well(said: impl Into<String>) -> Self {
        Self { how: How::Well, said: said.into(), remedy: String::new() }
    }

    pub(crate) fn doubtful(said: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { how: How::Doubtful, said: said.into(), remedy: remedy.into() }
    }

    pub(crate) fn broken(said: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { how: How::Broken, said: said.into(), remedy: remedy.into() }
    }

    /// Its clock against ours. By five minutes AWS and Kerberos refuse, and tokens have expired before they are
    /// used (RFC 4120 section 1.6).
    pub(crate) fn clock(ahead: Option<i64>) -> Self {
        match ahead {
            Some(seconds) if seconds.unsigned_abs() <= 30 => {
                Self::well(format!("its clock and ours differ by {} s", seconds.unsigned_abs()))
            }
            Some(seconds) => {
                let (seconds, side) =
                    (seconds.unsigned_abs(), if seconds > 0 { "ahead of" } else { "behind" });
                let said = format!("its clock is {seconds} s {side} ours");
                let remedy = "set both by NTP: beyond five minutes sign-ins and tokens are refused";
                if seconds < 300 { Self::doubtful(said, remedy) } else { Self::broken(said, remedy) }
            }
            None => Self::doubtful("it does not tell the time", "compare its clock with this machine's"),
        }
    }

    /// The directory did not answer, or not as asked.
    pub(crate) fn silent(cause: &Unavailable, remedy: impl Into<String>) -> Self {
        let beneath = std::iter::successors(cause.source(), |cause| (*cause).source());
        let said: Vec<String> = beneath.map(ToString::to_string).collect();
        Self::broken(said.join(": "), remedy)
    }
}

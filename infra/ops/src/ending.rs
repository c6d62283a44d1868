//! How a command ends.

use crate::terminal::tell;
use std::error::Error;
use std::process::ExitCode;

/// Why a command could not do what it was asked.
pub(crate) type Failure = Box<dyn Error>;

/// What a command gives back.
pub(crate) type Outcome = Result<Ending, Failure>;

/// How a command ends; each is an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All of it is done.
    Done,
    /// Something was left out, or nobody was found.
    InPart,
    /// Nothing was done, or not to the end.
    NotDone,
}

impl Ending {
    /// Says why a command failed, with what lies beneath.
    #[expect(clippy::needless_pass_by_value, reason = "it ends here")]
    pub(crate) fn of_failure(failure: Failure) -> Self {
        let mut said = failure.to_string();
        for cause in std::iter::successors(failure.source(), |cause| (*cause).source()) {
            let cause = cause.to_string();
            if !said.contains(&cause) {
                said = format!("{said}: {cause}");
            }
        }
        tell!("recupctl: {said}");
        Self::NotDone
    }
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => Self::SUCCESS,
            Ending::InPart => Self::from(1),
            Ending::NotDone => Self::from(2),
        }
    }
}

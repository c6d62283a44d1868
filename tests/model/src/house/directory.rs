//! A directory that is a service of its own, in memory: it answers by a script, and remembers what really
//! happened.

use recupmail_domain::person::Profile;
use recupmail_domain::ports::{DirectoryRule, TryPassword, Unavailable, WriteFailure, WritePassword};
use recupmail_domain::secret::Confidential;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

/// What becomes of a request to write a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is written.
    Ok,
    /// It is written, and the answer is lost.
    Lost,
    /// It may be written later, when nobody waits any more.
    Late,
    /// The directory refuses it.
    Refused,
    /// The directory is never reached.
    Unreached,
    /// No answer ever comes, so that who waits for it can be dropped; it may be written later.
    Never,
}

/// The directory, with one account.
#[derive(Debug)]
pub struct MemoryDirectory {
    name: String,
    /// What comes next; then it writes.
    script: Mutex<VecDeque<Answer>>,
    password: Mutex<Option<String>>,
    asked: Mutex<Vec<(String, Answer)>>,
}

impl MemoryDirectory {
    /// A directory of that name.
    pub fn new(name: &str) -> Self {
        let nothing = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { name: name.to_owned(), script: nothing.0, password: nothing.1, asked: nothing.2 }
    }

    /// What it does next, in this order.
    pub fn script(&self, answers: &[Answer]) {
        *self.script.lock().unwrap() = answers.iter().copied().collect();
    }

    /// The account's password; `None` for the one from before.
    pub fn password(&self) -> Option<String> {
        self.password.lock().unwrap().clone()
    }

    /// Writes what it was asked for long ago.
    pub fn write(&self, password: &str) {
        *self.password.lock().unwrap() = Some(password.to_owned());
    }

    /// What it was asked to write since this was last asked, and what became of it.
    pub fn asked(&self) -> Vec<(String, Answer)> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

impl WritePassword for MemoryDirectory {
    fn name(&self) -> &str {
        &self.name
    }

    async fn write_password(
        &self,
        _: &Profile,
        password: &Confidential<String>,
        _: Duration,
    ) -> Result<(), WriteFailure> {
        let answer = self.script.lock().unwrap().pop_front().unwrap_or(Answer::Ok);
        self.asked.lock().unwrap().push((password.reveal().clone(), answer));
        let cause = || Unavailable::new("directory", "as the script says");
        if matches!(answer, Answer::Ok | Answer::Lost) {
            self.write(password.reveal());
        }
        match answer {
            Answer::Ok => Ok(()),
            Answer::Lost | Answer::Late => Err(WriteFailure::Unknown(cause())),
            Answer::Refused => Err(WriteFailure::Refused(DirectoryRule::Unnamed)),
            Answer::Unreached => Err(WriteFailure::NotWritten(cause())),
            Answer::Never => std::future::pending().await,
        }
    }
}

impl TryPassword for MemoryDirectory {
    async fn has_password(
        &self,
        _: &Profile,
        password: &Confidential<String>,
        _: Duration,
    ) -> Result<Option<bool>, Unavailable> {
        Ok(Some(self.password().as_ref() == Some(password.reveal())))
    }
}

//! Who does something, and why: both stay in the audit.

use crate::ending::Failure;
use crate::terminal::ask;
use clap::Args;
use recupmail_domain::audit::Notes;

/// The most characters of a reason or a name.
const LONGEST: usize = 200;

/// Who, for what is done without a reason of its own.
#[derive(Args, Debug)]
pub(crate) struct By {
    /// Who does this, for the audit.
    #[arg(long = "by", value_name = "NAME", env = "USER", hide_env_values = true)]
    name: Option<String>,
}

/// Who, and why.
#[derive(Args, Debug)]
pub(crate) struct Operator {
    /// Why, for the audit; asked for if it is not given. It is kept as typed: nothing personal belongs here.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,

    #[command(flatten)]
    by: By,
}

impl By {
    /// For the audit. Without a name, nothing is done.
    pub(crate) fn notes(&self) -> Result<Notes, Failure> {
        let name = self.name.as_ref().ok_or("who does this? --by NAME, for the audit (USER is not set)")?;
        Ok([("operator", sound("--by", name)?)].into())
    }
}

impl Operator {
    /// For the audit. Without a reason, nothing is done.
    pub(crate) fn notes(&self) -> Result<Notes, Failure> {
        let given = match &self.reason {
            Some(reason) => Some(reason.clone()),
            None => ask("Why? (kept as typed, for the audit; nothing personal)")?,
        };
        let reason = given.ok_or("a reason is needed: --reason TEXT")?;
        let mut notes = self.by.notes()?;
        notes.insert("reason", sound("--reason", &reason)?);
        Ok(notes)
    }
}

fn sound(option: &str, text: &str) -> Result<String, Failure> {
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("{option} is empty").into());
    }
    if text.chars().any(char::is_control) || text.chars().count() > LONGEST {
        return Err(format!("{option} must be one line of {LONGEST} characters at most").into());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_short_line() {
        assert_eq!(sound("--reason", " carte d'étudiant vue ").unwrap(), "carte d'étudiant vue");
        for wrong in ["", "  ", "a\nb", "\u{1b}[2J", &"x".repeat(201)] {
            assert!(sound("--reason", wrong).is_err(), "{wrong:?}");
        }
    }
}

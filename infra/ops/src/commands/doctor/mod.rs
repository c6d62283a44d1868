//! `recupctl doctor`.

mod alarms;
mod configuration;
mod directories;
mod protection;
mod roots;
mod senders;
mod storage;
mod unasked;
mod urls;

use crate::ending::{Ending, Failure, Outcome};
use crate::place::Whereabouts;
use crate::terminal::say;
use clap::Args;
use serde::Serialize;

const EXAMPLES: &str = "\
Looks at the institution's file, the environment, the roots and their rotation, the tables and what keeps them from
being lost, the registry, the services that carry messages, the directories that passwords are written to, the functions' URLs and the alarms. Changes nothing and nobody, and sends nothing. Run it after each deployment, and when something is wrong.

Besides what other commands read it looks at RECUPMAIL_REGISTRY_ROOT_SECRET and RECUPMAIL_SESSION_ROOT_SECRET, RECUPMAIL_FUNCTION_URLS (five, with commas between), RECUPMAIL_STACK and RECUPMAIL_MAIL_CONFIGURATION: infra/README.md says where each comes from.

Examples:
  recupctl doctor
  recupctl doctor --json | jq '.[] | select(.level != \"ok\")'
  recupctl --local doctor

Exit codes: 0 all is well; 1 there are warnings; 2 there are errors: nobody, or not everybody, can recover an account.";

/// Checks a deployment, and says what to do about what is wrong.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Prints it as JSON.
    #[arg(long)]
    json: bool,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Ok,
    Warning,
    Error,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    level: Level,
    what: String,
    said: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    remedy: String,
}

/// Everything that was found so far.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn ok(&mut self, what: impl Into<String>, said: impl Into<String>) {
        self.add(Level::Ok, what, said, "");
    }

    fn warn(&mut self, what: impl Into<String>, said: impl Into<String>, remedy: impl Into<String>) {
        self.add(Level::Warning, what, said, remedy);
    }

    fn error(&mut self, what: impl Into<String>, said: impl Into<String>, remedy: impl Into<String>) {
        self.add(Level::Error, what, said, remedy);
    }

    fn add(
        &mut self,
        level: Level,
        what: impl Into<String>,
        said: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.0.push(Finding { level, what: what.into(), said: said.into(), remedy: remedy.into() });
    }

    fn worst(&self) -> Level {
        self.0.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok)
    }

    fn print(&self) -> Result<(), Failure> {
        for Finding { level, what, said, remedy } in &self.0 {
            let level = match level {
                Level::Ok => "ok",
                Level::Warning => "warning",
                Level::Error => "ERROR",
            };
            say!("{level:8} {what:18} {said}")?;
            if !remedy.is_empty() {
                say!("{:27} -> {remedy}", "")?;
            }
        }
        Ok(())
    }
}

impl Arguments {
    pub(crate) async fn run(&self, at: &Whereabouts) -> Outcome {
        let mut findings = Findings::default();
        let environment = roots::check(at.environment()?, &mut findings).await;
        let institution = configuration::check(&environment, &mut findings);
        storage::check(&environment, &mut findings).await;
        if let Some(institution) = &institution {
            senders::check(&environment, institution, &mut findings).await;
            directories::check(&environment, institution, &mut findings).await;
        }
        if !environment.is_local() {
            urls::check(&environment, &mut findings).await;
            alarms::check(&environment, &mut findings).await;
        }
        if self.json {
            say!("{}", serde_json::to_string_pretty(&findings.0)?)?;
        } else {
            findings.print()?;
        }
        Ok(match findings.worst() {
            Level::Ok => Ending::Done,
            Level::Warning => Ending::InPart,
            Level::Error => Ending::NotDone,
        })
    }
}

//! Programs that run beside this one, each in a process group of its own so that all of it can be ended.

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// How long a program may take to end by itself.
const GRACE: Duration = Duration::from_secs(5);

/// A running program.
#[derive(Debug)]
pub(crate) struct Program {
    name: &'static str,
    child: Child,
    group: Option<Pid>,
}

impl Program {
    /// Starts a program whose output goes to a file.
    pub(crate) fn start(name: &'static str, command: &mut Command, log: &Path) -> std::io::Result<Self> {
        let log = File::create(log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
        Ok(Self { name, child, group })
    }

    /// Its name, if it has ended by itself.
    pub(crate) fn ended(&mut self) -> Option<&'static str> {
        matches!(self.child.try_wait(), Ok(Some(_))).then_some(self.name)
    }

    /// Asks it to end, and ends it if it does not.
    pub(crate) async fn stop(mut self) {
        self.signal(Signal::SIGTERM);
        if tokio::time::timeout(GRACE, self.child.wait()).await.is_err() {
            self.signal(Signal::SIGKILL);
            let _ = self.child.wait().await;
        }
        self.signal(Signal::SIGKILL);
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            let _ = killpg(group, signal);
        }
    }
}

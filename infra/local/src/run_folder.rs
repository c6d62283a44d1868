//! The folder of one run, `.local/run-<port>`: the pages, the logs, and the environment for tools.

use crate::environment::{Variables, write_private};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, io};

/// How many folders of earlier runs stay for whoever wants to read their logs.
const KEPT: usize = 20;
const PREFIX: &str = "run-";

/// The folder of this run.
#[derive(Debug)]
pub(crate) struct RunFolder(PathBuf);

impl RunFolder {
    /// Makes the folder, or takes that of an earlier run at the same port.
    pub(crate) fn open(home: &Path, port: u16) -> io::Result<Self> {
        let folder = Self(home.join(format!("{PREFIX}{port}")));
        fs::create_dir_all(&folder.0)?;
        folder.close();
        Ok(folder)
    }

    /// Where the pages are.
    pub(crate) fn site(&self) -> PathBuf {
        self.0.join("site")
    }

    /// A program's log.
    pub(crate) fn log(&self, program: &str) -> PathBuf {
        self.0.join(format!("{program}.log"))
    }

    /// The file by which tests move the functions' clock.
    pub(crate) fn clock_offset(&self) -> PathBuf {
        self.0.join("clock-offset")
    }

    fn environment(&self) -> PathBuf {
        self.0.join("environment")
    }

    /// The variables, for tools that work on this stack: `recupctl --local`, or `set -a; . FILE`.
    pub(crate) fn write_environment(&self, variables: &Variables) -> io::Result<()> {
        let quoted = |value: &str| format!("'{}'", value.replace('\'', r"'\''"));
        let lines = variables.iter().map(|(name, value)| format!("{name}={}\n", quoted(value)));
        write_private(&self.environment(), &lines.collect::<String>())
    }

    /// Removes all but the logs: an environment that lies here is one of a running stack.
    pub(crate) fn close(&self) {
        let _ = fs::remove_file(self.environment());
        let _ = fs::remove_file(self.clock_offset());
        let _ = fs::remove_dir_all(self.site());
    }

    /// Removes the folders of stacks that no longer run, but for the newest: each test starts one, on a port
    /// of its own.
    pub(crate) fn sweep(home: &Path) {
        sweep(home, |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok());
    }
}

fn sweep(home: &Path, stopped: impl Fn(u16) -> bool) {
    let mut folders: Vec<(SystemTime, u16, PathBuf)> = fs::read_dir(home)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let port = entry.file_name().to_str()?.strip_prefix(PREFIX)?.parse().ok()?;
            Some((entry.metadata().ok()?.modified().ok()?, port, entry.path()))
        })
        .collect();
    folders.sort_unstable();
    folders.reverse();
    for (_, port, folder) in folders.into_iter().skip(KEPT) {
        if stopped(port) {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn home(name: &str) -> PathBuf {
        let home = std::env::temp_dir().join(format!("recupmail-{name}-{}", std::process::id()));
        fs::create_dir_all(&home).unwrap();
        home
    }

    #[test]
    fn an_environment_lies_there_only_while_the_stack_runs_and_for_its_owner_alone() {
        let home = home("environment");
        let run = RunFolder::open(&home, 1).unwrap();
        run.write_environment(&vec![("NAME".into(), "it's".into())]).unwrap();
        let file = home.join("run-1/environment");
        assert_eq!(fs::read_to_string(&file).unwrap(), "NAME='it'\\''s'\n");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(run.log("functions"), "log").unwrap();
        run.close();
        assert!(!file.exists() && run.log("functions").exists());
        fs::remove_dir_all(home).unwrap();
    }

    #[test]
    fn folders_do_not_pile_up_and_those_of_running_stacks_stay() {
        let home = home("sweep");
        for port in 1..=30 {
            RunFolder::open(&home, port).unwrap();
        }
        sweep(&home, |port| port != 7);
        assert_eq!(fs::read_dir(&home).unwrap().count(), KEPT + 1);
        assert!(home.join("run-7").exists() && home.join("run-30").exists());
        fs::remove_dir_all(home).unwrap();
    }
}

//! A share of a processor, as Lambda gives it by memory.

use crate::instance::Failed;
use nix::unistd::Pid;
use std::fs;
use std::path::{Path, PathBuf};

/// A function has a whole processor at 1,769 MB (AWS Lambda developer guide, "Configure Lambda function memory").
const WHOLE_PROCESSOR_MB: u64 = 1769;
/// How often the share is counted anew, in microseconds: Lambda's is 20 ms, as public measurements have it.
const PERIOD: u64 = 20_000;

/// A control group with a quota.
#[derive(Debug)]
pub(crate) struct Share {
    group: PathBuf,
}

impl Share {
    /// The share of a function with so much memory. This machine must let us make control groups.
    pub(crate) fn of_memory(megabytes: u64) -> Result<Self, Failed> {
        let quota = PERIOD * megabytes / WHOLE_PROCESSOR_MB;
        let name = format!("recupmail-bench-{}", std::process::id());
        let first = Path::new("/sys/fs/cgroup/cpu").join(&name);
        if first.parent().is_some_and(Path::is_dir) {
            fs::create_dir_all(&first)?;
            fs::write(first.join("cpu.cfs_period_us"), PERIOD.to_string())?;
            fs::write(first.join("cpu.cfs_quota_us"), quota.to_string())?;
            return Ok(Self { group: first });
        }
        let second = Path::new("/sys/fs/cgroup").join(&name);
        fs::create_dir_all(&second)?;
        fs::write(second.join("cpu.max"), format!("{quota} {PERIOD}"))?;
        Ok(Self { group: second })
    }

    /// Holds a process to it.
    pub(crate) fn take_in(&self, pid: Pid) -> Result<(), Failed> {
        Ok(fs::write(self.group.join("cgroup.procs"), pid.to_string())?)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.group);
    }
}

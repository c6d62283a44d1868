//! One instance of a function: a process, what it takes to start, and what its invocations cost.

use crate::runtime_api::{Poll, RuntimeApi};
use crate::share::Share;
use nix::sys::signal::{Signal, kill};
use nix::time::clock_getcpuclockid;
use nix::unistd::Pid;
use std::fmt;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// What Lambda tells every function besides.
const PLATFORM: [(&str, &str); 5] = [
    ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
];

/// What went wrong with a measurement.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) String);

impl<E: fmt::Display> From<E> for Failed {
    fn from(cause: E) -> Self {
        Self(cause.to_string())
    }
}

/// How a function is started.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// What runs.
    pub(crate) command: Vec<PathBuf>,
    /// Its whole environment.
    pub(crate) variables: Vec<(String, String)>,
}

impl Program {
    /// A command, whose environment is told later.
    pub(crate) const fn of(command: Vec<PathBuf>) -> Self {
        Self { command, variables: Vec::new() }
    }
}

/// Wall time, and CPU time of all threads.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub(crate) struct Cost {
    /// Wall time.
    pub(crate) wall: Duration,
    /// CPU time.
    pub(crate) cpu: Duration,
}

/// A running instance that waits for an event.
#[derive(Debug)]
pub(crate) struct Instance {
    process: Child,
    pid: Pid,
    api: RuntimeApi,
    began: Instant,
    waiting: Option<Poll>,
    /// From its start until it asked for its first event.
    pub(crate) init: Cost,
}

/// What an invocation cost, and its answer.
#[derive(Debug)]
pub(crate) struct Invocation {
    /// Wall time until the answer; CPU time until the next event is asked for.
    pub(crate) cost: Cost,
    /// From the start of the process to this answer.
    pub(crate) since_start: Duration,
    /// What the function said.
    pub(crate) answer: String,
}

impl Instance {
    /// Starts a program and waits until it asks for its first event.
    pub(crate) async fn start(program: &Program) -> Result<Self, Failed> {
        let mut api = RuntimeApi::start().await?;
        let mut command = Command::new(&program.command[0]);
        command.args(&program.command[1..]).env_clear().envs(program.variables.iter().cloned());
        command.env("AWS_LAMBDA_RUNTIME_API", &api.address).envs(PLATFORM);
        command.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
        let began = Instant::now();
        let process = command.spawn()?;
        let pid = Pid::from_raw(i32::try_from(process.id().ok_or("it ended at once")?)?);
        let poll = api.poll().await?;
        let init = Cost { wall: poll.at - began, cpu: cpu_time(pid)? };
        Ok(Self { process, pid, api, began, waiting: Some(poll), init })
    }

    /// Hands it an event and waits for the answer.
    pub(crate) async fn invoke(&mut self, event: String) -> Result<Invocation, Failed> {
        let waiting = self.waiting.take().ok_or("it is not waiting")?;
        let before = cpu_time(self.pid)?;
        let handed = waiting.hand(event);
        let answered = self.api.answer().await?;
        self.waiting = Some(self.api.poll().await?);
        let cpu = cpu_time(self.pid)?.saturating_sub(before);
        let cost = Cost { wall: answered.at - handed, cpu };
        Ok(Invocation { cost, since_start: answered.at - self.began, answer: answered.body? })
    }

    /// From now on it gets so much of a processor.
    pub(crate) fn limit(&self, share: &Share) -> Result<(), Failed> {
        share.take_in(self.pid)
    }

    /// The most memory that it ever held, in bytes.
    pub(crate) fn resident(&self) -> Result<u64, Failed> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    }

    /// Asks it to end, and waits until it has: what watches it can say then what it saw.
    pub(crate) async fn finish(mut self) -> Result<(), Failed> {
        kill(self.pid, Signal::SIGTERM)?;
        self.process.wait().await?;
        Ok(())
    }

    /// Ends it.
    pub(crate) async fn end(mut self) -> Result<(), Failed> {
        kill(self.pid, Signal::SIGKILL)?;
        self.process.wait().await?;
        Ok(())
    }
}

/// What a process and all its threads used so far.
fn cpu_time(pid: Pid) -> Result<Duration, Failed> {
    Ok(clock_getcpuclockid(pid)?.now()?.into())
}

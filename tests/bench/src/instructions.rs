//! Instructions as callgrind counts them: unlike times, they are the same on a busy machine.

use crate::cloud::Cloud;
use crate::instance::{Failed, Instance, Program};
use crate::measure::Candidate;
use crate::recovery::{Recovery, STEPS};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

/// Where the profiles stay, each with the number of its invocations, for `callgrind_annotate`.
const PROFILES: &str = "target/bench";
/// How many warm invocations are counted.
const WARM: u32 = 30;

/// What a function executes, in instructions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instructions {
    /// From its start until it waits for its first event.
    pub(crate) init: u64,
    /// In its first invocation.
    pub(crate) first: u64,
    /// In each of those after it.
    pub(crate) warm: u64,
}

/// Counts a candidate's instructions, step by step. Needs valgrind.
pub(crate) async fn count(
    cloud: &Cloud,
    candidate: &Candidate,
    people: &mut u32,
) -> Result<BTreeMap<&'static str, Instructions>, Failed> {
    let mut one = everybody(1, people);
    let mut many = everybody(1 + WARM, people);
    let mut counted = BTreeMap::new();
    for step in STEPS {
        let Some(program) = candidate.programs.get(step) else { continue };
        let init = executed(cloud, program, step, &mut []).await?;
        let with_one = executed(cloud, program, step, &mut one).await?;
        let with_many = executed(cloud, program, step, &mut many).await?;
        let first = with_one.saturating_sub(init);
        let warm = with_many.saturating_sub(with_one) / u64::from(WARM);
        counted.insert(step, Instructions { init, first, warm });
    }
    Ok(counted)
}

fn everybody(number: u32, people: &mut u32) -> Vec<Recovery> {
    let first = *people;
    *people += number;
    (first..*people).map(Recovery::of).collect()
}

/// All that an instance executes which answers these people and ends.
async fn executed(
    cloud: &Cloud,
    program: &Program,
    step: &str,
    everybody: &mut [Recovery],
) -> Result<u64, Failed> {
    let profile = Profile::of(&format!("{step}-{}", everybody.len()))?;
    let watched =
        Program { command: profile.watching(&program.command), variables: program.variables.clone() };
    let mut instance = Instance::start(&watched).await?;
    for recovery in everybody {
        let invocation = instance.invoke(recovery.event(cloud, step)?).await?;
        recovery.take(step, &invocation)?;
    }
    instance.finish().await?;
    profile.total()
}

/// All that a program executes which ends by itself.
pub(crate) fn of_program(program: PathBuf) -> Result<u64, Failed> {
    let profile = Profile::of("program")?;
    let command = profile.watching(&[program]);
    let output = Command::new(&command[0]).args(&command[1..]).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    profile.total()
}

/// Where callgrind says what it saw.
struct Profile(String);

impl Profile {
    fn of(name: &str) -> Result<Self, Failed> {
        std::fs::create_dir_all(PROFILES)?;
        Ok(Self(format!("{PROFILES}/{name}.callgrind")))
    }

    fn watching(&self, command: &[PathBuf]) -> Vec<PathBuf> {
        let out = format!("--callgrind-out-file={}", self.0);
        let watch = ["valgrind", "--quiet", "--tool=callgrind", &out].map(PathBuf::from);
        watch.into_iter().chain(command.iter().cloned()).collect()
    }

    fn total(&self) -> Result<u64, Failed> {
        let profile = std::fs::read_to_string(&self.0)?;
        let total = profile.lines().find_map(|line| line.strip_prefix("totals: ")).ok_or("no totals")?;
        Ok(total.trim().parse()?)
    }
}

//! Instructions as callgrind counts them: unlike times, they are the same on a busy machine.

use crate::cloud::Cloud;
use crate::instance::{Failed, Instance, Program};
use crate::measure::Candidate;
use crate::recovery::{Recovery, STEPS};
use std::collections::BTreeMap;
use std::path::PathBuf;

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
    std::fs::create_dir_all(PROFILES)?;
    let profile = format!("{PROFILES}/{step}-{}.callgrind", everybody.len());
    let mut command = ["valgrind", "--quiet", "--tool=callgrind"].map(PathBuf::from).to_vec();
    command.push(format!("--callgrind-out-file={profile}").into());
    command.extend(program.command.iter().cloned());
    let watched = Program { command, variables: program.variables.clone() };
    let mut instance = Instance::start(&watched).await?;
    for recovery in everybody {
        let invocation = instance.invoke(recovery.event(cloud, step)?).await?;
        recovery.take(step, &invocation)?;
    }
    instance.finish().await?;
    let profile = std::fs::read_to_string(profile)?;
    let total = profile.lines().find_map(|line| line.strip_prefix("totals: ")).ok_or("no totals")?;
    Ok(total.trim().parse()?)
}

//! What is measured: starts, first invocations, warm recoveries.

use crate::cloud::Cloud;
use crate::instance::{Cost, Failed, Instance, Program};
use crate::recovery::{Recovery, STEPS};
use crate::share::Share;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// What the functions are configured with, and so their share of a processor.
const MEMORY_MB: u64 = 128;

/// Whose functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// One that says hello.
    Bare,
    /// These.
    Ours,
    /// Plain ones for Node.
    Node,
    /// Plain ones for Python.
    Python,
}

/// How much is measured.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) starts: u32,
    pub(crate) recoveries: u32,
    pub(crate) only: Vec<String>,
}

/// Functions that are measured, by their steps.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) kind: Kind,
    /// A program for each step.
    pub(crate) programs: BTreeMap<&'static str, Program>,
}

/// What was measured of a function: medians.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    pub(crate) kind: Kind,
    pub(crate) step: &'static str,
    /// Until it asked for its first event.
    pub(crate) init: Cost,
    /// From the start of the process to its first answer, with TLS to DynamoDB.
    pub(crate) started: Duration,
    /// The first invocation.
    pub(crate) first: Cost,
    /// The first invocation with the share of a processor that 128 MB give.
    pub(crate) first_at_share: Option<Cost>,
    /// An invocation after many.
    pub(crate) warm: Cost,
    /// The most memory held, in bytes.
    pub(crate) resident: u64,
    /// The binary's size in bytes, of what is one.
    pub(crate) binary: Option<u64>,
    /// The bytes of a usual answer's body.
    pub(crate) answer: usize,
}

impl Candidate {
    /// Functions of a kind, each step's program with the environment that it needs.
    pub(crate) fn new(
        kind: Kind,
        cloud: &Cloud,
        program: impl Fn(&str) -> Result<Program, Failed>,
    ) -> Result<Self, Failed> {
        let mut programs = BTreeMap::new();
        for step in STEPS {
            let mut program = program(step)?;
            program.variables = cloud.variables_of(step);
            program.variables.push(("STEP".to_owned(), step.to_owned()));
            program.variables.push(("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned()));
            programs.insert(step, program);
        }
        Ok(Self { kind, programs })
    }

    /// The function that says hello, to be measured beside each step.
    pub(crate) fn bare(binary: PathBuf, cloud: &Cloud) -> Self {
        let program = Program { command: vec![binary], variables: cloud.variables.clone() };
        Self { kind: Kind::Bare, programs: STEPS.map(|step| (step, program.clone())).into() }
    }

    /// What comes before a step: nothing before hello.
    fn before(&self, step: &str) -> impl Iterator<Item = &'static str> {
        let recovers = self.kind != Kind::Bare;
        STEPS.into_iter().take_while(move |one| recovers && *one != step)
    }

    /// What it is asked at a step: hello needs no code and no session.
    fn event(&self, recovery: &Recovery, cloud: &Cloud, step: &str) -> Result<String, Failed> {
        recovery.event(cloud, if self.kind == Kind::Bare { STEPS[0] } else { step })
    }
}

/// Measures all candidates, their starts interleaved, so that a busy moment hits each alike.
pub(crate) async fn all(
    cloud: &Cloud,
    candidates: &[Candidate],
    settings: &Settings,
    people: &mut u32,
) -> Result<Vec<Figures>, Failed> {
    let share = Share::of_memory(MEMORY_MB);
    if let Err(Failed(cause)) = &share {
        println!(
            "No share of a processor can be given here ({cause}): first invocations at 128 MB are not measured.\n"
        );
    }
    let mut starts: BTreeMap<(Kind, &str), Starts> = BTreeMap::new();
    for step in STEPS
        .into_iter()
        .filter(|step| settings.only.is_empty() || settings.only.iter().any(|only| only == step))
    {
        for _ in 0..settings.starts {
            for candidate in candidates.iter().filter(|one| one.programs.contains_key(step)) {
                let seen = starts.entry((candidate.kind, step)).or_default();
                seen.whole.push(start(cloud, candidate, step, people, None).await?);
                if let Ok(share) = &share {
                    seen.shared.push(start(cloud, candidate, step, people, Some(share)).await?.first);
                }
            }
        }
    }
    let mut figures = Vec::new();
    for candidate in candidates {
        let warm = warm(cloud, candidate, settings.recoveries, people).await?;
        for (step, program) in &candidate.programs {
            let Some(seen) = starts.get(&(candidate.kind, *step)) else { continue };
            let binary = match candidate.kind {
                Kind::Bare | Kind::Ours => Some(std::fs::metadata(&program.command[0])?.len()),
                Kind::Node | Kind::Python => None,
            };
            let Warm { cost, resident, answer } = warm[step];
            figures.push(Figures {
                kind: candidate.kind,
                step,
                init: median(seen.whole.iter().map(|start| start.init)),
                started: median(seen.whole.iter().map(|start| Cost { wall: start.started, ..start.init }))
                    .wall,
                first: median(seen.whole.iter().map(|start| start.first)),
                first_at_share: (!seen.shared.is_empty()).then(|| median(seen.shared.iter().copied())),
                warm: cost,
                resident,
                binary,
                answer,
            });
        }
    }
    Ok(figures)
}

#[derive(Default)]
struct Starts {
    whole: Vec<Start>,
    shared: Vec<Cost>,
}

struct Start {
    init: Cost,
    started: Duration,
    first: Cost,
}

/// Starts a function and invokes it once, for somebody who came as far as its step.
async fn start(
    cloud: &Cloud,
    candidate: &Candidate,
    step: &'static str,
    people: &mut u32,
    share: Option<&Share>,
) -> Result<Start, Failed> {
    let mut recovery = Recovery::of(*people);
    *people += 1;
    for earlier in candidate.before(step) {
        let mut instance = Instance::start(&candidate.programs[earlier]).await?;
        let invocation = instance.invoke(recovery.event(cloud, earlier)?).await?;
        recovery.take(earlier, &invocation)?;
        instance.end().await?;
    }
    let event = candidate.event(&recovery, cloud, step)?;
    let mut instance = Instance::start(&candidate.programs[step]).await?;
    if let Some(share) = share {
        instance.limit(share)?;
    }
    let invocation = instance.invoke(event).await?;
    recovery.take(step, &invocation)?;
    let start = Start { init: instance.init, started: invocation.since_start, first: invocation.cost };
    instance.end().await?;
    Ok(start)
}

/// What an instance is like that has answered many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Warm {
    /// What an invocation cost, medians.
    pub(crate) cost: Cost,
    resident: u64,
    answer: usize,
}

/// What invocations cost once an instance has answered many, and the memory that it holds then: everybody takes a step
/// before anybody takes the next.
pub(crate) async fn warm(
    cloud: &Cloud,
    candidate: &Candidate,
    recoveries: u32,
    people: &mut u32,
) -> Result<BTreeMap<&'static str, Warm>, Failed> {
    let mut everybody: Vec<_> = (*people..*people + recoveries).map(Recovery::of).collect();
    *people += recoveries;
    let mut figures = BTreeMap::new();
    for step in STEPS {
        let Some(program) = candidate.programs.get(step) else { continue };
        let (mut instance, mut costs, mut answer) = (Instance::start(program).await?, Vec::new(), 0);
        for recovery in &mut everybody {
            let invocation = instance.invoke(candidate.event(recovery, cloud, step)?).await?;
            answer = recovery.take(step, &invocation)?;
            costs.push(invocation.cost);
        }
        // The first tenth warms up.
        let warm = costs.into_iter().skip(everybody.len() / 10);
        figures.insert(step, Warm { cost: median(warm), resident: instance.resident()?, answer });
        instance.end().await?;
    }
    Ok(figures)
}

/// The medians of wall and CPU time, each by itself.
fn median(costs: impl Iterator<Item = Cost>) -> Cost {
    let (mut walls, mut cpus): (Vec<_>, Vec<_>) = costs.map(|cost| (cost.wall, cost.cpu)).unzip();
    walls.sort_unstable();
    cpus.sort_unstable();
    let middle = |times: &[Duration]| times.get(times.len() / 2).copied().unwrap_or_default();
    Cost { wall: middle(&walls), cpu: middle(&cpus) }
}

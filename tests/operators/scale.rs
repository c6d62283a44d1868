//! Many people: an import is interrupted and goes on, and needs as much memory for many as for few.

use crate::ctl::{Ran, file, program_on, recupctl};
use recupmail_tests::{Invented, USMS_HEADER, stack};
use std::ops::Range;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How often a running import is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// How much more memory many people may need, in kB: what allocators and pages leave to chance.
const CHANCE_KB: u64 = 4096;

fn crowd(numbers: Range<u32>) -> String {
    let rows: Vec<String> = numbers.map(|number| format!("{}\n", Invented(number))).collect();
    format!("{USMS_HEADER}\n{}", rows.concat())
}

fn start(path: &Path, more: &[&str]) -> Child {
    let mut program = program_on(stack());
    program.args(["import", "--partial", path.to_str().unwrap()]).args(more);
    program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Runs an import to its end; tells the most memory that it had, in kB.
fn run(path: &Path, more: &[&str]) -> (Ran, u64) {
    let mut child = start(path, more);
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        peak = peak_memory(child.id()).unwrap_or(peak);
        std::thread::sleep(LOOK);
    }
    (Ran::of(child.wait_with_output().unwrap()), peak)
}

/// The most memory that a process had so far, in kB.
fn peak_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

#[test]
fn an_interrupted_import_says_where_it_was_and_goes_on_from_there() {
    let path = file("interrupted.csv", crowd(10_000..11_500));
    let mut child = start(&path, &[]);
    while recupctl(stack(), &["lookup", "crowd-10100"]).code != 0 {
        assert!(child.try_wait().unwrap().is_none(), "it is not at its end yet");
    }
    let signalled = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(signalled.success());
    let ran = Ran::of(child.wait_with_output().unwrap()).ends(2);
    let line = ran.err.rsplit("interrupted before line ").next().unwrap().trim();
    let done = line.parse::<u64>().unwrap_or_else(|_| panic!("{}", ran.err)) - 2;
    assert!((1..1500).contains(&done), "{done}");
    recupctl(stack(), &["lookup", "crowd-11499"]).ends(1);

    let (ran, _) = run(&path, &["--from-line", line, "--json"]);
    let result = ran.ends(0).json();
    assert_eq!(result["unwritten"], done, "{result}");
    assert_eq!(result["written"].as_u64().unwrap() + result["unchanged"].as_u64().unwrap(), 1500 - done);
    assert_eq!(result["people"], 1500, "everybody in the file is counted");
    recupctl(stack(), &["lookup", "crowd-11499"]).ends(0);

    let (ran, _) = run(&path, &[]);
    assert!(ran.ends(0).out.starts_with("0 written, 1500 unchanged, 0 skipped"));
}

#[test]
fn many_people_need_as_much_memory_as_few() {
    let (few, many) = (file("few.csv", crowd(20_000..21_000)), file("many.csv", crowd(20_000..35_000)));
    let (ran, with_few) = run(&few, &["--dry-run"]);
    assert!(ran.ends(0).out.starts_with("1000 rows are sound"));
    let (ran, with_many) = run(&many, &["--dry-run"]);
    assert!(ran.ends(0).out.starts_with("15000 rows are sound"));
    assert!(with_many < with_few + CHANCE_KB, "{with_few} kB for 1,000, {with_many} kB for 15,000");

    let (few, many) = (file("few.csv", crowd(20_000..20_500)), file("many.csv", crowd(20_000..23_000)));
    let (ran, with_few) = run(&few, &[]);
    assert!(ran.ends(0).out.starts_with("500 written"));
    let (ran, with_many) = run(&many, &[]);
    assert!(ran.ends(0).out.starts_with("2500 written, 500 unchanged, 0 skipped"));
    assert!(with_many < with_few + CHANCE_KB, "{with_few} kB for 500, {with_many} kB for 3,000");
}

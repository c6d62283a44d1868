//! The bars, and by how much each is held or missed.

use crate::measure::{Figures, Kind};
use crate::report::{megabytes, ms};
use std::time::Duration;

/// Prints each bar with what was measured; whether all hold. Hashing a password is counted apart.
pub(crate) fn hold(figures: &[Figures], hash: Duration) -> bool {
    let without_hash = |one: &Figures, cpu: Duration| {
        if one.step == "set-password" { cpu.saturating_sub(hash) } else { cpu }
    };
    let of = |kind| figures.iter().filter(move |one| one.kind == kind);
    let mut bars = Bars { all: true };
    println!();
    for one in of(Kind::Ours) {
        let Some(hello) = of(Kind::Bare).find(|hello| hello.step == one.step) else { continue };
        // Each makes its connections, and reads its roots, before it takes events.
        bars.at_most(one.step, "init, times hello", ratio(one.init.wall, hello.init.wall), 3.0);
        let started = without_hash(one, one.started);
        bars.at_most(one.step, "start to first TLS answer, times hello", ratio(started, hello.started), 3.0);
        if let Some(node) = of(Kind::Node).find(|node| node.step == one.step) {
            let share = ratio(started, node.started);
            bars.at_most(one.step, "start to first TLS answer, of Node's", share, 1.0 / 25.0);
        }
        // With 128 MB a hash alone takes half a second: set-password has 256 MB, and no bar of its own.
        if let Some(first) = one.first_at_share.filter(|_| one.step != "set-password") {
            bars.at_most(one.step, "first invocation at 128 MB, ms", millis(first.wall), 8.0);
            bars.at_most(one.step, "its CPU, ms", millis(first.cpu), 2.0);
        }
        bars.at_most(one.step, "warm CPU, ms", millis(without_hash(one, one.warm.cpu)), 0.5);
        bars.at_most(one.step, "binary, MB", one.binary.map_or(0.0, megabytes), 7.0);
        bars.at_most(one.step, "memory, MB", megabytes(one.resident), 12.0);
    }
    let recovery = |kind| of(kind).map(|one| one.warm.cpu).sum::<Duration>();
    let ours = recovery(Kind::Ours).saturating_sub(hash);
    println!("CPU per recovery, less the hash: {} ms", ms(ours));
    for (kind, most) in [(Kind::Node, 1.0 / 8.0), (Kind::Python, 1.0 / 4.0)] {
        let theirs = recovery(kind);
        if !theirs.is_zero() {
            bars.at_most("a recovery", &format!("CPU, of {kind:?}'s"), ratio(ours, theirs), most);
        }
    }
    bars.all
}

/// Bars that are held one after the other.
#[derive(Debug)]
pub(crate) struct Bars {
    /// Whether all held so far.
    pub(crate) all: bool,
}

impl Bars {
    /// Prints whether what was measured of something is at most this.
    pub(crate) fn at_most(&mut self, of: &str, what: &str, measured: f64, most: f64) {
        let holds = measured <= most;
        self.all &= holds;
        let verdict = if holds { "holds" } else { "MISSED" };
        println!("{verdict:7} {of:20} {what}: {measured:.3}, at most {most:.3}");
    }
}

pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

//! The figures as a file, for the simulation of a September day.

use crate::bars::millis;
use crate::instance::Failed;
use crate::measure::{Figures, Kind};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Where the file is.
const FILE: &str = "target/bench/figures.json";

/// Writes what was measured of each function, and what one hash of a password costs. Times are in milliseconds, memory
/// is in bytes.
pub(crate) fn write(figures: &[Figures], hash: Duration) -> Result<(), Failed> {
    let file = Path::new(FILE);
    fs::create_dir_all(file.parent().ok_or("no folder")?)?;
    let functions: Vec<Value> = figures.iter().map(function).collect();
    Ok(fs::write(file, format!("{:#}\n", json!({"hash_cpu_ms": millis(hash), "functions": functions})))?)
}

fn function(one: &Figures) -> Value {
    json!({
        "kind": match one.kind {
            Kind::Bare => "bare",
            Kind::Ours => "recupmail",
            Kind::Node => "node",
            Kind::Python => "python",
        },
        "step": one.step,
        "init_ms": millis(one.init.wall),
        "started_ms": millis(one.started),
        "first_ms": millis(one.first.wall),
        "first_cpu_ms": millis(one.first.cpu),
        "first_at_share_ms": one.first_at_share.map(|cost| millis(cost.wall)),
        "warm_ms": millis(one.warm.wall),
        "warm_cpu_ms": millis(one.warm.cpu),
        "memory": one.resident,
    })
}

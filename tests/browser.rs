//! The student's journey in Debian's Chromium, driven by `browser/journey.mjs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_tests::stack;
use std::path::Path;
use std::process::Command;

#[test]
fn the_journey_works_in_a_real_browser() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let top = tests.parent().unwrap();
    let output = Command::new("node")
        .args(["--test", "--test-reporter=spec"])
        .arg(tests.join("browser/journey.mjs"))
        .env("RECUPMAIL_URL", stack().origin())
        .env("RECUPMAIL_REGISTRY", top.join("infra/institutions/usms/registry.csv"))
        .env("SHOTS", top.join("target/screenshots"))
        .output()
        .expect("node is installed");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

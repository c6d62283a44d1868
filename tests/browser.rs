//! The journeys in Debian's Chromium, driven by the files in `browser/`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use recupmail_tests::{EMBEDDED, ENTRA, Stack, stack_of, usms_without_codes, variant};
use std::borrow::Borrow;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

#[test]
fn the_rows_of_usms_and_all_that_goes_wrong_work_in_a_real_browser() {
    run(|| stack_of("usms"), &["usms.mjs", "journey.mjs"]);
}

#[test]
fn the_rows_of_eceps_work_in_a_real_browser() {
    run(|| stack_of("eceps"), &["eceps.mjs"]);
}

#[test]
fn the_rows_of_aix_marseille_work_in_a_real_browser() {
    run(|| stack_of("aix-marseille"), &["aix-marseille.mjs"]);
}

#[test]
fn a_recovery_without_codes_works_in_a_real_browser() {
    run(|| Stack::start(&[("INSTITUTION", &usms_without_codes())]), &["without-codes.mjs"]);
}

#[test]
fn a_directory_that_refuses_and_fails_is_explained_in_a_real_browser() {
    let folder = || variant("usms", "usms-entra-pages", &[(EMBEDDED, ENTRA)]);
    run(|| Stack::start(&[("INSTITUTION", &folder())]), &["entra.mjs"]);
}

/// What holds on the pages of every institution, in each of its languages.
const PAGES: [&str; 8] = [
    "scenes.mjs",
    "noscript.mjs",
    "interruptions.mjs",
    "markup.mjs",
    "budgets.mjs",
    "lighthouse.mjs",
    "keyboard.mjs",
    "typed.mjs",
];

#[test]
fn every_page_of_usms_is_sound_in_a_real_browser() {
    run(|| stack_of("usms"), &PAGES);
}

#[test]
fn every_page_of_eceps_is_sound_in_a_real_browser() {
    run(|| stack_of("eceps"), &PAGES);
}

#[test]
fn every_page_of_aix_marseille_is_sound_in_a_real_browser() {
    run(|| stack_of("aix-marseille"), &PAGES);
}

/// Runs these files against a stack. One browser at a time: pages are timed by the clock.
fn run<S: Borrow<Stack>>(start: impl FnOnce() -> S, files: &[&str]) {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let stack = start();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let binaries = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned();
    // Lighthouse asks for a newer Node than Debian's: the one that is installed beside it.
    let output = Command::new(tests.join("browser/node_modules/.bin/node"))
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(files.iter().map(|file| tests.join("browser").join(file)))
        .env("RECUPMAIL_URL", stack.borrow().origin())
        .env("RECUPCTL", binaries.join("recupctl"))
        .env("USER", "tests")
        .env("SHOTS", tests.parent().unwrap().join("target/screenshots"))
        .output()
        .expect("`make test` installs node_modules first");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

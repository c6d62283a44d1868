//! The real template and the real commands, on an emulator of AWS that enforces IAM: what is deployed is what is
//! tested. See "The deployment" in `tests/README.md` for what the emulator cannot show.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a failure here is a failed test"
)]

mod account;
mod commands;
mod deployed;
mod doctor;
mod emulator;
mod journey;
mod permissions;
mod preflight;
mod rotation;
mod session;
mod site;

//! What operators and the help desk do with `recupctl`, the real program, on a local stack.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

mod account;
mod bad_input;
mod corrections;
mod ctl;
mod desk;
mod doctor;
mod forget;
mod gaps;
mod letters;
mod registry;
mod scale;
mod scope;
mod terminal;
mod traces;

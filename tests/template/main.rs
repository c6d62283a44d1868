//! The deployment's template as it is written: what its tools find, who may do what, and what each setting is.
//! Whether it works is seen where it is deployed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

mod actions;
mod graph;
mod pages;
mod parameters;
mod requests;
mod settings;
mod source;
mod tools;
mod watching;

//! Passwords in Active Directory: a student recovers over HTTP, and a real domain controller is asked what it
//! takes from then on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

mod inspection;
mod passwords;
mod rights;
mod sign_in;
mod wire;
mod world;

//! Passwords in two directories at once, a real slapd first and Entra ID's stand-in second; the secrets that they are
//! reached with in Secrets Manager; and what operators do with a directory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

mod doctor;
mod import;
mod journeys;
mod places;
mod secrets;

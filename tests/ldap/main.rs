//! Passwords in an LDAP directory: Debian's slapd, behind TLS, with a password policy, and failing in every way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

mod faults;
mod journey;
mod places;
mod race;
mod refusals;
mod warm;

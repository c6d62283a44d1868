//! What the tests stand on: a local stack of their own, people of the sample registry, and a client that
//! holds every answer against the contract.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::print_stderr,
    reason = "test support: a failure here is a failed test"
)]

mod charging;
mod client;
mod contract;
mod crowd;
mod people;
pub mod pki;
pub mod proxy;
pub mod samba;
pub mod slapd;
mod stack;
mod timing;
mod variant;

pub use charging::{Charged, Charging, Units};
pub use client::{Answer, Client, issued_code_in};
pub use contract::check;
pub use crowd::{Invented, USMS_HEADER};
pub use people::{Kind, Person, Shared, everybody, people};
pub use stack::{Stack, http, stack, stack_of};
pub use timing::{Telling, measure};
pub use variant::{EMBEDDED, ENTRA, usms_without_codes, variant};

//! The rules and the story of account recovery.
//!
//! A **person** states an **identity claim** under one of the institution's schemes. If the registry
//! knows them, a **challenge** is opened; a **one-time code** goes to a **contact** that the institution
//! already holds; the code is confirmed; the **directory** takes the new password. Each step stands in
//! one file of [`recovery`]; what must hold between steps stands in [`challenge`] as conditional writes.
//!
//! Nothing here knows AWS, HTTP, the environment or a runtime: time and randomness come in as
//! parameters, storage and delivery through [`ports`].

pub mod audit;
pub mod challenge;
pub mod clock;
pub mod code;
pub mod conditional;
pub mod contact;
pub mod decoy;
pub mod identity;
pub mod input;
pub mod issued;
pub mod keys;
pub mod limits;
pub mod password;
pub mod person;
pub mod ports;
pub mod recovery;
pub mod registry;
pub mod rules;
pub mod secret;

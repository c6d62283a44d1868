//! What is configured: the institution's file and the environment, typed and validated at start.

mod environment;
mod institution;
mod machine;
mod rules;

pub use environment::{Delivery, Environment, EnvironmentError, Network, Store, Table, Telephony};
pub use institution::{
    Branding, FieldFile, Institution, InstitutionError, Localized, MethodName, Office, SchemeFile,
};
pub use machine::{machine_rng, system_clock};

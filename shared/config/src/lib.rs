//! What is configured: the institution's file and the environment, typed and validated at start.

mod bounds;
mod environment;
mod fault;
mod institution;
mod machine;
mod rules;
#[cfg(feature = "schema")]
mod schema;

pub use environment::{Delivery, Environment, EnvironmentError, Network, Store, Table, Telephony};
pub use fault::Fault;
pub use institution::{
    AlphabetName, AnchorName, Branding, Code, Directory, DirectoryName, FieldFile, FieldKindName, HourAndDay,
    Institution, InstitutionError, LimitsFile, Links, Localized, Mail, MailClient, MethodName, Methods,
    Office, Password, Privacy, Profile, SchemeFile, SchemeKindName, Terms,
};
pub use machine::{machine_rng, system_clock};
#[cfg(feature = "schema")]
pub use schema::institution_schema;

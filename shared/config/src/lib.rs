//! What is configured: the institution's file and the environment, typed and validated at start.

mod bounds;
mod environment;
mod fault;
mod institution;
mod machine;
mod rules;
#[cfg(feature = "schema")]
mod schema;

pub use environment::{
    Delivery, DirectorySecrets, Environment, EnvironmentError, Network, Store, Table, Telephony,
};
pub use fault::Fault;
pub use institution::{
    AccountName, Accounts, ActiveDirectory, AlphabetName, AnchorName, Branding, Cloud, Code, Credential,
    DirectoryFile, Entra, FieldFile, FieldKindName, HourAndDay, Institution, InstitutionError, Ldap,
    LdapWrite, LimitsFile, Links, Localized, Mail, MailClient, MethodName, Methods, Office, Password,
    Privacy, Profile, SchemeFile, SchemeKindName, Server, Terms,
};
pub use machine::{machine_rng, system_clock};
#[cfg(feature = "schema")]
pub use schema::institution_schema;

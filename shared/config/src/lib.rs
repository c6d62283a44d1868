//! What is configured: the institution's file and the environment, typed and validated at start.

mod bounds;
mod environment;
mod fault;
mod institution;
mod machine;
mod roots;
mod rules;
#[cfg(feature = "schema")]
mod schema;

pub use environment::{
    Delivery, DirectorySecrets, Environment, EnvironmentError, Network, RootSecrets, Store, Table, Telephony,
    Trust,
};
pub use fault::Fault;
pub use institution::{
    AccountName, Accounts, ActiveDirectory, AlphabetName, Always, AnchorName, Branding, Cloud, Code, Column,
    Credential, DirectoryFile, Entra, FieldFile, FieldKindName, HourAndDay, Institution, InstitutionError,
    Ldap, LdapRegistry, LdapWrite, LimitsFile, Links, Localized, Look, Mail, MailClient, MethodName, Methods,
    Office, Password, Privacy, Profile, RegistrySource, SchemeFile, SchemeKindName, Server, Terms,
    Translated,
};
pub use machine::{machine_rng, system_clock};
pub use roots::{NoSessionRoots, SessionRoots};
#[cfg(feature = "schema")]
pub use schema::institution_schema;

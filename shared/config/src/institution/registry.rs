//! Where the registry can be read from, instead of a file.

use super::directories::Server;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Where people and their contacts can be read from: `recupctl import --directory ldap`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RegistrySource {
    /// An LDAP server, Active Directory among them.
    pub ldap: LdapRegistry,
}

/// An LDAP server that knows people. The password of the account that reads them is a secret named `registry`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LdapRegistry {
    /// How it is reached.
    pub server: Server,
    /// The account that reads people.
    pub bind: String,
    /// The DN below which people are.
    pub base: String,
    /// Which entries are people (RFC 4515).
    #[serde(default = "person")]
    pub filter: String,
    /// What stands in the columns of the registry.
    pub columns: BTreeMap<String, Column>,
}

fn person() -> String {
    "(objectClass=person)".to_owned()
}

/// Where a column of the registry comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    untagged,
    expecting = "expected an attribute's name, { always = \"…\" } or { attribute = \"…\", values = { … } }"
)]
pub enum Column {
    /// From an attribute, its first value where it has several.
    Attribute(String),
    /// The same for everybody.
    Always(Always),
    /// From an attribute whose values mean something else in the registry.
    Translated(Translated),
}

/// The same for everybody.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Always {
    /// This.
    pub always: String,
}

/// From an attribute whose values mean something else in the registry.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Translated {
    /// The attribute.
    pub attribute: String,
    /// What its values mean; of several values the first that means something.
    pub values: BTreeMap<String, String>,
    /// What anything else means.
    #[serde(default)]
    pub otherwise: String,
}

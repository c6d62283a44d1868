//! Where passwords are written.

#[cfg(feature = "schema")]
use crate::bounds;
use serde::Deserialize;

/// One directory. What it signs in with is a secret and stands in no file: Secrets Manager keeps it under the
/// directory's name, or the environment as `RECUPMAIL_DIRECTORY_SECRET_<NAME>`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DirectoryFile {
    /// This deployment's own table. It stands alone.
    Embedded,
    /// An LDAP server, OpenLDAP and its like.
    Ldap(Ldap),
    /// Active Directory, by LDAP.
    ActiveDirectory(ActiveDirectory),
    /// Microsoft Entra ID, by Microsoft Graph.
    Entra(Entra),
}

/// An LDAP server. The secret is the password of the service account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Ldap {
    /// How it is reached.
    pub server: Server,
    /// The DN of the service account.
    pub bind: String,
    /// Where people's accounts are.
    pub accounts: Accounts,
    /// How the password is written.
    #[serde(default)]
    pub write: LdapWrite,
}

/// How a password is written to an LDAP server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum LdapWrite {
    /// By the Password Modify extended operation (RFC 3062): the server hashes it.
    #[default]
    PasswordModify,
    /// By replacing `userPassword`; the server hashes it, or keeps it as it is.
    UserPassword,
}

/// Active Directory. The secret is the password of the service account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ActiveDirectory {
    /// How a domain controller is reached.
    pub server: Server,
    /// The service account, by DN or by user principal name (`recupmail@ad.example.org`).
    pub bind: String,
    /// Where people's accounts are.
    pub accounts: Accounts,
    /// Whether an account that was locked by wrong passwords is unlocked with the change.
    #[serde(default)]
    pub unlock: bool,
}

/// How an LDAP server is reached: always by TLS.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// `ldaps://` and a host, or `ldap://` and a host with `start_tls`; a port may follow.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^ldaps?://[^/:]+(:[0-9]+)?$")))]
    pub url: String,
    /// Whether the connection begins in the clear and goes on by TLS (RFC 4511 section 4.14).
    #[serde(default)]
    pub start_tls: bool,
    /// The certificates that are trusted, a PEM file beside this one; without it those of the system.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub ca_file: Option<String>,
    /// Seconds until a connection must stand.
    #[serde(default = "connect_seconds")]
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::DIRECTORY_CONNECT_SECONDS.least, max = bounds::DIRECTORY_CONNECT_SECONDS.most)))]
    pub connect_seconds: i64,
    /// Seconds until an operation must be answered.
    #[serde(default = "operation_seconds")]
    #[cfg_attr(feature = "schema", schemars(range(
        min = bounds::DIRECTORY_OPERATION_SECONDS.least, max = bounds::DIRECTORY_OPERATION_SECONDS.most)))]
    pub operation_seconds: i64,
}

const fn connect_seconds() -> i64 {
    2
}

const fn operation_seconds() -> i64 {
    5
}

/// How a person's account is found.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Accounts {
    /// The DN below which all accounts are.
    pub base: String,
    /// The attribute that tells whose an account is: `uid`, `sAMAccountName`, `userPrincipalName`.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[A-Za-z][A-Za-z0-9-]*$")))]
    pub attribute: String,
    /// What that attribute holds.
    #[serde(default)]
    pub holds: AccountName,
}

/// By what the registry names an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum AccountName {
    /// Its column `directory_id`. Somebody without one has no account and cannot get a password.
    #[default]
    DirectoryId,
    /// Its column `academic_email`.
    AcademicEmail,
}

/// Microsoft Entra ID. The secret is the application's client secret, or the private key and the certificate
/// that it proves itself with, in one PEM text.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Entra {
    /// The tenant, by its id or one of its domains.
    pub tenant: String,
    /// The application's (client) id.
    pub client: String,
    /// What the application proves itself with.
    #[serde(default)]
    pub credential: Credential,
    /// Which of Microsoft's clouds.
    #[serde(default)]
    pub cloud: Cloud,
    /// What names an account: its object id or its user principal name.
    #[serde(default)]
    pub accounts: AccountName,
}

/// What an application proves itself with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum Credential {
    /// A client secret.
    #[default]
    Secret,
    /// An assertion signed with the key of a certificate (RFC 7523).
    Certificate,
}

/// One of Microsoft's clouds
/// (<https://learn.microsoft.com/graph/deployments>).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema, serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum Cloud {
    /// The global service.
    #[default]
    Global,
    /// US Government L4.
    UsGovernment,
    /// US Government L5 (DoD).
    UsGovernmentDod,
    /// China, operated by 21Vianet.
    China,
}

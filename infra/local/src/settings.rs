//! What can be chosen.

use clap::Parser;
use std::path::PathBuf;

/// Runs RecupMail on this machine: site, functions, DynamoDB, a catcher of mails, SMS and calls. Binds loopback only.
///
/// Everything is fresh at each start, unless RECUPMAIL_DATA names a folder. Ctrl-C stops it all.
#[derive(Parser, Debug)]
#[command(version)]
pub(crate) struct Settings {
    /// Port of the site.
    #[arg(long, env = "RECUPMAIL_PORT", default_value_t = 8000)]
    pub(crate) port: u16,

    /// Port of the function URLs.
    #[arg(long, env = "RECUPMAIL_LAMBDA_PORT", default_value_t = 9000)]
    pub(crate) lambda_port: u16,

    /// Which institution, a folder of infra/institutions.
    #[arg(long, env = "INSTITUTION", default_value = "usms")]
    pub(crate) institution: String,

    /// Keeps the data in this folder.
    #[arg(long, env = "RECUPMAIL_DATA")]
    pub(crate) data: Option<PathBuf>,

    /// Identifications that one network may start in ten minutes; lifted for loopback unless set.
    #[arg(long, env = "RECUPMAIL_LOCAL_NETWORK_LIMIT")]
    pub(crate) network_limit: Option<u32>,

    /// Where logs and tools are kept.
    #[arg(long, env = "RECUPMAIL_LOCAL", default_value = ".local")]
    pub(crate) home: PathBuf,

    /// Stops when standard input closes, for tests that start this.
    #[arg(long)]
    pub(crate) until_stdin_closes: bool,
}

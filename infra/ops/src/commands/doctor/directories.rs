//! The directories that passwords are written to, as far as they can be asked without changing anybody.

use super::Findings;
use recupmail_aws::Secrets;
use recupmail_config::{Environment, Institution, system_clock};
use recupmail_directory::{How, RemoteDirectory, remote_directories};
use recupmail_domain::clock::{Clock, Timestamp};
use recupmail_domain::ports::WritePassword;
use std::sync::Arc;

pub(super) async fn check(environment: &Environment, institution: &Institution, findings: &mut Findings) {
    let clock: Arc<dyn Clock> = match environment.clock_offset_file() {
        Ok(file) => Arc::new(system_clock(file)),
        Err(cause) => return findings.error("directory", cause.to_string(), "remove this variable"),
    };
    match open(environment, institution, &clock) {
        Ok(directories) if directories.is_empty() => {
            findings.ok("directory", "this deployment's own table");
        }
        Ok(directories) => {
            for directory in directories {
                look(&directory, clock.now(), findings).await;
            }
        }
        Err((cause, remedy)) => findings.error("directory", cause, remedy),
    }
}

type Directories = Vec<RemoteDirectory<Secrets>>;

fn open(
    environment: &Environment,
    institution: &Institution,
    clock: &Arc<dyn Clock>,
) -> Result<Directories, (String, &'static str)> {
    let secrets =
        environment.directory_secrets().map_err(|cause| (cause.to_string(), "set this variable"))?;
    let entra = environment.entra_endpoint();
    let entra = entra.map_err(|cause| (cause.to_string(), "remove this variable: deployments have none"))?;
    remote_directories(institution, &Secrets::of(secrets), entra.as_deref(), clock)
        .map_err(|cause| (cause.to_string(), "correct `ca_file`: a PEM file beside institution.toml"))
}

async fn look(directory: &RemoteDirectory<Secrets>, now: Timestamp, findings: &mut Findings) {
    let what = format!("directory {}", directory.name());
    for sign in directory.inspect(now).await {
        match sign.how {
            How::Well => findings.ok(what.as_str(), sign.said),
            How::Doubtful => findings.warn(what.as_str(), sign.said, sign.remedy),
            How::Broken => findings.error(what.as_str(), sign.said, sign.remedy),
        }
    }
}

//! The directories that passwords are written to, as far as they can be asked without changing anybody.

use super::Findings;
use recupmail_aws::Secrets;
use recupmail_config::{Environment, Institution};
use recupmail_directory::{How, RemoteDirectory, remote_directories};
use recupmail_domain::ports::WritePassword;

pub(super) async fn check(environment: &Environment, institution: &Institution, findings: &mut Findings) {
    match open(environment, institution) {
        Ok(directories) if directories.is_empty() => {
            findings.ok("directory", "this deployment's own table");
        }
        Ok(directories) => {
            for directory in directories {
                look(&directory, findings).await;
            }
        }
        Err((cause, remedy)) => findings.error("directory", cause, remedy),
    }
}

type Directories = Vec<RemoteDirectory<Secrets>>;

fn open(environment: &Environment, institution: &Institution) -> Result<Directories, (String, &'static str)> {
    let secrets =
        environment.directory_secrets().map_err(|cause| (cause.to_string(), "set this variable"))?;
    let entra = environment.entra_endpoint();
    let entra = entra.map_err(|cause| (cause.to_string(), "remove this variable: deployments have none"))?;
    remote_directories(institution, &Secrets::of(secrets), entra.as_deref())
        .map_err(|cause| (cause.to_string(), "correct `ca_file`: a PEM file beside institution.toml"))
}

async fn look(directory: &RemoteDirectory<Secrets>, findings: &mut Findings) {
    let what = format!("directory {}", directory.name());
    for sign in directory.inspect().await {
        match sign.how {
            How::Well => findings.ok(what.as_str(), sign.said),
            How::Doubtful => findings.warn(what.as_str(), sign.said, sign.remedy),
            How::Broken => findings.error(what.as_str(), sign.said, sign.remedy),
        }
    }
}

//! Which deployment a command works on.

use crate::ending::Failure;
use clap::Args;
use recupmail_aws::{
    Accounts, AuditLog, Counters, DynamoClient, DynamoTable, IssuedCodes, People, dynamodb, with_roots,
};
use recupmail_config::{Environment, EnvironmentError, Institution, Table, system_clock};
use recupmail_domain::clock::{Clock, Timestamp};
use recupmail_domain::keys::RegistryKeys;
use recupmail_domain::rules::Rules;
use std::path::PathBuf;

/// Where the deployment is.
#[derive(Args, Debug)]
pub(crate) struct Whereabouts {
    /// The stack that runs on this machine, by the port of its site.
    #[arg(long, global = true, value_name = "PORT", num_args = 0..=1, require_equals = true,
        default_missing_value = "8000")]
    local: Option<u16>,

    /// The folder that the local stack keeps its things in.
    #[arg(long, global = true, hide = true, env = "RECUPMAIL_LOCAL", default_value = ".local")]
    local_folder: PathBuf,
}

impl Whereabouts {
    /// The variables that say where everything is.
    pub(crate) fn environment(&self) -> Result<Environment, Failure> {
        let Some(port) = self.local else { return Ok(Environment::of_process()) };
        let folder = self.run_folder(port)?;
        let file = folder.join("environment");
        let text = std::fs::read_to_string(&file).map_err(|cause| format!("{}: {cause}", file.display()))?;
        let variable = |line: &str| {
            let (name, value) = line.split_once('=')?;
            let value = value.strip_prefix('\'')?.strip_suffix('\'')?;
            Some((name.to_owned(), value.replace(r"'\''", "'")))
        };
        Ok(text.lines().filter_map(variable).collect())
    }

    /// Where the local stack keeps what it says of itself: here or in a folder above, as in a repository.
    fn run_folder(&self, port: u16) -> Result<PathBuf, Failure> {
        let folder = self.local_folder.join(format!("run-{port}"));
        let here = std::env::current_dir()?;
        let found =
            here.ancestors().map(|above| above.join(&folder)).find(|run| run.join("environment").is_file());
        found.ok_or_else(|| {
            let (folder, here) = (folder.display(), here.display());
            format!(
                "nothing runs on port {port}: there is no {folder} in {here} nor above it. `make run` starts the \
                 stack; --local=PORT says another port"
            )
            .into()
        })
    }

    /// The institution's folder.
    pub(crate) fn institution(&self) -> Result<PathBuf, Failure> {
        self.environment()?.institution().map_err(|cause| self.hint(cause))
    }

    /// The deployment.
    pub(crate) async fn open(&self) -> Result<Place, Failure> {
        let folder = self.institution()?;
        let institution = Institution::load(&folder)?;
        let environment = with_roots(self.environment()?).await?;
        Ok(Place {
            rules: institution.rules()?,
            institution,
            keys: environment.registry_keys().map_err(|cause| self.hint(cause))?,
            client: dynamodb(&environment.dynamodb().map_err(|cause| self.hint(cause))?),
            folder,
            environment,
        })
    }

    /// What to do about a variable.
    pub(crate) fn hint(&self, cause: impl std::fmt::Display) -> Failure {
        match self.local {
            None => format!("{cause} (for the stack on this machine, add --local)").into(),
            Some(port) => format!("{cause}, in the environment of the local stack on port {port}").into(),
        }
    }
}

/// A deployment.
pub(crate) struct Place {
    pub(crate) environment: Environment,
    /// The institution's folder.
    pub(crate) folder: PathBuf,
    pub(crate) institution: Institution,
    pub(crate) rules: Rules,
    pub(crate) keys: RegistryKeys,
    client: DynamoClient,
}

impl Place {
    /// A table of the deployment.
    pub(crate) fn table(&self, table: Table) -> Result<DynamoTable, EnvironmentError> {
        Ok(DynamoTable::new(self.client.clone(), self.environment.table(table)?))
    }

    pub(crate) fn people(&self) -> Result<People, EnvironmentError> {
        self.table(Table::People).map(People::from)
    }

    pub(crate) fn issued(&self) -> Result<IssuedCodes, EnvironmentError> {
        self.table(Table::Issued).map(IssuedCodes::from)
    }

    pub(crate) fn starts(&self) -> Result<Counters, EnvironmentError> {
        self.table(Table::Limits).map(Counters::from)
    }

    pub(crate) fn audit(&self) -> Result<AuditLog, EnvironmentError> {
        Ok(AuditLog::new(self.table(Table::Audit)?, self.rules.audit_days))
    }

    pub(crate) fn accounts(&self) -> Result<Accounts, EnvironmentError> {
        let challenges = self.table(Table::Challenges)?.into();
        Ok(Accounts::new(self.table(Table::Accounts)?, challenges, self.table(Table::Issued)?))
    }

    /// The origin of the site.
    pub(crate) fn origin(&self) -> String {
        let local = self.environment.network().ok().and_then(|network| network.origins.into_iter().next());
        local.unwrap_or_else(|| self.institution.site.clone())
    }

    /// The present moment, as the deployment has it.
    pub(crate) fn now(&self) -> Result<Timestamp, EnvironmentError> {
        Ok(system_clock(self.environment.clock_offset_file()?).now())
    }
}

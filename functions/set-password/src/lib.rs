//! Sets the new password, once every required method is proven.

use recupmail_aws::{Accounts, AuditLog, Challenges, Counters, DynamoTable, Notices, Secrets, dynamodb};
use recupmail_config::{Environment, Table, machine_rng, system_clock};
use recupmail_directory::{Argon2id, RemoteDirectory, remote_directories};
use recupmail_domain::clock::Clock;
use recupmail_domain::recovery::set_password::{Aftermath, Directory, Stores, set_password};
use recupmail_domain::secret::Confidential;
use recupmail_http::{Answer, Call, Edge, Nonce, Present, StartError, Step, StepContext, password_set};
use serde::Deserialize;
use std::sync::Arc;

/// The step and its ports.
#[derive(Debug)]
pub struct SetPassword {
    context: StepContext,
    challenges: Challenges,
    accounts: Accounts,
    /// None where passwords are kept here.
    directories: Vec<RemoteDirectory<Secrets>>,
    limits: Counters,
    audit: AuditLog,
    messages: Notices,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    password: Confidential<String>,
    #[serde(default, rename = "nonce")]
    _nonce: Present<Nonce>,
}

impl Step for SetPassword {
    fn wire(environment: &Environment) -> Result<Self, StartError> {
        let context = StepContext::load("set-password", environment)?;
        context.edge.texts.prepare_messages()?;
        let client = dynamodb(&environment.dynamodb()?);
        let table = |table| Ok::<_, StartError>(DynamoTable::new(client.clone(), environment.table(table)?));
        let challenges: Challenges = table(Table::Challenges)?.into();
        let secrets = Secrets::of(environment.directory_secrets()?);
        let entra = environment.entra_endpoint()?;
        let clock: Arc<dyn Clock> = Arc::new(system_clock(environment.clock_offset_file()?));
        let directories = remote_directories(&context.institution, &secrets, entra.as_deref(), &clock);
        Ok(Self {
            directories: directories.map_err(|error| StartError::Directory(error.into()))?,
            accounts: Accounts::new(table(Table::Accounts)?, challenges.clone(), table(Table::Issued)?),
            challenges,
            limits: table(Table::Limits)?.into(),
            audit: AuditLog::new(table(Table::Audit)?, context.rules().audit_days),
            messages: Notices::of(&context.institution, context.edge.texts.clone(), environment)?,
            context,
        })
    }

    async fn warm_up(&self) {
        // Lambda gives a start more of a processor than a request: what the first password needs is made here.
        self.context.rules().password.prepare();
        self.messages.connect().await;
    }

    fn edge(&self) -> &Edge {
        &self.context.edge
    }

    async fn answer(&self, call: &Call<'_>) -> Answer {
        let members: Members = call.body()?;
        let presented = call.session()?;
        let directory = match self.directories.as_slice() {
            [] => Directory::Embedded(&Argon2id),
            directories => Directory::Remote(directories),
        };
        let outcome = Box::pin(set_password(
            Stores { challenges: &self.challenges, accounts: &self.accounts },
            directory,
            Aftermath { limits: &self.limits, audit: &self.audit, messages: &self.messages },
            self.context.house(),
            &mut machine_rng(),
            &presented.session,
            &members.password,
        ))
        .await;
        password_set(outcome, &presented)
    }
}

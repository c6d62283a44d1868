//! Spends a guess and compares it.

use recupmail_aws::{DynamoTable, UpdatedChallenges, dynamodb};
use recupmail_config::{Environment, Table};
use recupmail_domain::recovery::confirm_code::confirm_code;
use recupmail_domain::secret::Confidential;
use recupmail_http::{Answer, Call, Edge, Nonce, Present, StartError, Step, StepContext, code_confirmed};
use serde::Deserialize;

/// The step and its ports.
#[derive(Debug)]
pub struct ConfirmCode {
    context: StepContext,
    challenges: UpdatedChallenges,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    code: Confidential<String>,
    #[serde(default, rename = "nonce")]
    _nonce: Present<Nonce>,
}

impl Step for ConfirmCode {
    fn wire(environment: &Environment) -> Result<Self, StartError> {
        let client = dynamodb(&environment.dynamodb()?);
        Ok(Self {
            context: StepContext::load("confirm-code", environment)?,
            challenges: DynamoTable::new(client, environment.table(Table::Challenges)?).into(),
        })
    }

    fn edge(&self) -> &Edge {
        &self.context.edge
    }

    async fn answer(&self, call: &Call<'_>) -> Answer {
        let members: Members = call.body()?;
        let presented = call.session()?;
        let outcome =
            confirm_code(&self.challenges, self.context.house(), &presented.session, &members.code).await;
        code_confirmed(outcome, &presented)
    }
}

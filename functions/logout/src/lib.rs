//! Ends the session's challenge.

use recupmail_aws::{Challenges, DynamoTable, dynamodb};
use recupmail_config::{Environment, Table};
use recupmail_domain::recovery::logout::logout;
use recupmail_http::{Answer, Call, Edge, Nonce, Present, StartError, Step, logged_out};
use serde::Deserialize;

/// The step and its ports.
#[derive(Debug)]
pub struct Logout {
    edge: Edge,
    challenges: Challenges,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    #[serde(default, rename = "nonce")]
    _nonce: Present<Nonce>,
}

impl Step for Logout {
    fn wire(environment: &Environment) -> Result<Self, StartError> {
        let client = dynamodb(&environment.dynamodb()?);
        Ok(Self {
            edge: Edge::load("logout", environment)?,
            challenges: DynamoTable::new(client, environment.table(Table::Challenges)?).into(),
        })
    }

    fn edge(&self) -> &Edge {
        &self.edge
    }

    /// Whatever the session is worth, the person has left afterwards.
    async fn answer(&self, call: &Call<'_>) -> Answer {
        let _: Members = call.body()?;
        match call.leaving() {
            Some(session) => logged_out(logout(&self.challenges, &session).await, Some(&session)),
            None => logged_out(Ok(()), None),
        }
    }
}

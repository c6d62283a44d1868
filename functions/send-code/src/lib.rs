//! Sends a one-time code to a contact that the challenge carries.

use recupmail_aws::{Challenges, CodeMessages, Counters, DynamoTable, IssuedCodes, dynamodb};
use recupmail_config::{Environment, Table, machine_rng};
use recupmail_domain::recovery::send_code::{self, Outgoing, send_code};
use recupmail_domain::secret::Confidential;
use recupmail_http::{Answer, Call, Edge, Nonce, Present, Problem, StartError, Step, StepContext, code_sent};
use serde::Deserialize;
use std::time::Duration;

/// The step and its ports.
#[derive(Debug)]
pub struct SendCode {
    context: StepContext,
    challenges: Challenges,
    limits: Counters,
    issued: IssuedCodes,
    messages: CodeMessages,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    method: String,
    #[serde(default)]
    confirm: Present<Confidential<String>>,
    #[serde(default, rename = "nonce")]
    _nonce: Present<Nonce>,
}

impl Step for SendCode {
    fn wire(environment: &Environment) -> Result<Self, StartError> {
        let context = StepContext::load("send-code", environment)?;
        context.edge.texts.prepare_messages()?;
        let client = dynamodb(&environment.dynamodb()?);
        let table = |table| Ok::<_, StartError>(DynamoTable::new(client.clone(), environment.table(table)?));
        Ok(Self {
            challenges: table(Table::Challenges)?.into(),
            limits: table(Table::Limits)?.into(),
            issued: table(Table::Issued)?.into(),
            messages: CodeMessages::of(&context.institution, context.edge.texts.clone(), environment)?,
            context,
        })
    }

    async fn warm_up(&self) {
        // Lambda gives a start more of a processor than a request, which would open this connection last.
        self.messages.connect().await;
    }

    fn edge(&self) -> &Edge {
        &self.context.edge
    }

    fn floor(&self, _: &Call<'_>) -> Duration {
        self.context.rules().response_floors().1
    }

    async fn answer(&self, call: &Call<'_>) -> Answer {
        let members: Members = call.body()?;
        let typed = members.confirm.0.as_ref().map(|typed| typed.reveal().as_str());
        let request = send_code::Request::read(&members.method, typed, self.context.rules())
            .map_err(|errors| Problem::invalid_fields(&errors))?;
        let presented = call.session()?;
        let outcome = send_code(
            &self.challenges,
            Outgoing { limits: &self.limits, issued: &self.issued, messages: &self.messages },
            self.context.house(),
            &mut machine_rng(),
            &presented.session,
            &request,
        )
        .await;
        code_sent(outcome, &presented)
    }
}

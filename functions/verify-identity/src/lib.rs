//! Who are you? Counts the identification, reads the registry, opens a challenge. GET tells where the
//! caller's session stands.

use recupmail_aws::{Challenges, Counters, DynamoTable, People, dynamodb};
use recupmail_config::{Environment, Table, machine_rng};
use recupmail_domain::ports::DescribeRegistry;
use recupmail_domain::recovery::session::current_state;
use recupmail_domain::recovery::verify_identity::{Statement, verify_identity};
use recupmail_domain::secret::Confidential;
use recupmail_http::{
    Answer, Call, Edge, Methods, Nonce, Present, StartError, Step, StepContext, UniqueFields, identified,
};
use serde::Deserialize;
use std::time::Duration;

/// The step and its ports.
#[derive(Debug)]
pub struct VerifyIdentity {
    context: StepContext,
    people: People,
    limits: Counters,
    challenges: Challenges,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    scheme: String,
    fields: UniqueFields,
    terms_accepted: bool,
    terms_version: String,
    locale: String,
    #[serde(default)]
    route: Present<String>,
    #[serde(default, rename = "nonce")]
    _nonce: Present<Nonce>,
}

impl Step for VerifyIdentity {
    const METHODS: Methods = Methods::GetAndPost;

    fn wire(environment: &Environment) -> Result<Self, StartError> {
        let client = dynamodb(&environment.dynamodb()?);
        let table = |table| Ok::<_, StartError>(DynamoTable::new(client.clone(), environment.table(table)?));
        Ok(Self {
            context: StepContext::load("verify-identity", environment)?,
            people: table(Table::People)?.into(),
            limits: table(Table::Limits)?.into(),
            challenges: table(Table::Challenges)?.into(),
        })
    }

    async fn warm_up(&self) {
        // Lambda gives a start more of a processor than a request, which would open a connection for this.
        let _ = self.people.describe_registry().await;
    }

    fn edge(&self) -> &Edge {
        &self.context.edge
    }

    fn floor(&self, call: &Call<'_>) -> Duration {
        if call.is_get() { Duration::ZERO } else { self.context.rules().response_floors().0 }
    }

    async fn answer(&self, call: &Call<'_>) -> Answer {
        if call.is_get() { self.state(call).await } else { self.verify(call).await }
    }
}

impl VerifyIdentity {
    async fn state(&self, call: &Call<'_>) -> Answer {
        let presented = call.session()?;
        let outcome = current_state(&self.challenges, self.context.house(), &presented.session).await;
        recupmail_http::current_state(outcome, &presented)
    }

    async fn verify(&self, call: &Call<'_>) -> Answer {
        let members: Members = call.body()?;
        let statement = Statement {
            scheme: members.scheme,
            fields: Confidential::new(members.fields.0),
            terms_accepted: members.terms_accepted,
            terms_version: members.terms_version,
            locale: self.context.rules().locale(&members.locale),
            route: members.route.0,
        };
        let outcome = verify_identity(
            &self.people,
            &self.limits,
            &self.challenges,
            self.context.house(),
            &mut machine_rng(),
            &statement,
            call.viewer(),
        )
        .await;
        identified(outcome, statement.locale)
    }
}

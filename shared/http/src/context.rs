//! What every function has: its institution's rules, its keys, the time, and its edge.

use crate::answer::Answer;
use crate::call::Call;
use crate::metrics::Metrics;
use crate::serve::{Edge, Methods, serve};
use crate::telemetry::init_telemetry;
use crate::token::Tokens;
use lambda_http::{Body, IntoResponse, Request, Response, service_fn};
use recupmail_config::{Environment, EnvironmentError, Institution, InstitutionError, system_clock};
use recupmail_domain::clock::Clock;
use recupmail_domain::keys::{Keys, SessionKeyRing};
use recupmail_domain::recovery::House;
use recupmail_domain::rules::Rules;
use recupmail_texts::{Texts, TextsError};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// How long a start waits for what it could do without: Lambda ends one after ten seconds.
const WARM_UP: Duration = Duration::from_secs(1);

/// What every function has.
#[derive(Debug)]
pub struct StepContext {
    /// What stands between the network and the step.
    pub edge: Edge,
    /// The institution's file.
    pub institution: Institution,
    rules: Rules,
    keys: Keys,
}

/// Why a function does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The environment is wrong.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// The institution's file is wrong.
    #[error(transparent)]
    Institution(#[from] InstitutionError),
    /// The texts are wrong.
    #[error(transparent)]
    Texts(#[from] TextsError),
    /// A directory cannot be asked as it is configured.
    #[error(transparent)]
    Directory(Box<dyn std::error::Error + Send + Sync>),
}

impl StepContext {
    /// Reads the configuration of the step with this name.
    pub fn load(step: &'static str, environment: &Environment) -> Result<Self, StartError> {
        let (institution, rules) = institution(environment)?;
        let keys = environment.keys()?;
        let edge = Edge::of(step, environment, &institution, &rules, keys.session.clone())?;
        Ok(Self { edge, institution, rules, keys })
    }

    /// What the use case works with.
    pub fn house(&self) -> House<'_> {
        House { rules: &self.rules, keys: &self.keys, clock: self.clock() }
    }

    /// The institution's rules.
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    fn clock(&self) -> &dyn Clock {
        self.edge.clock.as_ref()
    }
}

impl Edge {
    /// Reads the configuration of a step that looks at nothing but its session: it has no need of the registry's keys,
    /// and no right to them.
    pub fn load(step: &'static str, environment: &Environment) -> Result<Self, StartError> {
        let (institution, rules) = institution(environment)?;
        Self::of(step, environment, &institution, &rules, environment.session_keys()?)
    }

    fn of(
        step: &'static str,
        environment: &Environment,
        institution: &Institution,
        rules: &Rules,
        keys: SessionKeyRing,
    ) -> Result<Self, StartError> {
        Ok(Self {
            step,
            network: environment.network()?,
            tokens: Tokens::new(keys, rules.limits.session_life),
            texts: Arc::new(Texts::load(&rules.locales)?),
            clock: Arc::new(system_clock(environment.clock_offset_file()?)),
            metrics: environment.counts().then(|| Metrics { institution: institution.id.clone() }),
        })
    }
}

fn institution(environment: &Environment) -> Result<(Institution, Rules), StartError> {
    let (institution, mut rules) = Institution::of_function(&environment.institution()?)?;
    rules.limits = environment.limits(rules.limits)?;
    Ok((institution, rules))
}

/// A step as a function: wired once, then asked again and again.
pub trait Step: Sized + Sync {
    /// Which methods it answers to.
    const METHODS: Methods = Methods::Post;

    /// Builds it from the environment.
    fn wire(environment: &Environment) -> Result<Self, StartError>;

    /// Does before the first request what that would have to wait for. Whatever fails here, a request asks for again.
    fn warm_up(&self) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }

    /// What stands between the network and it.
    fn edge(&self) -> &Edge;

    /// How long the answer to a call takes at least.
    fn floor(&self, _call: &Call<'_>) -> Duration {
        Duration::ZERO
    }

    /// Answers one admitted call.
    fn answer(&self, call: &Call<'_>) -> impl Future<Output = Answer> + Send;
}

/// Runs a step until the platform ends it.
pub async fn run<S: Step>(environment: &Environment) -> Result<(), lambda_http::Error> {
    init_telemetry(environment.log_level());
    let step = S::wire(environment)?;
    let _ = tokio::time::timeout(WARM_UP, step.warm_up()).await;
    let step = &step;
    let answer =
        move |request: Request| async move { Ok::<_, Infallible>(Text(serve(step, &request).await)) };
    lambda_http::run(service_fn(answer)).await
}

/// An answer whose body is text already: the crate's own way would bring the tables of all the web's encodings.
struct Text(Response<Body>);

impl IntoResponse for Text {
    fn into_response(self) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>> {
        Box::pin(std::future::ready(self.0))
    }
}

//! The HTTP contract: how requests are read, sessions are carried, outcomes become answers, and what is
//! logged. The one place with status codes.

mod answer;
mod call;
mod context;
mod metrics;
mod outcomes;
mod problem;
mod serve;
mod session;
mod state;
mod telemetry;
mod token;

pub use answer::{Answer, SessionCookie, Success};
pub use call::{Call, Nonce, Present, UniqueFields};
pub use context::{StartError, Step, StepContext, run};
pub use metrics::Metrics;
pub use outcomes::{code_confirmed, code_sent, current_state, identified, logged_out, password_set};
pub use problem::{Problem, ProblemCode};
pub use serve::{Edge, Methods, serve};
pub use session::{Presented, SessionProblem};
pub use telemetry::init_telemetry;
pub use token::Tokens;

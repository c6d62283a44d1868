//! What CloudWatch counts: lines of the log in its embedded metric format (Amazon CloudWatch User Guide,
//! "Embedded metric format specification"). They cost no call and hold no personal value.

use crate::answer::Answer;
use crate::problem::ProblemCode;
use recupmail_domain::clock::Timestamp;
use serde_json::{Value, json};
use std::io::Write;

/// What CloudWatch keeps all of them under.
const NAMESPACE: &str = "RecupMail";

/// Counts the answers of a deployment.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// Whose deployment it is.
    pub institution: String,
}

impl Metrics {
    /// Counts an answer, if it is one of those that count.
    pub(crate) fn count(&self, answer: &Answer, at: Timestamp) {
        if let Some(metric) = metric(answer) {
            let line = format!("{}\n", self.line(metric, at));
            // Whoever is away here is the log itself.
            let _ = std::io::stdout().lock().write_all(line.as_bytes());
        }
    }

    fn line(&self, (name, method): (&str, Option<&str>), at: Timestamp) -> Value {
        let dimensions =
            if method.is_some() { json!([["Institution", "Method"]]) } else { json!([["Institution"]]) };
        let mut line = json!({
            "_aws": {
                "Timestamp": at.as_millis(),
                "CloudWatchMetrics": [{
                    "Namespace": NAMESPACE,
                    "Dimensions": dimensions,
                    "Metrics": [{"Name": name, "Unit": "Count"}],
                }],
            },
            "Institution": self.institution,
        });
        line[name] = json!(1);
        if let Some(method) = method {
            line["Method"] = json!(method);
        }
        line
    }
}

/// What an answer counts as, and by which method.
fn metric(answer: &Answer) -> Option<(&'static str, Option<&'static str>)> {
    let name = match answer {
        Ok(success) => match success.event {
            "started" => "Started",
            "sent" | "armed" => return Some(("Sent", success.facts.method)),
            "confirmed" => "Confirmed",
            "changed" => "Changed",
            _ => return None,
        },
        Err(problem) => match problem.code {
            ProblemCode::CodeIncorrect => "WrongCode",
            ProblemCode::IdentityNotRecognised | ProblemCode::PasswordRejected => "Refused",
            ProblemCode::TooManyAttempts | ProblemCode::SendLimit => "Limited",
            // A change is held up, and the same password again ends it. Who sends it twice at once is told to wait, too,
            // but nothing failed.
            ProblemCode::DirectoryUnavailable if !problem.causes.is_empty() => "Stuck",
            ProblemCode::DeliveryUnavailable => "Undelivered",
            _ => return None,
        },
    };
    Some((name, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{Facts, SessionCookie, Success};
    use crate::problem::Problem;

    fn success(event: &'static str, method: Option<&'static str>) -> Success {
        let facts = Facts { method, ..Facts::default() };
        Success { event, facts, body: None, cookie: SessionCookie::Unchanged, warnings: Vec::new() }
    }

    #[test]
    fn a_code_that_was_sent_is_counted_by_its_method() {
        let metrics = Metrics { institution: "usms".to_owned() };
        let metric = metric(&Ok(success("sent", Some("sms")))).unwrap();
        let desk = super::metric(&Ok(success("armed", Some("desk"))));
        assert_eq!(desk, Some(("Sent", Some("desk"))), "one that was issued before, and counts from now");
        assert_eq!(
            metrics.line(metric, Timestamp::from_millis(1_795_262_400_000)),
            json!({
                "_aws": {
                    "Timestamp": 1_795_262_400_000_i64,
                    "CloudWatchMetrics": [{
                        "Namespace": "RecupMail",
                        "Dimensions": [["Institution", "Method"]],
                        "Metrics": [{"Name": "Sent", "Unit": "Count"}],
                    }],
                },
                "Institution": "usms",
                "Method": "sms",
                "Sent": 1,
            })
        );
    }

    #[test]
    fn what_matters_to_operators_is_counted_and_a_look_at_the_state_is_not() {
        let counted = |answer: Answer| metric(&answer).map(|(name, _)| name);
        for (event, name) in [
            ("started", Some("Started")),
            ("confirmed", Some("Confirmed")),
            ("changed", Some("Changed")),
            ("state", None),
            ("revoked", None),
        ] {
            assert_eq!(counted(Ok(success(event, None))), name);
        }
        for (code, name) in [
            (ProblemCode::CodeIncorrect, Some("WrongCode")),
            (ProblemCode::PasswordRejected, Some("Refused")),
            (ProblemCode::SendLimit, Some("Limited")),
            (ProblemCode::DirectoryUnavailable, None),
            (ProblemCode::InvalidFields, None),
        ] {
            assert_eq!(counted(Err(Problem::new(code))), name);
        }
        let failed = Problem::new(ProblemCode::DirectoryUnavailable).caused_by(std::fmt::Error);
        assert_eq!(
            counted(Err(failed)),
            Some("Stuck"),
            "who sends a password twice at once waits, and nothing failed"
        );
    }
}

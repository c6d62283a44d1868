//! What the bench measured of each function.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// The file that `recupmail-bench` writes.
#[derive(Debug, Deserialize)]
pub(crate) struct File {
    hash_cpu_ms: f64,
    functions: Vec<Function>,
}

/// What was measured of one function: medians, in milliseconds.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Function {
    kind: Kind,
    step: String,
    /// Until it asked for its first event, with a whole processor.
    pub(crate) init_ms: f64,
    /// CPU time of the first invocation.
    pub(crate) first_cpu_ms: f64,
    /// Wall time of the first invocation with the share of a processor that 128 MB give, where it was measured.
    pub(crate) first_at_share_ms: Option<f64>,
    /// CPU time of an invocation after many.
    pub(crate) warm_cpu_ms: f64,
}

/// Whose functions.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// These.
    RecupMail,
    /// Plain ones for Node.
    Node,
    /// Plain ones for Python.
    Python,
    /// One that says hello.
    Bare,
}

/// Functions that do a whole recovery, by their names.
pub(crate) type Candidate = BTreeMap<String, Function>;

impl Kind {
    /// What readers call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::RecupMail => "RecupMail",
            Self::Node => "Node 20",
            Self::Python => "Python 3.11",
            Self::Bare => "hello",
        }
    }
}

impl File {
    /// Whose functions do a whole recovery. The peers hash no password, so that the hash of ours is added to theirs.
    pub(crate) fn candidates(self) -> BTreeMap<Kind, Candidate> {
        let mut candidates: BTreeMap<Kind, Candidate> = BTreeMap::new();
        for mut one in self.functions {
            if one.step == "set-password" && one.kind != Kind::RecupMail {
                one.first_cpu_ms += self.hash_cpu_ms;
                one.warm_cpu_ms += self.hash_cpu_ms;
            }
            candidates.entry(one.kind).or_default().insert(one.step.clone(), one);
        }
        candidates.retain(|kind, functions| {
            *kind != Kind::Bare && crate::call::FUNCTIONS.iter().all(|name| functions.contains_key(*name))
        });
        candidates
    }
}

/// So many milliseconds.
pub(crate) fn millis(number: f64) -> Duration {
    Duration::from_secs_f64(number / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_added_to_peers_alone_and_who_does_no_whole_recovery_is_left_out() {
        let function = |kind, step| {
            format!(
                r#"{{"kind":"{kind}","step":"{step}","init_ms":1,"first_cpu_ms":2,"first_at_share_ms":null,"warm_cpu_ms":3}}"#
            )
        };
        let functions: Vec<_> = ["recupmail", "node", "bare"]
            .into_iter()
            .flat_map(|kind| crate::call::FUNCTIONS.map(|step| function(kind, step)))
            .chain([function("python", "verify-identity")])
            .collect();
        let file = format!(r#"{{"hash_cpu_ms":15,"functions":[{}]}}"#, functions.join(","));
        let candidates = serde_json::from_str::<File>(&file).unwrap().candidates();
        assert_eq!(candidates.len(), 2);
        let warm = |kind, step: &str| candidates[&kind][step].warm_cpu_ms;
        assert!((warm(Kind::RecupMail, "set-password") - 3.0).abs() < 1e-9);
        assert!((warm(Kind::Node, "set-password") - 18.0).abs() < 1e-9);
        assert!((warm(Kind::Node, "logout") - 3.0).abs() < 1e-9);
    }
}

//! The summary of the registry, kept for a while.

use recupmail_domain::person::RegistrySummary;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long a summary is kept. An import changes it, and every function must soon say the same.
const KEPT: Duration = Duration::from_mins(10);

/// A summary and since when it is kept.
#[derive(Debug, Default)]
pub(super) struct KeptSummary(Mutex<Option<(Instant, RegistrySummary)>>);

impl KeptSummary {
    /// The summary, unless it must be read again.
    pub(super) fn get(&self, now: Instant) -> Option<RegistrySummary> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref()
            .filter(|(since, _)| now.duration_since(*since) < KEPT)
            .map(|(_, summary)| summary.clone())
    }

    /// Keeps what was just read.
    pub(super) fn keep(&self, summary: &RegistrySummary, now: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, summary.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_read_again_after_a_while() {
        let (kept, now) = (KeptSummary::default(), Instant::now());
        assert_eq!(kept.get(now), None);
        let summary = RegistrySummary { people: 7, ..RegistrySummary::default() };
        kept.keep(&summary, now);
        assert_eq!(kept.get(now + KEPT / 2), Some(summary));
        assert_eq!(kept.get(now + KEPT), None);
    }
}

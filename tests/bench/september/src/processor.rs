//! The share of a processor that an instance has.

use std::time::Duration;

/// A function has a whole processor at 1,769 MB (AWS Lambda developer guide, "Configure Lambda function memory").
const WHOLE_PROCESSOR_MB: u32 = 1769;
/// How often the share is counted anew: 20 ms, as public measurements have it.
pub(crate) const PERIOD: Duration = Duration::from_millis(20);

/// A processor that may be used for a while in each period, and then waits for the next.
#[derive(Clone, Debug)]
pub(crate) struct Processor {
    quota: Duration,
    /// The periods began so long before midnight.
    phase: Duration,
    period: u128,
    used: Duration,
}

impl Processor {
    /// That of an instance with so much memory.
    pub(crate) fn of(memory_mb: u32, phase: Duration) -> Self {
        Self { quota: PERIOD * memory_mb / WHOLE_PROCESSOR_MB, phase, period: 0, used: Duration::ZERO }
    }

    /// When work that begins now is done which takes so much CPU time.
    pub(crate) fn run(&mut self, mut now: Duration, mut work: Duration) -> Duration {
        loop {
            let since = now + self.phase;
            let period = since.as_nanos() / PERIOD.as_nanos();
            if period != self.period {
                (self.period, self.used) = (period, Duration::ZERO);
            }
            let rest = PERIOD.saturating_sub(nanos(since.as_nanos() % PERIOD.as_nanos()));
            let ran = work.min(rest).min(self.quota.saturating_sub(self.used));
            self.used += ran;
            work -= ran;
            if work.is_zero() {
                return now + ran;
            }
            now += rest;
        }
    }
}

/// Less than a period.
fn nanos(number: u128) -> Duration {
    Duration::from_nanos(u64::try_from(number).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// With 1,769 / 20 MB a millisecond of each period is its own.
    fn one_of_twenty(phase: Duration) -> Processor {
        Processor { quota: MS, ..Processor::of(0, phase) }
    }

    #[test]
    fn what_fits_the_share_is_not_slowed_down() {
        assert_eq!(one_of_twenty(Duration::ZERO).run(MS * 5, MS), MS * 6);
    }

    #[test]
    fn what_exceeds_the_share_waits_for_the_next_period() {
        assert_eq!(one_of_twenty(Duration::ZERO).run(MS * 5, MS * 3), MS * 41);
        assert_eq!(one_of_twenty(MS * 10).run(MS * 5, MS * 3), MS * 31);
    }

    #[test]
    fn what_was_used_of_a_period_is_used_up() {
        let mut processor = one_of_twenty(Duration::ZERO);
        assert_eq!(processor.run(MS * 5, MS), MS * 6);
        assert_eq!(processor.run(MS * 8, MS), MS * 21);
    }

    #[test]
    fn the_share_of_128_mb_is_a_millisecond_and_a_half() {
        assert_eq!(Processor::of(128, Duration::ZERO).quota.as_micros(), 1447);
    }
}

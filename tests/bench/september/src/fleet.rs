//! Lambda's instances: one request each at a time, reused while they live.

use crate::assumptions::Assumptions;
use crate::call::memory_mb;
use crate::processor::{PERIOD, Processor};
use rand::{Rng, RngExt};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// How long starts are counted for the limit of scaling.
const SCALING_WINDOW: Duration = Duration::from_secs(10);

/// All instances of the account.
#[derive(Debug)]
pub(crate) struct Fleet {
    functions: BTreeMap<&'static str, Instances>,
    concurrency: usize,
    scaling: usize,
    idle: Duration,
    /// The most that were ever busy at once.
    pub(crate) peak: usize,
}

#[derive(Debug, Default)]
struct Instances {
    living: Vec<Instance>,
    /// When the last of them started, within the window of scaling.
    starts: VecDeque<Duration>,
    peak: usize,
}

/// An instance of a function.
#[derive(Debug)]
pub(crate) struct Instance {
    /// When it has answered what it was given last.
    pub(crate) busy_until: Duration,
    /// Its share.
    pub(crate) processor: Processor,
}

/// Whether an instance that takes a request has to start first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// It does.
    Cold,
    /// It ran already.
    Warm,
}

impl Fleet {
    /// An account in which nothing runs, and in which so many requests may run at once.
    pub(crate) fn new(assumed: &Assumptions, concurrency: usize) -> Self {
        Self {
            functions: BTreeMap::new(),
            concurrency,
            scaling: assumed.scaling,
            idle: Duration::from_secs(60 * assumed.idle_minutes),
            peak: 0,
        }
    }

    /// The instance that takes a request now, the most recently used of those that are free; nothing if Lambda turns
    /// the request away. Who takes it must say until when it is busy.
    pub(crate) fn take(
        &mut self,
        function: &'static str,
        now: Duration,
        rng: &mut impl Rng,
    ) -> Option<(Start, &mut Instance)> {
        let busy = self.functions.values().map(|instances| instances.busy(now)).sum::<usize>();
        if busy >= self.concurrency {
            return None;
        }
        let instances = self.functions.entry(function).or_default();
        instances.living.retain(|instance| now <= instance.busy_until + self.idle);
        let taken = match instances.free(now) {
            Some(place) => (Start::Warm, place),
            None => (Start::Cold, instances.start(function, now, self.scaling, rng)?),
        };
        self.peak = self.peak.max(busy + 1);
        instances.peak = instances.peak.max(instances.busy(now) + 1);
        Some((taken.0, &mut instances.living[taken.1]))
    }

    /// The most instances of a function that were ever busy at once.
    pub(crate) fn peak_of(&self, function: &str) -> usize {
        self.functions.get(function).map_or(0, |instances| instances.peak)
    }
}

impl Instances {
    fn busy(&self, now: Duration) -> usize {
        self.living.iter().filter(|instance| instance.busy_until > now).count()
    }

    fn free(&self, now: Duration) -> Option<usize> {
        let free = self.living.iter().enumerate().filter(|(_, instance)| instance.busy_until <= now);
        free.max_by_key(|(_, instance)| instance.busy_until).map(|(place, _)| place)
    }

    fn start(&mut self, function: &str, now: Duration, scaling: usize, rng: &mut impl Rng) -> Option<usize> {
        self.starts.retain(|start| now < *start + SCALING_WINDOW);
        if self.starts.len() >= scaling {
            return None;
        }
        self.starts.push_back(now);
        let phase = PERIOD.mul_f64(rng.random());
        let processor = Processor::of(memory_mb(function), phase);
        self.living.push(Instance { busy_until: now, processor });
        Some(self.living.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assumptions::SHIPPED;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    const SECOND: Duration = Duration::from_secs(1);

    fn fleet(change: impl Fn(&mut Assumptions), concurrency: usize) -> Fleet {
        let mut assumed = Assumptions::read(SHIPPED).unwrap();
        change(&mut assumed);
        Fleet::new(&assumed, concurrency)
    }

    /// Each request takes a second; how each was taken.
    fn taken(fleet: &mut Fleet, requests: &[(&'static str, u64)]) -> Vec<Option<Start>> {
        let mut rng = StdRng::seed_from_u64(1);
        let mut take = |(function, second): &(&'static str, u64)| {
            let now = SECOND * u32::try_from(*second).unwrap();
            fleet.take(function, now, &mut rng).map(|(start, instance)| {
                instance.busy_until = now + SECOND;
                start
            })
        };
        requests.iter().map(&mut take).collect()
    }

    #[test]
    fn an_idle_instance_is_reused() {
        let starts = taken(&mut fleet(|_| (), 1000), &[("logout", 0), ("logout", 1)]);
        assert_eq!(starts, [Some(Start::Cold), Some(Start::Warm)]);
    }

    #[test]
    fn two_requests_at_once_need_two_instances() {
        let mut fleet = fleet(|_| (), 1000);
        assert_eq!(taken(&mut fleet, &[("logout", 0), ("logout", 0)]), [Some(Start::Cold); 2]);
        assert_eq!(fleet.peak_of("logout"), 2);
    }

    #[test]
    fn functions_share_no_instances() {
        let mut fleet = fleet(|_| (), 1000);
        assert_eq!(taken(&mut fleet, &[("logout", 0), ("send-code", 1)]), [Some(Start::Cold); 2]);
    }

    #[test]
    fn an_instance_that_was_idle_too_long_is_gone() {
        let requests = [("logout", 0), ("logout", 61), ("logout", 123)];
        let starts = taken(&mut fleet(|assumed| assumed.idle_minutes = 1, 1000), &requests);
        assert_eq!(starts, [Some(Start::Cold), Some(Start::Warm), Some(Start::Cold)]);
    }

    #[test]
    fn the_most_recently_used_instance_is_taken_so_that_the_other_grows_idle() {
        let requests = [("logout", 0), ("logout", 0), ("logout", 50), ("logout", 100), ("logout", 100)];
        let starts = taken(&mut fleet(|assumed| assumed.idle_minutes = 1, 1000), &requests);
        assert_eq!(starts[2..], [Some(Start::Warm), Some(Start::Warm), Some(Start::Cold)]);
    }

    #[test]
    fn more_than_the_account_may_run_is_turned_away() {
        let mut fleet = fleet(|_| (), 2);
        let starts =
            taken(&mut fleet, &[("logout", 0), ("send-code", 0), ("confirm-code", 0), ("logout", 1)]);
        assert_eq!(starts, [Some(Start::Cold), Some(Start::Cold), None, Some(Start::Warm)]);
    }

    #[test]
    fn more_than_the_scaling_of_ten_seconds_is_turned_away() {
        let mut fleet = fleet(|assumed| assumed.scaling = 1, 1000);
        let starts = taken(
            &mut fleet,
            &[("logout", 0), ("logout", 0), ("logout", 10), ("logout", 10), ("logout", 10)],
        );
        assert_eq!(starts, [Some(Start::Cold), None, Some(Start::Warm), Some(Start::Cold), None]);
    }
}

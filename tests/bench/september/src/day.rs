//! The day: everybody's calls in the order of time, each answered by an instance or turned away.

use crate::arrivals::arrivals;
use crate::assumptions::Assumptions;
use crate::call::Call;
use crate::fleet::{Fleet, Start};
use crate::person::Plan;
use crate::service::Service;
use crate::usage::Usage;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

/// Everybody, with when they come.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Crowd(Vec<(Duration, Plan)>);

/// What the day was like.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Day {
    /// Of each function.
    pub(crate) functions: BTreeMap<&'static str, Served>,
    /// How many have a new password.
    pub(crate) completed: usize,
    /// How many requests Lambda turned away.
    pub(crate) throttled: usize,
    /// The most instances that were busy at once.
    pub(crate) peak: usize,
    /// The most requests in a second.
    pub(crate) busiest_second: u64,
    /// What is paid for.
    pub(crate) usage: Usage,
}

/// What a function answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Served {
    /// From the request to the answer, as Lambda sees it, in ascending order.
    pub(crate) latencies: Vec<Duration>,
    /// Those of requests that waited for an instance to start, in ascending order.
    pub(crate) cold: Vec<Duration>,
    /// The most instances that were busy at once.
    pub(crate) peak: usize,
}

/// Somebody calls, for the first or a later time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    at: Duration,
    student: usize,
    act: usize,
    retries: u32,
}

impl Crowd {
    /// The same for the same seed.
    pub(crate) fn draw(assumed: &Assumptions, seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let arrivals = arrivals(assumed, &mut rng);
        Self(arrivals.into_iter().map(|at| (at, Plan::draw(assumed, &mut rng))).collect())
    }

    /// Lets everybody recover in an account with so much concurrency.
    pub(crate) fn recover(&self, service: &Service<'_>, concurrency: usize, seed: u64) -> Day {
        let assumed = service.assumed;
        let mut rng = StdRng::seed_from_u64(seed);
        let mut fleet = Fleet::new(assumed, concurrency);
        let mut seconds: BTreeMap<u64, u64> = BTreeMap::new();
        let mut day = Day::default();
        let mut calendar: BinaryHeap<Reverse<Event>> =
            (0..self.0.len()).filter_map(|student| self.event(student, 0, self.0[student].0)).collect();
        day.usage.site_requests = assumed.site_requests * u64::from(assumed.people);

        while let Some(Reverse(event)) = calendar.pop() {
            let Event { at: now, student, act: place, retries } = event;
            let (_, plan) = &self.0[student];
            let act = plan.acts[place];
            *seconds.entry(now.as_secs()).or_default() += 1;
            let function = act.call.function();
            let Some((start, instance)) = fleet.take(function, now, &mut rng) else {
                day.throttled += 1;
                if retries < assumed.throttled_retries {
                    let at = now + assumed.throttled_pause_s.seconds(&mut rng);
                    calendar.push(Reverse(Event { at, retries: retries + 1, ..event }));
                }
                continue;
            };
            let answered = service.answer(act.call, start, instance, now, &mut rng);
            let served = day.functions.entry(function).or_default();
            let latency = answered.at.saturating_sub(now);
            served.latencies.push(latency);
            if start == Start::Cold {
                served.cold.push(latency);
            }
            day.usage.invoked(&act, plan, start, &answered, assumed);
            day.completed += usize::from(act.call == Call::Change && act.right);
            calendar.extend(self.event(student, place + 1, answered.at));
        }

        for (function, served) in &mut day.functions {
            served.latencies.sort_unstable();
            served.cold.sort_unstable();
            served.peak = fleet.peak_of(function);
        }
        day.peak = fleet.peak;
        day.busiest_second = seconds.into_values().max().unwrap_or_default();
        day
    }

    /// A student's next call after an answer, if there is one.
    fn event(&self, student: usize, act: usize, after: Duration) -> Option<Reverse<Event>> {
        let pause = self.0[student].1.acts.get(act)?.pause;
        Some(Reverse(Event { at: after + pause, student, act, retries: 0 }))
    }
}

/// The smallest of ascending times that so large a share does not exceed.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rank among some hundred thousand"
)]
pub(crate) fn percentile(ascending: &[Duration], share: f64) -> Duration {
    let rank = (ascending.len() as f64 * share).ceil() as usize;
    ascending.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assumptions::SHIPPED;
    use crate::call::FUNCTIONS;
    use crate::cost::bill;
    use crate::figures::{Candidate, Function};
    use crate::person::Act;
    use crate::spread::Spread;

    /// Functions that start within 10 ms and need no processor.
    fn measured() -> Candidate {
        let function = |step| {
            let text = format!(
                r#"{{"kind":"recupmail","step":"{step}","init_ms":10,"first_cpu_ms":0,"first_at_share_ms":null,"warm_cpu_ms":0}}"#
            );
            (String::from(step), serde_json::from_str::<Function>(&text).unwrap())
        };
        FUNCTIONS.map(function).into()
    }

    /// In which nothing takes more or less than its median.
    fn even() -> Assumptions {
        let mut assumed = Assumptions::read(SHIPPED).unwrap();
        let ms = |median| Spread { median, p99: median };
        assumed.sandbox_ms = ms(100.0);
        assumed.secrets_ms = ms(20.0);
        assumed.dynamodb_ms = ms(4.0);
        assumed.message_ms = ms(60.0);
        assumed.throttled_pause_s = ms(1.0);
        assumed
    }

    fn day(crowd: &Crowd, assumed: &Assumptions, concurrency: usize) -> Day {
        crowd.recover(&Service { measured: &measured(), assumed }, concurrency, 1)
    }

    fn comes(at: u64, calls: &[Call]) -> (Duration, Plan) {
        let act = |call: &Call| Act { pause: Duration::from_secs(1), call: *call, right: true };
        (
            Duration::from_secs(at),
            Plan { by_sms: false, has_phone: false, acts: calls.iter().map(act).collect() },
        )
    }

    const RECOVERY: [Call; 4] = [Call::Identify, Call::Send, Call::Confirm, Call::Change];

    #[test]
    fn a_day_of_one_recovery_is_as_counted_by_hand() {
        let assumed = even();
        let day = day(&Crowd(vec![comes(0, &RECOVERY)]), &assumed, 1000);
        let ms = |function| percentile(&day.functions[function].latencies, 0.5).as_millis();
        // Each waits 130 ms for its instance, then for its trips: 2, 3 and a mail, 1, 4 and a mail.
        assert_eq!(ms("verify-identity"), 130 + 8);
        assert_eq!(ms("send-code"), 130 + 72);
        assert_eq!(ms("confirm-code"), 130 + 4);
        assert_eq!(ms("set-password"), 130 + 76);
        assert_eq!((day.completed, day.throttled, day.peak), (1, 0, 1));
        // Billed: 38, 102 and 34 ms at 128 MB, 106 ms at 256.
        let usage = &day.usage;
        assert!((usage.gb_seconds - (0.174 / 8.0 + 0.106 / 4.0)).abs() < 1e-9, "{}", usage.gb_seconds);
        assert_eq!((usage.read_units, usage.write_units), (4, 14));
        assert_eq!((usage.requests, usage.secrets_read, usage.mails, usage.sms), (4, 8, 2, 0));
        let dollars: f64 = bill(usage).iter().map(crate::cost::Item::dollars).sum();
        let by_hand = 4.0 * 0.2e-6
            + 0.04825 * 0.000_016_7
            + (4.0 * 0.125 + 14.0 * 0.625) / 1e6
            + 8.0 * 0.08 / 1e4
            + 2.0 * 0.1 / 1e3
            + 3_200.0 * 0.5e-9;
        assert!((dollars - by_hand).abs() < 1e-12, "{dollars} {by_hand}");
    }

    #[test]
    fn who_is_turned_away_tries_again() {
        let assumed = even();
        let crowd = Crowd(vec![comes(0, &[Call::Leave]), comes(0, &[Call::Leave])]);
        let day = day(&crowd, &assumed, 1);
        assert_eq!(day.throttled, 1);
        assert_eq!((day.functions["logout"].latencies.len(), day.functions["logout"].cold.len()), (2, 1));
    }

    #[test]
    fn who_is_always_turned_away_gives_up() {
        let assumed = even();
        let day = day(&Crowd(vec![comes(0, &RECOVERY)]), &assumed, 0);
        assert_eq!((day.throttled, day.completed), (4, 0));
    }

    #[test]
    fn the_same_seed_is_the_same_day_and_another_is_another() {
        let mut assumed = Assumptions::read(SHIPPED).unwrap();
        assumed.people = 300;
        let of = |seed| day(&Crowd::draw(&assumed, seed), &assumed, 1000);
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }

    #[test]
    fn one_in_a_hundred_exceeds_the_99th_percentile() {
        let times: Vec<_> = (1..=1000).map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 0.99), Duration::from_millis(990));
        assert_eq!(percentile(&times, 0.5), Duration::from_millis(500));
        assert_eq!(percentile(&[], 0.5), Duration::ZERO);
    }
}

//! Counters: one item whose key names the window, spent before the thing it limits by a plain conditional
//! write. It grows only, and is gone an hour after its window ends.

use super::{Limits, Loopback};
use crate::clock::Timestamp;
use crate::conditional::{Change, Condition, Item, Path, Value, Write, absent, less};
use crate::contact::Contact;
use crate::identity::{Anchor, IdentityClaim};
use crate::issued::IssuedKind;
use crate::keys::{KeyedHash, RegistryKeys};
use std::net::IpAddr;
use std::time::Duration;

/// A day, the window of most counters; days are UTC.
const DAY: Duration = Duration::from_hours(24);
const HOUR: Duration = Duration::from_hours(1);
/// The window of the network counters.
const TEN_MINUTES: Duration = Duration::from_mins(10);
/// How long a counter outlives its window.
const KEPT: Duration = Duration::from_hours(1);
/// An IPv6 /48 may hold many /64 networks, so it gets ten times their limit.
const SITE_FACTOR: u32 = 10;

/// What becomes of an attempt to spend a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spending {
    /// There was room.
    Spent,
    /// There was none. Waiting helps for these seconds, where it helps at all.
    Exhausted {
        /// Seconds to the end of the window.
        retry_after: Option<u64>,
    },
}

/// One counter in one window and the write that spends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    /// The item's key.
    pub key: String,
    /// Counts one, if there is room.
    pub write: Write,
    /// Seconds from now to the end of the window.
    pub ends_in: u64,
}

const COUNT: &str = "n";
const FAILED: &str = "failed";

fn room(attribute: &'static str, limit: u32) -> Condition {
    absent(attribute).or(less(attribute, i64::from(limit)))
}

/// The window that a moment lies in, by number.
fn window_of(now: Timestamp, window: Duration) -> i64 {
    now.as_secs().div_euclid(i64::try_from(window.as_secs()).unwrap_or(i64::MAX))
}

fn window_end(now: Timestamp, window: Duration) -> Timestamp {
    let seconds = i64::try_from(window.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_millis((window_of(now, window) + 1) * seconds * 1000)
}

fn window_ends_in(now: Timestamp, window: Duration) -> u64 {
    now.seconds_until(window_end(now, window))
}

fn hour_attribute(now: Timestamp) -> String {
    format!("h{}", window_of(now, HOUR))
}

fn counter(
    kind: &str,
    value: KeyedHash,
    window: Duration,
    now: Timestamp,
    condition: Condition,
    counts: &'static str,
) -> Counter {
    let kept_until = window_end(now, window).plus(KEPT).as_secs();
    Counter {
        key: format!("B#{kind}#{}#{}", value.to_text(), window_of(now, window)),
        write: Write {
            condition,
            changes: vec![
                Change::Count(counts.into(), 1),
                Change::Set("ttl".into(), Value::Number(kept_until)),
            ],
        },
        ends_in: window_ends_in(now, window),
    }
}

/// The way by which a person comes: `None` the ordinary one, or the route that opens letter or desk alone.
/// Each has counters of its own, so that what is used up on one leaves the others open.
pub type Route = Option<IssuedKind>;

/// All routes.
pub const ROUTES: [Route; 3] = [None, Some(IssuedKind::Letter), Some(IssuedKind::Desk)];

fn on_route(kind: &str, route: Route) -> String {
    route.map_or_else(|| kind.to_owned(), |route| format!("{kind}-{}", route.name()))
}

/// An identification, as far as it is counted.
#[derive(Clone, Copy, Debug)]
pub struct Identification<'a> {
    /// What is claimed.
    pub claim: &'a IdentityClaim,
    /// By which route.
    pub route: Route,
    /// From where.
    pub viewer: IpAddr,
    /// When.
    pub now: Timestamp,
}

impl Limits {
    /// What an identification spends before the registry is asked: every anchor, and the network.
    pub fn identification(&self, by: &Identification<'_>, keys: &RegistryKeys) -> Vec<Counter> {
        let kind = on_route("anchor", by.route);
        let anchors = by
            .claim
            .anchors(Anchor::EveryAttempt, keys)
            .into_iter()
            .map(|value| counter(&kind, value, DAY, by.now, room(COUNT, self.identifications), COUNT));
        anchors.chain(self.network(by, keys, COUNT)).collect()
    }

    /// What a failed identification spends: the other anchors, and the network's failures.
    pub fn failure(&self, by: &Identification<'_>, keys: &RegistryKeys) -> Vec<Counter> {
        self.failed_anchors(by, keys).into_iter().chain(self.network(by, keys, FAILED)).collect()
    }

    /// The anchors that only failures count on. They are read with the registry, so that a value on which
    /// too many failed is refused whoever now states it rightly.
    pub fn failed_anchors(&self, by: &Identification<'_>, keys: &RegistryKeys) -> Vec<Counter> {
        let kind = on_route("failed", by.route);
        by.claim
            .anchors(Anchor::Failures, keys)
            .into_iter()
            .map(|value| counter(&kind, value, DAY, by.now, room(COUNT, self.identifications), COUNT))
            .collect()
    }

    /// Starts and failures of a network are one item: an IPv4 address, an IPv6 /64 and its /48.
    fn network(&self, by: &Identification<'_>, keys: &RegistryKeys, counts: &'static str) -> Vec<Counter> {
        let (viewer, kind) = (by.viewer, on_route("network", by.route));
        if viewer.is_loopback() && self.loopback == Loopback::Lifted {
            return Vec::new();
        }
        let networks = match viewer.to_canonical() {
            IpAddr::V4(address) => vec![(address.to_string(), 1)],
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                vec![
                    (format!("{a:x}:{b:x}:{c:x}:{d:x}::/64"), 1),
                    (format!("{a:x}:{b:x}:{c:x}::/48"), SITE_FACTOR),
                ]
            }
        };
        networks
            .into_iter()
            .map(|(network, factor)| {
                let failures = room(FAILED, self.network_failures * factor);
                // A failure's start is counted already.
                let within = if counts == FAILED {
                    failures
                } else {
                    failures.and(room(COUNT, self.network_starts * factor))
                };
                counter(&kind, keys.counter("network", &network), TEN_MINUTES, by.now, within, counts)
            })
            .collect()
    }

    /// What a send spends on its destination, shared by everybody whom that contact belongs to. Hour and day
    /// are one item, so that a refusal spends neither. What stands in for a contact is counted for its
    /// `decoy` alone, or it would use up a real destination.
    pub fn destination(
        &self,
        contact: &Contact,
        decoy: Option<KeyedHash>,
        keys: &RegistryKeys,
        now: Timestamp,
    ) -> Counter {
        let (kind, (per_hour, per_day)) = match contact {
            Contact::Email(_) => ("email", self.emails),
            Contact::Phone(_) => ("phone", self.sms),
        };
        let value = match decoy {
            Some(person) => keys.decoy(person, kind),
            None => keys.counter(kind, contact.as_str()),
        };
        let this_hour = Path::Named(hour_attribute(now));
        let room_in_hour = absent(this_hour.clone()).or(less(this_hour.clone(), i64::from(per_hour)));
        let mut counter = counter(kind, value, DAY, now, room(COUNT, per_day).and(room_in_hour), COUNT);
        counter.write.changes.push(Change::Count(this_hour, 1));
        counter
    }

    /// How long a destination is closed, as its counter stands: to the end of the day, or of the hour.
    pub fn destination_wait(&self, contact: &Contact, stored: Option<&Item>, now: Timestamp) -> u64 {
        let (_, per_day) = match contact {
            Contact::Email(_) => self.emails,
            Contact::Phone(_) => self.sms,
        };
        let full = match stored.and_then(|item| item.get(COUNT)) {
            Some(Value::Number(count)) => *count >= i64::from(per_day),
            _ => false,
        };
        window_ends_in(now, if full { DAY } else { HOUR })
    }

    /// What an SMS or a call spends of the institution's day and of the country's, in one item.
    pub fn institution_day(
        &self,
        allowance: u32,
        country: (&str, u32),
        keys: &RegistryKeys,
        now: Timestamp,
    ) -> Counter {
        let all = keys.counter("phone", "institution");
        let (code, per_day) = country;
        let of_country = Path::Named(format!("c{}", code.trim_start_matches('+')));
        let room_there = absent(of_country.clone()).or(less(of_country.clone(), i64::from(per_day)));
        let condition = room(COUNT, allowance).and(room_there);
        let mut counter = counter("phone-total", all, DAY, now, condition, COUNT);
        counter.write.changes.push(Change::Count(of_country, 1));
        counter
    }

    /// What starting a challenge spends: the person's starts since success and of the day, in one item that
    /// lasts until a success or a desk reset.
    pub fn start(&self, person: KeyedHash, route: Route, now: Timestamp) -> Counter {
        let today = format!("d{}", window_of(now, DAY));
        let of_today = Path::Named(today);
        let condition = room(COUNT, self.starts_since_success)
            .and(absent(of_today.clone()).or(less(of_today.clone(), i64::from(self.starts_per_day))));
        Counter {
            key: starts_key(person, route),
            write: Write {
                condition,
                changes: vec![Change::Count(COUNT.into(), 1), Change::Count(of_today, 1)],
            },
            ends_in: window_ends_in(now, DAY),
        }
    }
}

/// The key of a person's starts since their last success, by a route.
pub fn starts_key(person: KeyedHash, route: Route) -> String {
    on_route(&format!("L#{}", person.to_text()), route)
}

impl Counter {
    /// The same, for an identifier that nobody has: people's starts are kept until a success, but whatever
    /// strangers make up must go one day.
    #[must_use]
    pub fn of_nobody(mut self, now: Timestamp) -> Self {
        let gone = now.plus(NOBODYS_STARTS_KEPT).as_secs();
        self.write.changes.push(Change::Set("ttl".into(), Value::Number(gone)));
        self
    }

    /// The same question without spending anything: refused where the counter would be.
    #[must_use]
    pub fn without_counting(mut self) -> Self {
        self.write.changes.retain(|change| !matches!(change, Change::Count(..)));
        self
    }
}

/// How long starts are kept that are nobody's: whoever wants to see them forgotten waits for more than a year.
const NOBODYS_STARTS_KEPT: Duration = Duration::from_hours(400 * 24);

/// How often a counter was spent, as stored.
pub const fn count_attribute() -> &'static str {
    COUNT
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> RegistryKeys {
        RegistryKeys::derive(&crate::keys::Key::new([1; 32]))
    }

    fn network_keys(address: &str) -> Vec<String> {
        let viewer = address.parse().unwrap();
        let now = Timestamp::from_millis(1_700_000_000_000);
        let scheme = crate::identity::Scheme {
            id: "student".into(),
            kind: crate::identity::SchemeKind::Proof,
            methods: None,
            profile: "student".into(),
            fields: Vec::new(),
        };
        let claim = &scheme.claim(&std::collections::BTreeMap::new(), "+212").unwrap();
        let by = Identification { claim, route: None, viewer, now };
        Limits::default().network(&by, &keys(), COUNT).into_iter().map(|c| c.key).collect()
    }

    #[test]
    fn neighbours_in_a_64_share_a_counter_and_mapped_addresses_are_ipv4() {
        assert_eq!(network_keys("2001:db8:1:2::3"), network_keys("2001:db8:1:2:ffff::4"));
        assert_eq!(network_keys("2001:db8:1:2::3")[1], network_keys("2001:db8:1:9::1")[1]);
        assert_eq!(network_keys("::ffff:192.0.2.7"), network_keys("192.0.2.7"));
        assert_ne!(network_keys("192.0.2.7"), network_keys("192.0.2.8"));
    }
}

//! Limits: what is counted, over which window, and how much of it is allowed.

mod counters;

pub use counters::{Counter, Identification, ROUTES, Route, Spending, count_attribute, starts_key};

use std::time::Duration;

/// Every limit, with the handbook's defaults (`challenge.md`, Numbers).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a code is good (ASVS 5.0 section 6.5.5).
    pub code_life: Duration,
    /// How long a challenge and its tokens are good, absolute.
    pub session_life: Duration,
    /// Distinct guesses per method.
    pub guesses: i64,
    /// Repeats of the right code after success, for lost answers.
    pub repeats: i64,
    /// Identifications per anchor value and day.
    pub identifications: u32,
    /// Challenges a person may start between two successes.
    pub starts_since_success: u32,
    /// Challenges a person may start in a day.
    pub starts_per_day: u32,
    /// Sends per contact and challenge.
    pub sends_per_contact: i64,
    /// Wait after the first, second and every later send to a contact.
    pub send_spacing: [Duration; 3],
    /// Sends per challenge.
    pub sends_per_challenge: i64,
    /// E-mails to one address in an hour and a day.
    pub emails: (u32, u32),
    /// SMS and calls to one number in an hour and a day.
    pub sms: (u32, u32),
    /// SMS and calls of the institution in a day: at least this many,
    pub sms_per_day: u32,
    /// and at least this share of its people, in hundredths.
    pub sms_per_day_percent: u32,
    /// Identifications started from one network in ten minutes.
    pub network_starts: u32,
    /// Failed identifications from one network in ten minutes.
    pub network_failures: u32,
    /// For loopback, which only a local stack sees: its own limits, or none.
    pub loopback: Loopback,
    /// Different contacts typed per challenge.
    pub typed_contacts: i64,
    /// How long verify-identity takes at least, and send-code, where no answer may tell whether a person
    /// exists.
    pub response_floor: (Duration, Duration),
}

/// What the network limit is for requests from this machine itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loopback {
    /// As for every network.
    Limited,
    /// None.
    Lifted,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            code_life: Duration::from_mins(10),
            session_life: Duration::from_mins(15),
            guesses: 5,
            repeats: 3,
            identifications: 10,
            starts_since_success: 20,
            starts_per_day: 5,
            sends_per_contact: 3,
            send_spacing: [Duration::from_secs(30), Duration::from_mins(1), Duration::from_mins(2)],
            sends_per_challenge: 6,
            emails: (6, 12),
            sms: (4, 8),
            sms_per_day: 100,
            sms_per_day_percent: 2,
            network_starts: 300,
            network_failures: 30,
            loopback: Loopback::Limited,
            typed_contacts: 3,
            response_floor: (Duration::from_millis(300), Duration::from_secs(1)),
        }
    }
}

impl Limits {
    /// How many SMS and calls an institution of so many people may make in a day.
    pub fn phone_allowance(&self, people: u64) -> u32 {
        let share = people.saturating_mul(u64::from(self.sms_per_day_percent)).div_ceil(100);
        self.sms_per_day.max(u32::try_from(share).unwrap_or(u32::MAX))
    }

    /// Whether waiting for the next day helps a person whose start was refused, given the stored count.
    pub fn waiting_helps_starts(&self, starts_since_success: i64) -> bool {
        starts_since_success < i64::from(self.starts_since_success)
    }

    /// The wait after the send that brings a contact's sends to `sends`.
    pub fn spacing_after(&self, sends: i64) -> Duration {
        let index = usize::try_from(sends - 1).unwrap_or(0).min(self.send_spacing.len() - 1);
        self.send_spacing[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_institution_may_send_a_hundred_sms_a_day_or_one_for_every_fifty_people() {
        let limits = Limits::default();
        assert_eq!(limits.phone_allowance(240), 100);
        assert_eq!(limits.phone_allowance(40_000), 800);
    }

    #[test]
    fn the_wait_between_sends_grows() {
        let limits = Limits::default();
        assert_eq!([1, 2, 3, 4].map(|n| limits.spacing_after(n).as_secs()), [30, 60, 120, 120]);
    }
}

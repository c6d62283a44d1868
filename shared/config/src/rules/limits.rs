//! Limits.

use crate::bounds::{self, Bounds};
use crate::fault::Faults;
use crate::institution::{HourAndDay, LimitsFile};
use recupmail_domain::limits::Limits;
use std::time::Duration;

pub(super) fn limits(file: &LimitsFile, faults: &mut Faults) -> Limits {
    let mut members = Members(faults);
    let limits = Limits {
        code_life: members.minutes("code_life_minutes", file.code_life_minutes, bounds::CODE_LIFE_MINUTES),
        session_life: members.minutes(
            "session_life_minutes",
            file.session_life_minutes,
            bounds::SESSION_LIFE_MINUTES,
        ),
        guesses: members.number("guesses", file.guesses, bounds::GUESSES),
        identifications: members.number("identifications", file.identifications, bounds::IDENTIFICATIONS),
        starts_since_success: members.number(
            "starts_since_success",
            file.starts_since_success,
            bounds::STARTS_SINCE_SUCCESS,
        ),
        starts_per_day: members.number("starts_per_day", file.starts_per_day, bounds::STARTS_PER_DAY),
        sends_per_contact: members.number(
            "sends_per_contact",
            file.sends_per_contact,
            bounds::SENDS_PER_CONTACT,
        ),
        send_spacing: file.send_spacing_seconds.map(|seconds| {
            Duration::from_secs(members.number("send_spacing_seconds", seconds, bounds::SEND_SPACING_SECONDS))
        }),
        sends_per_challenge: members.number(
            "sends_per_challenge",
            file.sends_per_challenge,
            bounds::SENDS_PER_CHALLENGE,
        ),
        emails: members.hour_and_day("emails", file.emails, bounds::EMAILS_PER_HOUR, bounds::EMAILS_PER_DAY),
        sms: members.hour_and_day("sms", file.sms, bounds::SMS_PER_HOUR, bounds::SMS_PER_DAY),
        sms_per_day: members.number("sms_per_day", file.sms_per_day, bounds::INSTITUTION_SMS_PER_DAY),
        sms_per_day_percent: members.number(
            "sms_per_day_percent",
            file.sms_per_day_percent,
            bounds::INSTITUTION_SMS_PERCENT,
        ),
        network_starts: members.number("network_starts", file.network_starts, bounds::NETWORK_STARTS),
        network_failures: members.number("network_failures", file.network_failures, bounds::NETWORK_FAILURES),
        typed_contacts: members.number("typed_contacts", file.typed_contacts, bounds::TYPED_CONTACTS),
        ..Limits::default()
    };
    check_together(&limits, faults);
    limits
}

/// The members of `[limits]`.
struct Members<'a>(&'a mut Faults);

impl Members<'_> {
    fn number<T: TryFrom<i64> + Default>(&mut self, name: &str, value: i64, bounds: Bounds) -> T {
        self.0.within(&format!("limits.{name}"), value, bounds)
    }

    fn minutes(&mut self, name: &str, value: i64, bounds: Bounds) -> Duration {
        Duration::from_mins(self.number(name, value, bounds))
    }

    fn hour_and_day(&mut self, name: &str, value: HourAndDay, hour: Bounds, day: Bounds) -> (u32, u32) {
        if value.hour > value.day {
            self.0.add(format!("limits.{name}.hour"), "must be at most `day`");
        }
        (
            self.number(&format!("{name}.hour"), value.hour, hour),
            self.number(&format!("{name}.day"), value.day, day),
        )
    }
}

fn check_together(limits: &Limits, faults: &mut Faults) {
    let Limits { starts_per_day, starts_since_success, .. } = limits;
    faults.ensure(
        starts_per_day <= starts_since_success,
        "limits.starts_per_day",
        "must be at most `starts_since_success`",
    );
    faults.ensure(
        limits.sends_per_contact <= limits.sends_per_challenge,
        "limits.sends_per_contact",
        "must be at most `sends_per_challenge`",
    );
    faults.ensure(
        limits.send_spacing.is_sorted(),
        "limits.send_spacing_seconds",
        "must not fall: each wait is at least as long as the one before",
    );
    faults.ensure(
        limits.network_failures <= limits.network_starts,
        "limits.network_failures",
        "must be at most `network_starts`, which counts them too",
    );
}

//! Moments, as people of the institution read them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp as Instant, Zoned};
use recupmail_config::Institution;
use recupmail_domain::clock::Timestamp;
use serde::{Serialize, Serializer};

/// The institution's time zone.
pub(crate) fn zone(institution: &Institution) -> TimeZone {
    TimeZone::get(&institution.time_zone).unwrap_or(TimeZone::UTC)
}

fn zoned(at: Timestamp, zone: &TimeZone) -> Zoned {
    Instant::from_millisecond(at.as_millis()).unwrap_or(Instant::MAX).to_zoned(zone.clone())
}

/// `2026-11-21 14:05` there.
pub(crate) fn minute(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%Y-%m-%d %H:%M").to_string()
}

/// A moment that programs read in RFC 3339, in UTC.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment(pub(crate) Timestamp);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let instant = Instant::from_millisecond(self.0.as_millis()).unwrap_or(Instant::MAX);
        serializer.collect_str(&instant)
    }
}

/// `2026-11-21` there.
pub(crate) fn day(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%Y-%m-%d").to_string()
}

/// `21/11/2026` there, as French letters have it.
pub(crate) fn day_of_letter(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%d/%m/%Y").to_string()
}

/// When a day begins there.
pub(crate) fn start_of(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    let start = day.to_zoned(zone.clone()).ok()?;
    Some(Timestamp::from_millis(start.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_in_the_institutions_time() {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let at = Timestamp::from_millis(1_795_303_500_000);
        assert_eq!(serde_json::to_value(Moment(at)).unwrap(), "2026-11-21T23:25:00Z");
        assert_eq!(minute(at, &zone), "2026-11-22 00:25");
        assert_eq!((day(at, &zone), day_of_letter(at, &zone)), ("2026-11-22".into(), "22/11/2026".into()));
        let start = start_of(Date::constant(2026, 11, 22), &zone).unwrap();
        assert_eq!(serde_json::to_value(Moment(start)).unwrap(), "2026-11-21T23:00:00Z");
    }
}

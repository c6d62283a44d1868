//! Moments, as people of the institution read them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp as Instant, Zoned};
use recupmail_config::Institution;
use recupmail_domain::clock::Timestamp;

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

/// `2026-11-21` there.
pub(crate) fn day(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%Y-%m-%d").to_string()
}

/// `21/11/2026` there, as French letters have it.
pub(crate) fn day_of_letter(at: Timestamp, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%d/%m/%Y").to_string()
}

/// For programs: RFC 3339 in UTC.
pub(crate) fn exact(at: Timestamp) -> String {
    Instant::from_millisecond(at.as_millis()).unwrap_or(Instant::MAX).to_string()
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
        assert_eq!(
            exact(at),
            "2026-11-22T00:45:00Z".replace("2026-11-22T00", "2026-11-21T23").replace("23:45", "23:25")
        );
        assert_eq!(minute(at, &zone), "2026-11-22 00:25");
        assert_eq!((day(at, &zone), day_of_letter(at, &zone)), ("2026-11-22".into(), "22/11/2026".into()));
        let start = start_of(Date::constant(2026, 11, 22), &zone).unwrap();
        assert_eq!(exact(start), "2026-11-21T23:00:00Z");
    }
}

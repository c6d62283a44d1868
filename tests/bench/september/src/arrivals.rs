//! When students come.

use crate::assumptions::Assumptions;
use rand::{Rng, RngExt};
use std::time::Duration;

const HOUR: f64 = 3600.0;

/// When each student opens the page, since midnight.
pub(crate) fn arrivals(assumed: &Assumptions, rng: &mut impl Rng) -> Vec<Duration> {
    let rushing = f64::from(assumed.people) * assumed.rush_share;
    (0..assumed.people)
        .map(|student| {
            let hour = if f64::from(student) < rushing { rush(assumed, rng) } else { other(assumed, rng) };
            Duration::from_secs_f64(hour * HOUR)
        })
        .collect()
}

/// An hour of the rush: the mean of two even draws rises and falls evenly.
fn rush(assumed: &Assumptions, rng: &mut impl Rng) -> f64 {
    let place = f64::midpoint(rng.random(), rng.random());
    f64::from(assumed.rush_begins_hour) + f64::from(assumed.rush_hours) * place
}

/// An hour of the rest of the day, by the hours' weights.
fn other(assumed: &Assumptions, rng: &mut impl Rng) -> f64 {
    let mut place = rng.random_range(0..assumed.hours.iter().sum());
    let mut hour = 0.0;
    for weight in assumed.hours {
        if place < weight {
            break;
        }
        place -= weight;
        hour += 1.0;
    }
    hour + rng.random::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assumptions::SHIPPED;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn half_of_forty_thousand_come_within_two_hours() {
        let assumed = Assumptions::read(SHIPPED).unwrap();
        let arrivals = arrivals(&assumed, &mut StdRng::seed_from_u64(1));
        let hours = |from: u64, to: u64| {
            arrivals.iter().filter(|at| (from * 3600..to * 3600).contains(&at.as_secs())).count()
        };
        assert_eq!(arrivals.len(), 40_000);
        assert_eq!(hours(10, 12), 20_000);
        assert_eq!(hours(0, 24), 40_000);
        assert!(hours(2, 3) < hours(9, 10));
    }
}

//! How long something takes, when it does not always take the same.

use rand::{Rng, RngExt};
use serde::Deserialize;
use std::f64::consts::TAU;
use std::time::Duration;

/// So many standard deviations above its mean has a normal distribution its 99th percentile.
const TO_P99: f64 = 2.326_347_9;

/// A lognormal distribution.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spread {
    /// Half take no longer.
    pub(crate) median: f64,
    /// One in a hundred takes longer.
    pub(crate) p99: f64,
}

impl Spread {
    /// One draw, of a spread in seconds.
    pub(crate) fn seconds(self, rng: &mut impl Rng) -> Duration {
        Duration::from_secs_f64(self.draw(rng))
    }

    /// One draw, of a spread in milliseconds.
    pub(crate) fn millis(self, rng: &mut impl Rng) -> Duration {
        Duration::from_secs_f64(self.draw(rng) / 1e3)
    }

    fn draw(self, rng: &mut impl Rng) -> f64 {
        let deviation = (self.p99 / self.median).ln() / TO_P99;
        self.median * (deviation * normal(rng)).exp()
    }
}

/// Box and Muller's way to a standard normal.
fn normal(rng: &mut impl Rng) -> f64 {
    let (radius, angle): (f64, f64) = (1.0 - rng.random::<f64>(), rng.random());
    (-2.0 * radius.ln()).sqrt() * (TAU * angle).cos()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn half_are_below_the_median_and_one_in_a_hundred_above_the_99th_percentile() {
        let mut rng = StdRng::seed_from_u64(1);
        let spread = Spread { median: 4.0, p99: 20.0 };
        let draws: Vec<_> = (0..100_000).map(|_| spread.draw(&mut rng)).collect();
        let above = |bound| draws.iter().filter(|draw| **draw > bound).count();
        assert!((49_000..51_000).contains(&above(4.0)), "{}", above(4.0));
        assert!((900..1_100).contains(&above(20.0)), "{}", above(20.0));
    }
}

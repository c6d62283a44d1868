//! The machine's own clock and randomness: the one place that touches them.

use rand::SeedableRng;
use rand::rngs::{StdRng, SysRng};
use recupmail_domain::clock::{Clock, Timestamp};
use std::path::PathBuf;
use std::time::SystemTime;

/// The machine's clock, which debug builds may set ahead: the local stack moves time this way, so that
/// tests of expiry need not wait. Release builds have no such thing.
#[derive(Debug)]
struct SystemClock {
    #[cfg_attr(not(debug_assertions), expect(dead_code, reason = "release builds refuse an offset"))]
    offset_file: Option<PathBuf>,
}

/// The machine's clock. `offset_file` holds seconds to add, in debug builds.
pub fn system_clock(offset_file: Option<PathBuf>) -> impl Clock {
    SystemClock { offset_file }
}

impl SystemClock {
    #[cfg(debug_assertions)]
    fn offset_seconds(&self) -> i64 {
        let read = self.offset_file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
        read.and_then(|text| text.trim().parse().ok()).unwrap_or(0)
    }

    #[cfg(not(debug_assertions))]
    #[expect(clippy::unused_self, reason = "the debug build reads its file")]
    const fn offset_seconds(&self) -> i64 {
        0
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the machine's clock comes in")]
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let millis = i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(millis + self.offset_seconds() * 1000)
    }
}

/// A generator seeded by the operating system, for one request.
///
/// # Panics
/// If the operating system has no randomness, for then nothing here is safe.
pub fn machine_rng() -> StdRng {
    match StdRng::try_from_rng(&mut SysRng) {
        Ok(rng) => rng,
        Err(error) => unreachable!("the operating system gives no randomness: {error}"),
    }
}

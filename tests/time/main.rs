//! What time does to a recovery. The functions' clock is set ahead instead of waiting; since all functions of a
//! stack share it, the tests on one stack run one after the other and time goes forward only.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

mod codes;
mod days;
mod issued;
mod sends;

use recupmail_tests::{Stack, stack_of};
use tokio::sync::{Mutex, MutexGuard};

/// An institution's present, held by one test at a time.
struct Present {
    stack: &'static Stack,
    ahead: MutexGuard<'static, u64>,
}

impl Present {
    async fn hold() -> Self {
        Self::hold_at("usms").await
    }

    async fn hold_at(institution: &'static str) -> Self {
        static USMS: Mutex<u64> = Mutex::const_new(0);
        static AIX: Mutex<u64> = Mutex::const_new(0);
        let ahead = if institution == "usms" { &USMS } else { &AIX };
        Self { stack: stack_of(institution), ahead: ahead.lock().await }
    }

    async fn pass(&mut self, seconds: u64) {
        *self.ahead += seconds;
        self.stack.set_clock_ahead(*self.ahead).await;
    }

    /// Goes on to the next day's beginning, so that no window ends unasked.
    async fn begin_day(&mut self) {
        self.pass(self.stack.seconds_to_next_day(*self.ahead)).await;
    }
}

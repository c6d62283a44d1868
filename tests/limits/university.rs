//! A stack that reaches its limits soon, and whose clock tests may set ahead.

use recupmail_tests::{Stack, variant};
use std::sync::OnceLock;
use tokio::sync::{Mutex, MutexGuard};

/// A university of 240 people with two SMS a day for each hundred of them, which is five; four of these may go
/// to Morocco, and France is allowed too. It has a help desk, and networks are limited as in a deployment.
pub(crate) fn university() -> &'static Stack {
    static STACK: OnceLock<Stack> = OnceLock::new();
    STACK.get_or_init(|| {
        let changes = [
            ("offered = [\"email\", \"sms\"]", "offered = [\"email\", \"sms\", \"desk\"]"),
            ("\"+212\" = 1000", "\"+212\" = 4\n\"+33\" = 1000"),
            ("[office]", "[limits]\nsms_per_day = 0\nsms_per_day_percent = 2\n\n[office]"),
        ];
        let folder = variant("usms", "usms-with-short-days", &changes);
        Stack::start(&[("INSTITUTION", &folder), ("RECUPMAIL_LOCAL_NETWORK_LIMIT", "300")])
    })
}

/// A day of the university, for one test alone.
pub(crate) struct Today(MutexGuard<'static, u64>);

impl Today {
    pub(crate) async fn begin() -> Self {
        static AHEAD: Mutex<u64> = Mutex::const_new(0);
        let mut today = Self(AHEAD.lock().await);
        today.pass(university().seconds_to_next_day(*today.0)).await;
        today
    }

    pub(crate) async fn pass(&mut self, seconds: u64) {
        *self.0 += seconds;
        university().set_clock_ahead(*self.0).await;
    }
}

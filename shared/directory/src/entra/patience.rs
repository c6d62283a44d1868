//! What is asked again, when, and for how long.

use recupmail_domain::ports::{Unavailable, WriteFailure};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The first pause where the service names none; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(400);

/// A request that did not come to its end.
#[derive(Debug)]
pub(super) struct Setback {
    /// Why.
    pub(super) cause: Unavailable,
    /// Whether the service may have done what it was asked for.
    pub(super) perhaps_done: bool,
    /// Whether asking again may help.
    pub(super) again: Again,
}

/// Whether asking again may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// It does not.
    Never,
    /// In a moment.
    Soon,
    /// After this time, as the service says.
    After(Duration),
}

/// The time that a change has, and what is known of it so far.
#[derive(Debug)]
pub(super) struct Patience {
    until: Instant,
    half: Duration,
    pause: Duration,
    /// Whether any request so far may have been done.
    pub(super) perhaps_done: bool,
}

impl Setback {
    /// Nothing was done, and nothing would come of asking again.
    pub(super) const fn never(cause: Unavailable) -> Self {
        Self { cause, perhaps_done: false, again: Again::Never }
    }
}

impl Patience {
    /// Until this moment.
    pub(super) fn until(until: Instant) -> Self {
        let half = until.saturating_duration_since(Instant::now()) / 2;
        Self { until, half, pause: PAUSE, perhaps_done: false }
    }

    /// The time that is left.
    pub(super) fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// The time that one request may take, so that another may follow: half of what there was.
    pub(super) fn for_one(&self) -> Duration {
        self.left().min(self.half)
    }

    /// Waits until the request may be made again; gives the setback back if it may not be, or not in time.
    pub(super) async fn bear(&mut self, setback: Setback) -> Result<(), Setback> {
        self.perhaps_done |= setback.perhaps_done;
        let pause = match setback.again {
            Again::Never => return Err(setback),
            Again::Soon => self.pause,
            Again::After(pause) => pause,
        };
        if pause >= self.left() {
            return Err(setback);
        }
        self.pause *= 2;
        sleep(pause).await;
        Ok(())
    }

    /// What becomes of a change that was given up.
    pub(super) fn give_up(&self, setback: Setback) -> WriteFailure {
        if self.perhaps_done || setback.perhaps_done {
            WriteFailure::Unknown(setback.cause)
        } else {
            WriteFailure::NotWritten(setback.cause)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setback(perhaps_done: bool, again: Again) -> Setback {
        Setback { cause: Unavailable::new("test", "test"), perhaps_done, again }
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_and_end_before_the_time_is_up() {
        let began = Instant::now();
        let mut patience = Patience::until(began + Duration::from_secs(3));
        let mut times = Vec::new();
        while patience.bear(setback(false, Again::Soon)).await.is_ok() {
            times.push((Instant::now() - began).as_millis());
        }
        assert_eq!(times, [400, 1200, 2800]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_services_own_pause_is_honoured_where_it_fits() {
        let began = Instant::now();
        let mut patience = Patience::until(began + Duration::from_secs(10));
        assert!(patience.bear(setback(false, Again::After(Duration::from_secs(7)))).await.is_ok());
        assert_eq!((Instant::now() - began).as_secs(), 7);
        assert!(patience.bear(setback(false, Again::After(Duration::from_secs(7)))).await.is_err());
        assert_eq!((Instant::now() - began).as_secs(), 7, "nobody waits in vain");
        assert!(patience.bear(setback(false, Again::Never)).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_perhaps_done_once_stays_perhaps_done() {
        let mut patience = Patience::until(Instant::now() + Duration::from_secs(10));
        assert!(matches!(patience.give_up(setback(false, Again::Never)), WriteFailure::NotWritten(_)));
        assert!(matches!(patience.give_up(setback(true, Again::Never)), WriteFailure::Unknown(_)));
        patience.bear(setback(true, Again::Soon)).await.unwrap();
        assert!(matches!(patience.give_up(setback(false, Again::Never)), WriteFailure::Unknown(_)));
    }
}

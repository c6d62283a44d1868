//! How long an instance takes: it uses its share of a processor and waits for the network by turns.

use crate::assumptions::Assumptions;
use crate::call::{Call, Trip};
use crate::figures::{Candidate, millis};
use crate::fleet::{Instance, Start};
use rand::Rng;
use std::time::Duration;

/// Functions of one kind, and what they wait for.
#[derive(Debug)]
pub(crate) struct Service<'a> {
    /// What was measured of them.
    pub(crate) measured: &'a Candidate,
    /// What is assumed of the rest.
    pub(crate) assumed: &'a Assumptions,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Answered {
    /// When.
    pub(crate) at: Duration,
    /// What Lambda charges for: init and invocation, rounded up to milliseconds.
    pub(crate) billed: Duration,
}

impl Service<'_> {
    /// Lets an instance answer a call that begins now.
    pub(crate) fn answer(
        &self,
        call: Call,
        start: Start,
        instance: &mut Instance,
        now: Duration,
        rng: &mut impl Rng,
    ) -> Answered {
        let measured = &self.measured[call.function()];
        let (mut at, mut init, mut work) = (now, Duration::ZERO, measured.warm_cpu_ms);
        if start == Start::Cold {
            init = millis(measured.init_ms) + self.assumed.secrets_ms.millis(rng);
            at += self.assumed.sandbox_ms.millis(rng) + init;
            work = measured.first_cpu_ms;
        }
        let begun = at;
        // A part of the work before each trip, and one after the last.
        let parts = u32::try_from(call.trips().len() + 1).unwrap_or(u32::MAX);
        let part = millis(work * self.assumed.processor) / parts;
        for trip in call.trips() {
            at = instance.processor.run(at, part) + self.wait(*trip, rng);
        }
        at = instance.processor.run(at, part);
        instance.busy_until = at;
        Answered { at, billed: whole_millis(init + at.saturating_sub(begun)) }
    }

    fn wait(&self, trip: Trip, rng: &mut impl Rng) -> Duration {
        let dynamodb = self.assumed.dynamodb_ms;
        match trip {
            Trip::Calls(number) => (0..number).map(|_| dynamodb.millis(rng)).max().unwrap_or_default(),
            Trip::Transaction => dynamodb.millis(rng) + dynamodb.millis(rng),
            Trip::Message => self.assumed.message_ms.millis(rng),
        }
    }
}

fn whole_millis(time: Duration) -> Duration {
    Duration::from_millis(u64::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX))
}

//! What is used and paid for.

use crate::assumptions::Assumptions;
use crate::call::{Call, memory_mb};
use crate::fleet::Start;
use crate::person::{Act, Plan};
use crate::service::Answered;

/// Counts of what AWS charges for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Usage {
    /// Invocations of functions.
    pub(crate) requests: u64,
    /// Memory in GB times seconds of init and invocations.
    pub(crate) gb_seconds: f64,
    /// Of DynamoDB.
    pub(crate) read_units: u64,
    /// Of DynamoDB.
    pub(crate) write_units: u64,
    /// Cold starts read two secrets each, logout's one.
    pub(crate) secrets_read: u64,
    /// Codes and notices.
    pub(crate) mails: u64,
    /// Codes and notices.
    pub(crate) sms: u64,
    /// Requests that CloudFront answers or passes on.
    pub(crate) site_requests: u64,
    /// What logs take, in bytes.
    pub(crate) log_bytes: u64,
}

impl Usage {
    /// Adds an invocation.
    pub(crate) fn invoked(
        &mut self,
        act: &Act,
        plan: &Plan,
        start: Start,
        answered: &Answered,
        assumed: &Assumptions,
    ) {
        let (reads, writes) = act.call.units();
        let memory = f64::from(memory_mb(act.call.function())) / 1024.0;
        self.requests += 1;
        self.gb_seconds += memory * answered.billed.as_secs_f64();
        self.read_units += reads;
        self.write_units += writes;
        self.secrets_read += match (start, act.call) {
            (Start::Cold, Call::Leave) => 1,
            (Start::Cold, _) => 2,
            _ => 0,
        };
        self.log_bytes += assumed.log_line_bytes * if act.call == Call::Look { 1 } else { 2 };
        if act.call == Call::Send {
            *(if plan.by_sms { &mut self.sms } else { &mut self.mails }) += 1;
        }
        // A notice tells of an accepted password alone, and goes to every contact.
        if act.call == Call::Change && act.right {
            self.mails += 1;
            self.sms += u64::from(plan.has_phone);
        }
    }
}

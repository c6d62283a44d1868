//! What the pages call, and what each call asks of the cloud.

/// A call of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Who are you?
    Identify,
    /// A page asks where the session stands.
    Look,
    /// Sends a code.
    Send,
    /// Is the code right?
    Confirm,
    /// A new password.
    Change,
    /// Signs out.
    Leave,
}

/// What an invocation waits for before it goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trip {
    /// So many calls to DynamoDB at once.
    Calls(u32),
    /// A transaction of DynamoDB.
    Transaction,
    /// A mail or an SMS.
    Message,
}

/// The functions.
pub(crate) const FUNCTIONS: [&str; 5] =
    ["verify-identity", "send-code", "confirm-code", "set-password", "logout"];

impl Call {
    /// The function that answers it.
    pub(crate) const fn function(self) -> &'static str {
        match self {
            Self::Identify | Self::Look => "verify-identity",
            Self::Send => "send-code",
            Self::Confirm => "confirm-code",
            Self::Change => "set-password",
            Self::Leave => "logout",
        }
    }

    /// Its trips, one after another, as `tests/trips.rs` counts them; where messages go out between.
    pub(crate) const fn trips(self) -> &'static [Trip] {
        match self {
            Self::Identify => &[Trip::Calls(4), Trip::Calls(2)],
            Self::Look | Self::Confirm | Self::Leave => &[Trip::Calls(1)],
            Self::Send => &[Trip::Calls(1), Trip::Calls(1), Trip::Calls(1), Trip::Message],
            Self::Change => &[Trip::Calls(1), Trip::Transaction, Trip::Message, Trip::Calls(3)],
        }
    }

    /// The read and write units that DynamoDB charges, as `tests/trips.rs` counts them.
    pub(crate) const fn units(self) -> (u64, u64) {
        match self {
            Self::Identify => (2, 4),
            Self::Look => (1, 0),
            Self::Send => (1, 2),
            Self::Confirm | Self::Leave => (0, 1),
            Self::Change => (1, 7),
        }
    }
}

/// The memory of a function in MB, as `infra/template.yaml` has it.
pub(crate) fn memory_mb(function: &str) -> u32 {
    if function == "set-password" { 256 } else { 128 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recovery_pays_the_units_of_the_handbook_and_looks_besides() {
        let sum = |calls: &[Call]| {
            calls
                .iter()
                .map(|call| call.units())
                .fold((0, 0), |(r, w), (reads, writes)| (r + reads, w + writes))
        };
        assert_eq!(sum(&[Call::Identify, Call::Send, Call::Confirm, Call::Change]), (4, 14));
        assert_eq!(sum(&[Call::Look; 3]), (3, 0));
    }
}

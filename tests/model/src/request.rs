//! Requests that are under way: they have done a step and carry what they know to the next.
//!
//! Only sending a code carries anything. A guess, a repeat, a password or a logout decides by one write
//! alone, with nothing from before but constants and the clock, so it is not kept: its write may happen
//! at any time, which is every order of parallel requests.

/// A place in [`crate::Setting::starts`].
pub(crate) type ChallengeIndex = usize;
/// A method of the person: a contact, letter or desk.
pub(crate) type Method = u8;
/// A code, for its mac.
pub(crate) type Code = u8;

/// What a request to send a code knows after it read the challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Order {
    pub(crate) challenge: ChallengeIndex,
    pub(crate) method: Method,
    pub(crate) code: Code,
    /// The tick at which it read.
    pub(crate) read_at: i64,
    /// The method's sends, as read.
    pub(crate) sends_before: i64,
    /// The proven live code, if there was one: its code, its method, and the methods proven with it.
    pub(crate) proven: Option<(Code, Method, u8)>,
}

/// A request between two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Request {
    /// It read the challenge; the code that was issued is looked up next.
    Find(Order),
    /// It has a code; the write comes next, by the clock as it then is or as it was since.
    Send(Order),
    /// The answer of its write was lost, so the very same write comes again.
    Again(Order, i64),
    /// It ended, but a copy of its write is still on its way.
    Late(Order, i64),
    /// Its code certainly was not delivered; the send is to be given back.
    GiveBack(Order, i64),
}

impl Request {
    pub(crate) const fn order(&self) -> &Order {
        match self {
            Self::Find(order)
            | Self::Send(order)
            | Self::Again(order, _)
            | Self::Late(order, _)
            | Self::GiveBack(order, _) => order,
        }
    }
}

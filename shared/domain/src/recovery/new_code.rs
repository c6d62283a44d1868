//! The code that a send is about: new, or issued beforehand, or nobody's; and the room that it takes.

use super::send_code::{Outgoing, SendCodeError, Sent};
use super::{House, Inconsistent};
use crate::challenge::{Challenge, Method, MethodId};
use crate::clock::Timestamp;
use crate::code::OneTimeCode;
use crate::contact::Contact;
use crate::keys::Mac256;
use crate::limits::Counter;
use crate::person::Profile;
use crate::ports::{FindIssued, Room, SendMessage, SpendLimit, Unavailable};
use futures_util::future::try_join;
use rand::CryptoRng;

/// What a code is to prove, and where it goes: nowhere for letter and desk.
pub(super) struct Target<'a> {
    pub(super) method: Method,
    pub(super) contact: Option<&'a Contact>,
    /// Whether the contact is nobody's.
    pub(super) decoy: bool,
}

impl<'a> Target<'a> {
    pub(super) fn of(profile: &'a Profile, id: &MethodId) -> Result<Self, Inconsistent> {
        let reached = id.contact();
        let contact = reached.index().and_then(|index| profile.shown().get(index));
        let kind = id.kind(contact).ok_or(Inconsistent::Method)?;
        Ok(Self { method: Method { contact: reached, kind }, contact, decoy: profile.is_decoy() })
    }
}

/// A code that is about to be live.
pub(super) struct NewCode {
    pub(super) mac: Mac256,
    /// The code itself, where it is to be sent.
    pub(super) text: Option<OneTimeCode>,
    /// When it was issued, where it is armed.
    pub(super) armed: Option<Timestamp>,
}

/// The second trip: room at the destination, or the code that was issued. Where nobody can have received
/// one, the mac is random, and no code confirms it.
pub(super) async fn prepare(
    outgoing: &Outgoing<'_, impl SpendLimit, impl FindIssued, impl SendMessage>,
    challenge: &Challenge,
    target: &Target<'_>,
    house: &House<'_>,
    rng: &mut (impl CryptoRng + Send),
) -> Result<Result<NewCode, Sent>, SendCodeError> {
    let keys = house.keys.session.version(challenge.id.root_version()).ok_or(Inconsistent::RootVersion)?;
    let nobodys = |rng: &mut _| NewCode { mac: Mac256::random(rng), text: None, armed: None };
    if let Some(kind) = target.method.kind.issued() {
        let found = outgoing.issued.find_issued(challenge.person, kind).await?;
        let Some(code) = found.filter(|code| code.good(house.clock.now())) else {
            return Ok(Ok(nobodys(rng)));
        };
        let mac = keys.inner_mac(challenge.id.as_str(), &code.inner);
        // There is no other code to arm instead, and waiting does not help: another challenge does.
        if guessed(challenge, &mac) {
            return Ok(Err(Sent::TooManyAttempts));
        }
        return Ok(Ok(NewCode { mac, text: None, armed: Some(code.issued) }));
    }
    if let Some(contact) = target.contact
        && let Some(wait) = reserve(outgoing.limits, contact, challenge, target, house).await?
    {
        return Ok(Err(Sent::SendLimit { retry_after: Some(wait) }));
    }
    if target.decoy {
        return Ok(Ok(nobodys(rng)));
    }
    loop {
        let code = house.rules.code.generate(rng);
        let mac = keys.code_mac(&house.keys.registry, challenge.id.as_str(), code.reveal());
        if !guessed(challenge, &mac) {
            return Ok(Ok(NewCode { mac, text: Some(code), armed: None }));
        }
    }
}

/// Whether a code was typed already, at another that was live: it would be proven as soon as it is live.
fn guessed(challenge: &Challenge, mac: &Mac256) -> bool {
    let unproven = challenge.code.as_ref().filter(|live| !live.proven());
    unproven.is_some_and(|live| live.seen.contains(&mac.to_vec()))
}

/// Reserves room at the destination, and asks beside it whether the institution's day has any: a code in hand
/// is replaced only by one that can be sent. Tells how long there is no room.
async fn reserve(
    limits: &impl SpendLimit,
    contact: &Contact,
    challenge: &Challenge,
    target: &Target<'_>,
    house: &House<'_>,
) -> Result<Option<u64>, Unavailable> {
    let (rules, now) = (&house.rules.limits, house.clock.now());
    let decoy = target.decoy.then_some(challenge.person);
    let counter = rules.destination(contact, decoy, &house.keys.registry, now);
    let day = institutions_day(challenge, target, house).map(Counter::without_counting);
    let (reserved, day_closed) = try_join(limits.spend(&counter), closed(limits, day)).await?;
    let destination_closed = match reserved {
        Room::Counted => None,
        Room::Full(stored) => Some(rules.destination_wait(contact, stored.as_ref(), now)),
    };
    Ok(destination_closed.max(day_closed))
}

/// An SMS or a call counts on the institution's day too, and on the country's. It is spent beside the new
/// code, only by who found room at the destination, so that nobody can use the day up without numbers that
/// take its messages; a decoy asks without spending. Tells how long the day is closed.
pub(super) async fn spend_institutions_day(
    limits: &impl SpendLimit,
    challenge: &Challenge,
    target: &Target<'_>,
    house: &House<'_>,
) -> Result<Option<u64>, Unavailable> {
    let day = institutions_day(challenge, target, house);
    closed(limits, day.map(|day| if target.decoy { day.without_counting() } else { day })).await
}

/// The day that an SMS or a call counts on.
fn institutions_day(challenge: &Challenge, target: &Target<'_>, house: &House<'_>) -> Option<Counter> {
    let Some(Contact::Phone(number)) = target.contact else { return None };
    let country = house.rules.methods.country_of(number)?;
    let (keys, now) = (&house.keys.registry, house.clock.now());
    Some(house.rules.limits.institution_day(challenge.phone_allowance, country, keys, now))
}

/// Spends a counter, if there is one. Tells how long it is closed.
async fn closed(limits: &impl SpendLimit, counter: Option<Counter>) -> Result<Option<u64>, Unavailable> {
    let Some(counter) = counter else { return Ok(None) };
    Ok(match limits.spend(&counter).await? {
        Room::Counted => None,
        Room::Full(_) => Some(counter.ends_in),
    })
}

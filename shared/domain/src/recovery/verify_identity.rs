//! The first step: who are you?
//!
//! Two trips: the registry is read while the counters are spent, so that a guess is counted before its
//! answer is known; then the challenge is stored while the person's start is counted.

use super::session::Session;
use super::state::StateView;
use super::subject::{Search, Subject};
use super::{House, Inconsistent, Trouble};
use crate::challenge::{Challenge, ChallengeId, ContactId, Method, Opening};
use crate::conditional::Value;
use crate::contact::Contact;
use crate::identity::{FieldError, FieldFault, IdentityClaim, Scheme, SchemeKind};
use crate::issued::IssuedKind;
use crate::limits::{Counter, Identification, Route, Spending, count_attribute};
use crate::person::{Profile, RegistrySummary};
use crate::ports::{AddChallenge, DescribeRegistry, FindPerson, ReadLimit, Room, SpendLimit, Unavailable};
use futures_util::future::{try_join, try_join_all, try_join3};
use rand::CryptoRng;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// What a person states.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The scheme's name.
    pub scheme: String,
    /// Its fields.
    pub fields: crate::secret::Confidential<BTreeMap<String, String>>,
    /// Whether the terms were accepted.
    pub terms_accepted: bool,
    /// In which version.
    pub terms_version: String,
    /// The language of the pages.
    pub locale: String,
    /// A method to open alone.
    pub route: Option<String>,
}

/// What becomes of a statement.
#[derive(Debug)]
pub enum Identified {
    /// A challenge is open.
    Started {
        /// The session for it.
        session: Session,
        /// When it ends.
        expires: crate::clock::Timestamp,
        /// Where it stands.
        state: Box<StateView>,
    },
    /// Too many tried.
    Limited {
        /// Seconds after which trying again helps, if it does.
        retry_after: Option<u64>,
    },
}

/// Why no challenge was opened.
#[derive(Debug, thiserror::Error)]
pub enum VerifyIdentityError {
    /// Members are wrong.
    #[error("members of the statement are wrong")]
    InvalidFields(Vec<FieldError>),
    /// The terms, in their present version, were not accepted.
    #[error("the terms were not accepted")]
    TermsNotAccepted,
    /// The registry knows nobody like this who may recover an account.
    #[error("the identity was not recognised")]
    NotRecognised,
    /// Nothing the person can do.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<Unavailable> for VerifyIdentityError {
    fn from(cause: Unavailable) -> Self {
        Self::Trouble(cause.into())
    }
}

impl From<Inconsistent> for VerifyIdentityError {
    fn from(cause: Inconsistent) -> Self {
        Self::Trouble(cause.into())
    }
}

/// Opens a challenge for whom the registry recognises; where an identifier alone is stated, for anybody.
pub async fn verify_identity(
    people: &(impl FindPerson + DescribeRegistry),
    limits: &(impl SpendLimit + ReadLimit),
    challenges: &impl AddChallenge,
    house: House<'_>,
    rng: &mut (impl CryptoRng + Send),
    statement: &Statement,
    viewer: IpAddr,
) -> Result<Identified, VerifyIdentityError> {
    let (scheme, claim, route) = read_claim(&house, statement)?;
    let (rules, keys) = (house.rules, &house.keys.registry);
    let by = Identification { claim: &claim, route, viewer, now: house.clock.now() };

    let before = rules.limits.identification(&by, keys);
    let failures = rules.limits.failed_anchors(&by, keys);
    let ((found, summary), spent, failed) = try_join3(
        async { try_join(people.find_person(claim.lookup(keys)), people.describe_registry()).await },
        spend_all(limits, &before),
        read_all(limits, &failures, rules.limits.identifications),
    )
    .await?;
    if let Spending::Exhausted { retry_after } = spent.or(failed) {
        return Ok(Identified::Limited { retry_after });
    }

    let methods = house.methods_of(scheme);
    let search = Search { scheme, claim: &claim, route, summary: &summary, methods, now: by.now };
    let found = found.filter(|person| person.recovery_allowed);
    let Some(subject) = search.subject(found.as_ref(), &house)? else {
        let after = rules.limits.failure(&by, keys);
        return match spend_all(limits, &after).await? {
            Spending::Spent => Err(VerifyIdentityError::NotRecognised),
            Spending::Exhausted { retry_after } => Ok(Identified::Limited { retry_after }),
        };
    };
    start(limits, challenges, house, rng, statement, &search, subject).await
}

/// The scheme, a well-formed claim of it, and the route that was asked for.
fn read_claim<'a>(
    house: &House<'a>,
    statement: &Statement,
) -> Result<(&'a Scheme, IdentityClaim, Route), VerifyIdentityError> {
    let unknown = |field| FieldError::new(field, FieldFault::Unknown);
    let scheme = house.rules.schemes.iter().find(|scheme| scheme.id == statement.scheme);
    let scheme = scheme.ok_or_else(|| VerifyIdentityError::InvalidFields(vec![unknown("scheme")]))?;
    let route = match &statement.route {
        None => Ok(None),
        Some(asked) => [IssuedKind::Letter, IssuedKind::Desk]
            .into_iter()
            .find(|kind| kind.name() == asked && house.methods_of(scheme).offered.contains(&kind.method()))
            .map(Some)
            .ok_or_else(|| unknown("route")),
    };
    let claim = match (scheme.claim(statement.fields.reveal(), &house.rules.calling_code), &route) {
        (Ok(claim), Ok(_)) => claim,
        (claim, route) => {
            let errors = claim.err().into_iter().flatten().chain(route.clone().err()).collect();
            return Err(VerifyIdentityError::InvalidFields(errors));
        }
    };
    if !statement.terms_accepted || statement.terms_version != house.rules.terms_version {
        return Err(VerifyIdentityError::TermsNotAccepted);
    }
    Ok((scheme, claim, route.unwrap_or_default()))
}

/// Stores the challenge and counts the start at once. The session is given only if both went well; a
/// challenge without a session is harmless.
async fn start(
    limits: &impl SpendLimit,
    challenges: &impl AddChallenge,
    house: House<'_>,
    rng: &mut impl CryptoRng,
    statement: &Statement,
    search: &Search<'_>,
    subject: Subject,
) -> Result<Identified, VerifyIdentityError> {
    let now = house.clock.now();
    let id = ChallengeId::generate(house.keys.session.current().version(), rng);
    let expires = now.plus(house.rules.limits.session_life);
    let Subject { person, profile, required, methods } = subject;
    let item = Opening {
        id: &id,
        person,
        sealed: profile.seal(person, &house.keys.registry, rng),
        quiet: search.scheme.kind == SchemeKind::Identifier,
        required,
        began: now,
        expires,
        locale: &house.rules.locale(&statement.locale),
        terms_version: &house.rules.terms_version,
        masked: masked_contacts(&methods, &profile, search.summary),
        methods: &methods,
        phone_allowance: house.rules.limits.phone_allowance(search.summary.people),
    }
    .item();

    let counter = house.rules.limits.start(person, search.route, now);
    let counter = if profile.exists() { counter } else { counter.of_nobody(now) };
    let challenge = Challenge::from_item(&id, &item).map_err(Inconsistent::from)?;
    let ((), start) = try_join(challenges.add_challenge(&id, item), limits.spend(&counter)).await?;
    if let Room::Full(stored) = start {
        let count = match stored.as_ref().and_then(|item| item.get(count_attribute())) {
            Some(Value::Number(count)) => *count,
            _ => 0,
        };
        let retry_after = house.rules.limits.waiting_helps_starts(count).then_some(counter.ends_in);
        return Ok(Identified::Limited { retry_after });
    }
    let session = Session::identified(id, required);
    let state = Box::new(StateView::of(&challenge, &profile, &session, &house));
    Ok(Identified::Started { session, expires, state })
}

fn masked_contacts(methods: &[Method], profile: &Profile, summary: &RegistrySummary) -> BTreeSet<String> {
    let rare = |contact: &ContactId| {
        let domain = contact.index().and_then(|index| profile.shown().get(index)).and_then(Contact::domain);
        domain.is_some_and(|domain| !summary.common_domains.contains_key(domain))
    };
    let contacts = methods.iter().map(|method| &method.contact);
    contacts.filter(|contact| rare(contact)).map(|contact| contact.as_str().to_owned()).collect()
}

/// Spends all counters at once; exhausted if any of them is, for as long as the longest.
async fn spend_all(limits: &impl SpendLimit, counters: &[Counter]) -> Result<Spending, Unavailable> {
    let spent = try_join_all(counters.iter().map(|counter| limits.spend(counter))).await?;
    let waits = spent
        .iter()
        .zip(counters)
        .filter(|(spent, _)| matches!(spent, Room::Full(_)))
        .map(|(_, c)| c.ends_in);
    Ok(Spending::after(waits.max()))
}

/// Reads counters without spending; exhausted if any has reached the limit.
async fn read_all(
    limits: &impl ReadLimit,
    counters: &[Counter],
    limit: u32,
) -> Result<Spending, Unavailable> {
    let counts = try_join_all(counters.iter().map(|counter| limits.spent(counter))).await?;
    let waits = counts.iter().zip(counters).filter(|(count, _)| **count >= limit).map(|(_, c)| c.ends_in);
    Ok(Spending::after(waits.max()))
}

impl Spending {
    fn after(wait: Option<u64>) -> Self {
        wait.map_or(Self::Spent, |seconds| Self::Exhausted { retry_after: Some(seconds) })
    }

    const fn or(self, other: Self) -> Self {
        if matches!(self, Self::Spent) { other } else { self }
    }
}

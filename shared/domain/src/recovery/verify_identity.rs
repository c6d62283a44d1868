//! The first step: who are you?
//!
//! Two trips: the registry is read while the counters are spent, so that a guess is counted before its
//! answer is known; then the challenge is stored while the person's start is counted.

use super::session::Session;
use super::state::StateView;
use super::{House, Inconsistent, Trouble};
use crate::challenge::{Challenge, ChallengeId, MethodId, Opening};
use crate::conditional::Value;
use crate::identity::{FieldError, FieldFault, IdentityClaim};
use crate::limits::{Counter, Spending, count_attribute};
use crate::person::{PersonRecord, Profile, RegistrySummary};
use crate::ports::{AddChallenge, DescribeRegistry, FindPerson, ReadLimit, SpendLimit, Unavailable, Written};
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

/// Opens a challenge for whom the registry recognises.
pub async fn verify_identity(
    people: &(impl FindPerson + DescribeRegistry),
    limits: &(impl SpendLimit + ReadLimit),
    challenges: &impl AddChallenge,
    house: House<'_>,
    rng: &mut (impl CryptoRng + Send),
    statement: &Statement,
    viewer: IpAddr,
) -> Result<Identified, VerifyIdentityError> {
    let claim = read_claim(&house, statement)?;
    let keys = &house.keys.registry;
    let now = house.clock.now();

    let before = house.rules.limits.identification(&claim, viewer, keys, now);
    let failures = house.rules.limits.failed_anchors(&claim, keys, now);
    let (person, spent, failed) = try_join3(
        async { try_join(people.find_person(claim.lookup(keys)), people.describe_registry()).await },
        spend_all(limits, &before),
        read_all(limits, &failures, house.rules.limits.identifications),
    )
    .await?;
    if let Spending::Exhausted { retry_after } = spent.or(failed) {
        return Ok(Identified::Limited { retry_after });
    }

    let (Some(person), summary) = (person.0.filter(|person| person.recovery_allowed), person.1) else {
        let after = house.rules.limits.failure(&claim, viewer, keys, now);
        return match spend_all(limits, &after).await? {
            Spending::Spent => Err(VerifyIdentityError::NotRecognised),
            Spending::Exhausted { retry_after } => Ok(Identified::Limited { retry_after }),
        };
    };
    start(limits, challenges, house, rng, statement, &person, &summary).await
}

fn read_claim(house: &House<'_>, statement: &Statement) -> Result<IdentityClaim, VerifyIdentityError> {
    let unknown =
        |field| VerifyIdentityError::InvalidFields(vec![FieldError::new(field, FieldFault::Unknown)]);
    let scheme = house
        .rules
        .schemes
        .iter()
        .find(|scheme| scheme.id == statement.scheme)
        .ok_or_else(|| unknown("scheme"))?;
    // A route opens letter or desk alone, which no institution offers.
    let route = statement.route.as_ref().map(|_| FieldError::new("route", FieldFault::Unknown));
    let claim = match (scheme.claim(statement.fields.reveal(), &house.rules.calling_code), route) {
        (Ok(claim), None) => claim,
        (claim, route) => {
            let errors = claim.err().into_iter().flatten().chain(route).collect();
            return Err(VerifyIdentityError::InvalidFields(errors));
        }
    };
    if !statement.terms_accepted || statement.terms_version != house.rules.terms_version {
        return Err(VerifyIdentityError::TermsNotAccepted);
    }
    Ok(claim)
}

/// Stores the challenge and counts the start at once. The session is given only if both went well; a
/// challenge without a session is harmless.
async fn start(
    limits: &impl SpendLimit,
    challenges: &impl AddChallenge,
    house: House<'_>,
    rng: &mut impl CryptoRng,
    statement: &Statement,
    person: &PersonRecord,
    summary: &RegistrySummary,
) -> Result<Identified, VerifyIdentityError> {
    let now = house.clock.now();
    let profile =
        Profile::open(person.person, &person.sealed, &house.keys.registry).map_err(Inconsistent::from)?;
    let required = methods_required(&house, person, &profile);
    let methods = usable_methods(&house, &profile, required);
    let id = ChallengeId::generate(house.keys.session.current().version(), rng);
    let expires = now.plus(house.rules.limits.session_life);
    let item = Opening {
        id: &id,
        person,
        required,
        began: now,
        expires,
        locale: &house.rules.locale(&statement.locale),
        terms_version: &house.rules.terms_version,
        masked: masked_methods(&methods, &profile, summary),
        methods: &methods,
        sms_allowance: house.rules.limits.sms_allowance(summary.people),
    }
    .item();

    let counter = house.rules.limits.start(person.person, now);
    let challenge = Challenge::from_item(&id, &item).map_err(Inconsistent::from)?;
    let ((), start) = try_join(challenges.add_challenge(&id, item), limits.spend(&counter)).await?;
    if let Written::Refused(stored) = start {
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

/// How many methods this person must prove. Without an account there is nothing to open without proof.
fn methods_required(house: &House<'_>, person: &PersonRecord, profile: &Profile) -> u8 {
    let required = house.rules.methods_required.get(&person.profile).copied().unwrap_or(1);
    if profile.directory_id.is_none() { required.max(1) } else { required }
}

/// The methods that a person can choose from. None at all if they are too few for what is required, or if
/// there is no account to recover: then the office helps, before anything is sent in vain.
fn usable_methods(house: &House<'_>, profile: &Profile, required: u8) -> Vec<MethodId> {
    let methods: Vec<MethodId> = profile
        .contacts
        .iter()
        .enumerate()
        .filter(|(_, contact)| !house.rules.methods.of(contact).is_empty())
        .map(|(index, _)| MethodId::of_contact(index))
        .collect();
    if methods.len() < usize::from(required) || profile.directory_id.is_none() { Vec::new() } else { methods }
}

fn masked_methods(methods: &[MethodId], profile: &Profile, summary: &RegistrySummary) -> BTreeSet<String> {
    let rare = |method: &&MethodId| {
        let domain =
            method.index().and_then(|index| profile.contacts.get(index)).and_then(|contact| contact.domain());
        domain.is_some_and(|domain| !summary.common_domains.contains_key(domain))
    };
    methods.iter().filter(rare).map(|method| method.as_str().to_owned()).collect()
}

/// Spends all counters at once; exhausted if any of them is, for as long as the longest.
async fn spend_all(limits: &impl SpendLimit, counters: &[Counter]) -> Result<Spending, Unavailable> {
    let written = try_join_all(counters.iter().map(|counter| limits.spend(counter))).await?;
    let waits = written
        .iter()
        .zip(counters)
        .filter(|(w, _)| matches!(w, Written::Refused(_)))
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

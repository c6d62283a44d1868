//! Whom a challenge is opened for, and by which methods they can prove themselves.

use super::{House, Inconsistent};
use crate::challenge::Method;
use crate::clock::Timestamp;
use crate::contact::Contact;
use crate::decoy::{self, Nobody};
use crate::identity::{IdentityClaim, Scheme, SchemeKind};
use crate::issued::IssuedKind;
use crate::keys::KeyedHash;
use crate::limits::Route;
use crate::person::{PersonRecord, Profile, RegistrySummary};
use crate::rules::Methods;
use std::collections::BTreeSet;
use std::time::Duration;

/// What the registry was asked, and how.
pub(super) struct Search<'a> {
    pub(super) scheme: &'a Scheme,
    pub(super) claim: &'a IdentityClaim,
    pub(super) route: Route,
    pub(super) summary: &'a RegistrySummary,
    /// What the scheme opens.
    pub(super) methods: Methods,
    pub(super) now: Timestamp,
}

/// Whom a challenge is opened for.
pub(super) struct Subject {
    pub(super) person: KeyedHash,
    pub(super) profile: Profile,
    pub(super) required: u8,
    pub(super) methods: Vec<Method>,
}

impl House<'_> {
    /// The methods that the institution offers to who comes by this scheme.
    pub(super) fn methods_of(&self, scheme: &Scheme) -> Methods {
        let mut methods = self.rules.methods.clone();
        methods.offered.retain(|kind| scheme.methods.as_ref().is_none_or(|opened| opened.contains(kind)));
        methods
    }
}

impl Search<'_> {
    /// The subject of a challenge for whom was found. Nobody gets a challenge too, if only an identifier was
    /// stated: one that looks like everybody's.
    pub(super) fn subject(
        &self,
        found: Option<&PersonRecord>,
        house: &House<'_>,
    ) -> Result<Option<Subject>, Inconsistent> {
        let profile = found.map(|found| Profile::open(found.person, &found.sealed, &house.keys.registry));
        let found = found.zip(profile.transpose()?);
        Ok(match self.scheme.kind {
            SchemeKind::Proof => found.map(|(person, profile)| self.recognised(person, profile, house)),
            SchemeKind::Identifier => Some(self.anybody(found, house)),
        })
    }

    /// Somebody who proved who they are: the methods that they really have. If their contacts are too few for
    /// what is required, or were never activated, none of these is of use, and letter, desk or the office help.
    fn recognised(&self, person: &PersonRecord, mut profile: Profile, house: &House<'_>) -> Subject {
        let issued = self.issued_methods();
        let mut methods = self.contact_methods(person, &mut profile, house);
        methods.extend(issued.iter().cloned());
        let required = required(&person.profile, house);
        if distinct(&methods) < usize::from(required) || profile.directory_id.is_none() {
            methods = issued;
        }
        self.subject_of(person.person, profile, required, methods)
    }

    /// Whoever states an identifier: what they see does not tell whether they exist, or whether their
    /// contacts suffice. Letter and desk work for everybody who exists.
    fn anybody(&self, found: Option<(&PersonRecord, Profile)>, house: &House<'_>) -> Subject {
        let required = required(&self.scheme.profile, house).max(1);
        let keys = &house.keys.registry;
        let lookup = self.claim.lookup(keys);
        let (person, mut profile, mut methods) = match found {
            Some((person, mut profile)) => {
                let methods = self.contact_methods(person, &mut profile, house);
                (person.person, profile, methods)
            }
            None => (decoy::person(lookup, keys), Profile::nobody(Vec::new()), Vec::new()),
        };
        if profile.directory_id.is_none() || distinct(&methods) < usize::from(required) {
            let nobody = Nobody { claim: lookup, stated: self.claim.email() };
            profile.stand_ins = decoy::contacts(nobody, required, &self.methods, self.summary, keys);
            methods = self.methods_to(&profile.stand_ins);
        }
        methods.extend(self.issued_methods());
        self.subject_of(person, profile, required, methods)
    }

    /// A route opens its own method alone. Who is left with issued codes proves themselves by one of them:
    /// it was handed to them in person or came to the address that the institution knows.
    fn subject_of(
        &self,
        person: KeyedHash,
        profile: Profile,
        required: u8,
        mut methods: Vec<Method>,
    ) -> Subject {
        if let Some(route) = self.route {
            methods = vec![Method::issued(route)];
        }
        let only_issued = !methods.is_empty() && methods.iter().all(|method| method.kind.issued().is_some());
        let without_account = profile.directory_id.is_none() && self.scheme.kind == SchemeKind::Proof;
        let required = match required {
            _ if only_issued => 1,
            0 if without_account => 1,
            required => required,
        };
        Subject { person, profile, required, methods }
    }

    fn issued_methods(&self) -> Vec<Method> {
        let kinds = [IssuedKind::Letter, IssuedKind::Desk].into_iter();
        kinds.filter(|kind| self.methods.offered.contains(&kind.method())).map(Method::issued).collect()
    }

    /// By what the person's own contacts can be reached. One that the registry has known for too short a time
    /// may be somebody else's doing, and is left out. Those that are left come first in the profile, so that
    /// their names do not tell of others.
    fn contact_methods(
        &self,
        person: &PersonRecord,
        profile: &mut Profile,
        house: &House<'_>,
    ) -> Vec<Method> {
        let fresh = Duration::from_hours(24 * u64::from(house.rules.fresh_contact_days));
        let since = person.contacts_since.iter().map(Some).chain(std::iter::repeat(None));
        let known = profile.contacts.drain(..).zip(since);
        let (usable, others): (Vec<_>, Vec<_>) = known.partition(|(contact, since)| {
            since.is_none_or(|since| since.plus(fresh) <= self.now) && !self.methods.of(contact).is_empty()
        });
        profile.contacts = usable.into_iter().map(|(contact, _)| contact).collect();
        let methods = self.methods_to(&profile.contacts);
        profile.contacts.extend(others.into_iter().map(|(contact, _)| contact));
        methods
    }

    fn methods_to(&self, contacts: &[Contact]) -> Vec<Method> {
        let kinds = |(index, contact)| {
            let kinds = self.methods.of(contact).into_iter();
            kinds.map(move |kind| Method::reaching(index, kind))
        };
        contacts.iter().enumerate().flat_map(kinds).collect()
    }
}

fn required(profile: &str, house: &House<'_>) -> u8 {
    house.rules.methods_required.get(profile).copied().unwrap_or(1)
}

/// How many different things the methods prove.
fn distinct(methods: &[Method]) -> usize {
    methods.iter().map(|method| &method.contact).collect::<BTreeSet<_>>().len()
}

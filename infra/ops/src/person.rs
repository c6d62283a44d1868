//! Finding the person whom a command is about.

use crate::ending::Failure;
use crate::place::Place;
use recupmail_aws::{KnownPerson, People};
use recupmail_domain::clock::Timestamp;
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::person::{PersonRecord, Profile};

/// A person of the registry, opened.
pub(crate) struct Found {
    /// Stands for the person in every table.
    pub(crate) person: KeyedHash,
    pub(crate) known: KnownPerson,
    pub(crate) record: PersonRecord,
    pub(crate) profile: Profile,
}

impl Found {
    /// The person with this keyed hash, if the registry knows them.
    pub(crate) async fn of(
        place: &Place,
        people: &People,
        person: KeyedHash,
    ) -> Result<Option<Self>, Failure> {
        let Some(known) = people.known(person).await? else { return Ok(None) };
        let Some(record) = people.record(person, &known).await? else { return Ok(None) };
        let profile = Profile::open(person, &record.sealed, &place.keys)?;
        Ok(Some(Self { person, known, record, profile }))
    }

    /// The person with this person_id. Nobody is an error that says what may be wrong.
    pub(crate) async fn by_id(place: &Place, id: &str) -> Result<Self, Failure> {
        let found = Self::of(place, &place.people()?, place.keys.person(id.trim())).await?;
        found.ok_or_else(|| nobody(id))
    }

    /// Contacts with the moment since when each is known.
    pub(crate) fn contacts(
        &self,
    ) -> impl Iterator<Item = (&recupmail_domain::contact::Contact, Option<Timestamp>)> {
        let since = self.record.contacts_since.iter().copied().map(Some).chain(std::iter::repeat(None));
        self.profile.contacts.iter().zip(since)
    }
}

/// What is said when the registry does not know a person_id.
pub(crate) fn nobody(id: &str) -> Failure {
    format!("the registry knows no person_id {id:?}; it is the first column of the registry file, letter by letter")
        .into()
}

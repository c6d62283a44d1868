//! The registry file: one row, one person.

use crate::clock::Timestamp;
use crate::contact::Contact;
use crate::identity::{FieldError, FieldFault, FieldKind, Scheme, read_date};
use crate::keys::{KeyedHash, RegistryKeys};
use crate::person::{
    COMMON_DOMAIN_PEOPLE, Initials, PersonRecord, Profile, RegistrySummary, Shapes, name_letters,
};
use crate::rules::{MethodKind, Rules};
use jiff::civil::Date;
use rand::Rng;
use std::collections::BTreeMap;

/// What a row says of a person.
#[derive(Clone, Debug)]
pub struct RegistryEntry {
    /// Stands for the person in every table.
    pub person: KeyedHash,
    /// The institution's name for this kind of people.
    pub profile_name: String,
    /// Whether this person may recover their account here.
    pub recovery_allowed: bool,
    /// What the later steps need.
    pub profile: Profile,
    /// Under which keys the person is found, by scheme. A scheme of which the row lacks a field is left out.
    pub lookups: BTreeMap<String, KeyedHash>,
    /// What nobody else may have, by column: the names of their account.
    pub own_names: BTreeMap<&'static str, KeyedHash>,
    /// The same as long as the row says the same, so that a repeated import writes nothing.
    pub fingerprint: KeyedHash,
    /// The contacts by which the person can be reached here, for the summary; none if recovery is denied.
    pub reachable: Vec<Contact>,
    /// Whether the number is of a country that nothing may be sent to, though numbers are used here.
    pub number_not_allowed: bool,
    /// Whether the recovery address was left out, since it is the one that they cannot get into.
    pub own_address: bool,
}

/// What is wrong with a row. It names columns, never what stands in them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRow {
    /// A column is empty that must not be.
    #[error("{0} is empty")]
    Empty(String),
    /// A column does not have the form it must have.
    #[error("{0} has not the right form")]
    Format(String),
    /// A date of somebody's life has yet to come.
    #[error("{0} is in the future")]
    Future(String),
    /// A column holds more than any person needs.
    #[error("{0} is too long")]
    TooLong(String),
    /// No profile or no scheme of this institution fits.
    #[error("profile is none of this institution's")]
    UnknownProfile,
}

/// A row's columns by name.
pub type Row = BTreeMap<String, String>;

/// Since when the registry knows each of a person's contacts, by the contact's keyed hash.
pub type ContactsSince = BTreeMap<String, Timestamp>;

/// The most characters of a name or an identifier.
const LONGEST: usize = 200;

impl RegistryEntry {
    /// Reads a row. Its dates are those of a life, so none is after today.
    pub fn read(row: &Row, rules: &Rules, keys: &RegistryKeys, today: Date) -> Result<Self, BadRow> {
        let column = |name: &str| row.get(name).map_or("", String::as_str).trim();
        let required = |name: &str| match column(name) {
            "" => Err(BadRow::Empty(name.to_owned())),
            value => Ok(value),
        };
        let profile_name = required("profile")?.to_owned();
        if !rules.methods_required.contains_key(&profile_name) {
            return Err(BadRow::UnknownProfile);
        }
        let recovery_allowed = match column("recovery") {
            "allowed" => true,
            "denied" => false,
            _ => return Err(BadRow::Format("recovery".into())),
        };
        let person = keys.person(&plain("person_id", required("person_id")?)?);
        let academic_email = address("academic_email", required("academic_email")?)?;
        let mut contacts = contacts(row, rules)?;
        let filled = contacts.len();
        contacts.retain(|contact| !contact.as_str().eq_ignore_ascii_case(academic_email.as_str()));
        let own_address = contacts.len() < filled;
        let profile = Profile {
            display_name: plain("display_name", required("display_name")?)?,
            academic_email: academic_email.as_str().to_owned(),
            directory_id: Some(plain("directory_id", column("directory_id"))?).filter(|id| !id.is_empty()),
            locale: locale(column("locale"), rules),
            contacts,
            stand_ins: Vec::new(),
        };
        let lookups = lookups(row, rules, &profile_name, keys, today)?;
        let reachable = profile.contacts.iter().filter(|contact| !rules.methods.of(contact).is_empty());
        Ok(Self {
            person,
            recovery_allowed,
            fingerprint: fingerprint(&profile_name, recovery_allowed, &profile, &lookups, keys),
            reachable: reachable.filter(|_| recovery_allowed).cloned().collect(),
            number_not_allowed: number_not_allowed(&profile.contacts, rules),
            own_address,
            own_names: own_names(&profile, keys),
            profile_name,
            profile,
            lookups,
        })
    }

    /// Since when the registry knows the contacts, given what it knew before: those of a first import are as old
    /// as can be, for nobody changed them; those that are new for a known person begin now.
    pub fn contacts_since(
        &self,
        before: Option<&ContactsSince>,
        keys: &RegistryKeys,
        now: Timestamp,
    ) -> ContactsSince {
        let since = |name: &String| match before {
            None => Timestamp::from_millis(0),
            Some(before) => before.get(name).copied().unwrap_or(now),
        };
        let names = self.profile.contacts.iter().map(|contact| contact_name(contact, keys));
        names.map(|name| (since(&name), name)).map(|(at, name)| (name, at)).collect()
    }

    /// What is stored, the profile sealed.
    pub fn record(&self, since: &ContactsSince, keys: &RegistryKeys, rng: &mut impl Rng) -> PersonRecord {
        let contacts = self.profile.contacts.iter();
        let since = contacts.filter_map(|contact| since.get(&contact_name(contact, keys)).copied());
        PersonRecord {
            person: self.person,
            profile: self.profile_name.clone(),
            recovery_allowed: self.recovery_allowed,
            sealed: self.profile.seal(self.person, keys, rng),
            contacts_since: since.collect(),
        }
    }
}

fn contact_name(contact: &Contact, keys: &RegistryKeys) -> String {
    keys.counter("contact", contact.as_str()).to_text()
}

fn own_names(profile: &Profile, keys: &RegistryKeys) -> BTreeMap<&'static str, KeyedHash> {
    let names =
        [("academic_email", Some(&profile.academic_email)), ("directory_id", profile.directory_id.as_ref())];
    let given = names.into_iter().filter_map(|(column, name)| Some((column, name?)));
    given.map(|(column, name)| (column, keys.counter(column, &name.to_lowercase()))).collect()
}

/// What is stored is made of this and nothing else. The number in front changes with the form it is stored in.
fn fingerprint(
    profile_name: &str,
    recovery_allowed: bool,
    profile: &Profile,
    lookups: &BTreeMap<String, KeyedHash>,
    keys: &RegistryKeys,
) -> KeyedHash {
    let Ok(contents) = serde_json::to_string(profile) else { unreachable!("strings always serialise") };
    let found_by: String = lookups.values().map(|lookup| lookup.to_text()).collect();
    keys.counter("row", &format!("1 {profile_name} {recovery_allowed} {contents} {found_by}"))
}

fn number_not_allowed(contacts: &[Contact], rules: &Rules) -> bool {
    let used = [MethodKind::Sms, MethodKind::Voice].iter().any(|kind| rules.methods.offered.contains(kind));
    let barred = |contact: &Contact| contact.domain().is_none() && rules.methods.of(contact).is_empty();
    used && contacts.iter().any(barred)
}

/// The language that a person is written to in, where it is spoken here; else empty.
fn locale(asked: &str, rules: &Rules) -> String {
    rules.locales.iter().find(|known| *known == asked).cloned().unwrap_or_default()
}

/// A value that may stand in a line of a mail or SMS: no line break, and nothing that turns the line round.
fn plain(column: &str, value: &str) -> Result<String, BadRow> {
    if value.chars().any(|c| c.is_control() || crate::input::is_invisible(c)) {
        return Err(BadRow::Format(column.to_owned()));
    }
    if value.chars().count() > LONGEST {
        return Err(BadRow::TooLong(column.to_owned()));
    }
    Ok(value.to_owned())
}

fn address(column: &str, value: &str) -> Result<Contact, BadRow> {
    Contact::email(value).map_err(|_| BadRow::Format(column.to_owned()))
}

fn contacts(row: &Row, rules: &Rules) -> Result<Vec<Contact>, BadRow> {
    let filled = |name: &str| row.get(name).filter(|value| !value.trim().is_empty());
    let mut contacts = Vec::new();
    if let Some(email) = filled("recovery_email") {
        contacts.push(address("recovery_email", email)?);
    }
    if let Some(phone) = filled("phone") {
        let phone = Contact::phone(phone, &rules.calling_code).map_err(|_| BadRow::Format("phone".into()))?;
        contacts.push(phone);
    }
    Ok(contacts)
}

/// The person's keys by scheme. Who lacks a field of a scheme cannot use that one; one at least must be left.
fn lookups(
    row: &Row,
    rules: &Rules,
    profile: &str,
    keys: &RegistryKeys,
    today: Date,
) -> Result<BTreeMap<String, KeyedHash>, BadRow> {
    let (mut lookups, mut lacking) = (BTreeMap::new(), None);
    for scheme in rules.schemes.iter().filter(|scheme| scheme.profile == profile) {
        match lookup(scheme, row, rules, keys, today) {
            Ok(lookup) => {
                lookups.insert(scheme.id.clone(), lookup);
            }
            Err(empty @ BadRow::Empty(_)) => lacking = lacking.or(Some(empty)),
            Err(bad) => return Err(bad),
        }
    }
    if lookups.is_empty() { Err(lacking.unwrap_or(BadRow::UnknownProfile)) } else { Ok(lookups) }
}

fn lookup(
    scheme: &Scheme,
    row: &Row,
    rules: &Rules,
    keys: &RegistryKeys,
    today: Date,
) -> Result<KeyedHash, BadRow> {
    let value = |id: &String| row.get(id).cloned().unwrap_or_default();
    let mut dates = scheme.fields.iter().filter(|field| field.kind == FieldKind::Date);
    let future = |id: &String| read_date(&value(id)).is_some_and(|date| date > today);
    if let Some(field) = dates.find(|field| future(&field.id)) {
        return Err(BadRow::Future(field.id.clone()));
    }
    let given = scheme.fields.iter().map(|field| (field.id.clone(), value(&field.id))).collect();
    let claim = scheme.claim(&given, &rules.calling_code).map_err(|errors| bad_column(&errors))?;
    Ok(claim.lookup(keys))
}

/// The first fault that a person must correct; if there is none, the first empty field.
fn bad_column(errors: &[FieldError]) -> BadRow {
    let wrong = errors.iter().find(|error| error.fault != FieldFault::Required);
    match wrong.or(errors.first()) {
        None => BadRow::UnknownProfile,
        Some(FieldError { field, fault: FieldFault::Required }) => BadRow::Empty(field.clone()),
        Some(FieldError { field, .. }) => BadRow::Format(field.clone()),
    }
}

/// Counts what the summary tells, while rows pass by.
#[derive(Clone, Debug, Default)]
pub struct Census {
    people: u64,
    domains: BTreeMap<String, u64>,
    initials: Initials,
    shapes: Shapes,
}

impl Initials {
    fn count(&mut self, email: &Contact, academic: &str) {
        let (given, family) = name_letters(academic);
        let initial = email.as_str().chars().next();
        if initial == given {
            self.given += 1;
        } else if initial == family {
            self.family += 1;
        } else {
            *self.others.entry(initial.into_iter().collect()).or_default() += 1;
        }
    }
}

impl Census {
    /// Counts one entry.
    pub fn count(&mut self, entry: &RegistryEntry) {
        self.people += 1;
        let email = entry.reachable.iter().find(|contact| contact.domain().is_some());
        if let Some((email, domain)) = email.and_then(|email| Some((email, email.domain()?))) {
            *self.domains.entry(domain.to_owned()).or_default() += 1;
            self.initials.count(email, &entry.profile.academic_email);
        }
        match (email.is_some(), entry.reachable.len()) {
            (true, 1) => self.shapes.email += 1,
            (true, _) => self.shapes.both += 1,
            (false, 1..) => self.shapes.phone += 1,
            (false, 0) => {}
        }
    }

    /// The summary of all that was counted.
    pub fn summary(self) -> RegistrySummary {
        let (common_domains, rare): (BTreeMap<_, _>, BTreeMap<_, _>) =
            self.domains.into_iter().partition(|(_, people)| *people >= COMMON_DOMAIN_PEOPLE);
        RegistrySummary {
            people: self.people,
            common_domains,
            rare_domains: rare.values().sum(),
            initials: self.initials,
            shapes: self.shapes,
        }
    }
}

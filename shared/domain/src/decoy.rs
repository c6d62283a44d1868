//! Decoys: what is shown to who states an identifier that nobody has, or whose person cannot recover here.
//!
//! A decoy looks like anybody else of the registry and stays the same: its contacts follow the registry's own
//! distribution, drawn by keyed hashes of the claim. The draw is such that a registry that changes a little
//! changes few decoys (weighted rendezvous hashing), so that watching hints over time tells nothing either.

use crate::contact::Contact;
use crate::keys::{KeyedHash, RegistryKeys};
use crate::person::{RegistrySummary, name_letters};
use crate::rules::{MethodKind, Methods};

/// A domain that few people share, which hints therefore mask (RFC 2606 section 2).
const RARE_DOMAIN: &str = "rare.invalid";

/// Stands for nobody in every table.
pub fn person(claim: KeyedHash, keys: &RegistryKeys) -> KeyedHash {
    keys.decoy(claim, "person")
}

/// A claim that leads to nobody.
#[derive(Clone, Copy, Debug)]
pub struct Nobody<'a> {
    /// The claim's hash, which decides every draw.
    pub claim: KeyedHash,
    /// The e-mail address that was stated, if one was.
    pub stated: Option<&'a str>,
}

/// Contacts of the kind that the registry's people have who can prove `required` methods.
pub fn contacts(
    nobody: Nobody<'_>,
    required: u8,
    methods: &Methods,
    summary: &RegistrySummary,
    keys: &RegistryKeys,
) -> Vec<Contact> {
    let draw = Draw { claim: nobody.claim, keys };
    let email = methods.offered.contains(&MethodKind::Email);
    let phone = [MethodKind::Sms, MethodKind::Voice].iter().any(|kind| methods.offered.contains(kind));
    let has = match (email, phone) {
        (true, true) if required < 2 => {
            let shapes = summary.shapes;
            draw.among("shape", [("email", shapes.email), ("phone", shapes.phone), ("both", shapes.both)])
        }
        (true, true) => "both",
        (_, false) => "email",
        (false, true) => "phone",
    };
    let mut contacts = Vec::new();
    if has != "phone" {
        contacts.push(draw.email(nobody.stated, summary));
    }
    if has != "email" {
        contacts.push(draw.phone(methods));
    }
    contacts
}

struct Draw<'a> {
    claim: KeyedHash,
    keys: &'a RegistryKeys,
}

impl Draw<'_> {
    fn number(&self, part: &str) -> u64 {
        let hash = self.keys.decoy(self.claim, part);
        u64::from_be_bytes(hash.as_bytes()[..8].try_into().unwrap_or_default())
    }

    /// One of the options, each as likely as its weight; the last one if none weighs anything.
    #[expect(clippy::cast_precision_loss, reason = "a draw need not be exact")]
    fn among<'o>(&self, part: &str, options: impl IntoIterator<Item = (&'o str, u64)>) -> &'o str {
        let mut nearest = (f64::INFINITY, "");
        for (name, weight) in options {
            let uniform = (self.number(&format!("{part} {name}")) as f64 + 0.5) / 2_f64.powi(64);
            let distance = if weight == 0 { f64::MAX } else { -uniform.ln() / weight as f64 };
            if distance <= nearest.0 {
                nearest = (distance, name);
            }
        }
        nearest.1
    }

    fn email(&self, stated: Option<&str>, summary: &RegistrySummary) -> Contact {
        let common = summary.common_domains.iter().map(|(domain, people)| (domain.as_str(), *people));
        let domain = self.among("domain", common.chain([(RARE_DOMAIN, summary.rare_domains)]));
        let (given, family) = stated.map(name_letters).unwrap_or_default();
        let initials = &summary.initials;
        let others = initials.others.iter().map(|(initial, people)| (initial.as_str(), *people));
        let own = given.map(|_| ("given", initials.given)).into_iter();
        let own = own.chain(family.map(|_| ("family", initials.family)));
        let initial = match self.among("initial", [("a", 0)].into_iter().chain(others).chain(own)) {
            "given" => given.into_iter().collect(),
            "family" => family.into_iter().collect(),
            other => other.to_owned(),
        };
        Contact::Email(format!("{initial}@{domain}"))
    }

    /// Of a number only the last two digits are ever shown.
    fn phone(&self, methods: &Methods) -> Contact {
        let country = methods.countries.keys().next().map_or("+", String::as_str);
        Contact::Phone(format!("{country}0000000{:02}", self.number("digits") % 100))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Key;
    use crate::person::{Initials, Shapes};
    use std::collections::BTreeMap;

    fn keys() -> RegistryKeys {
        RegistryKeys::derive(&Key::new([1; 32]))
    }

    fn methods() -> Methods {
        Methods {
            offered: vec![MethodKind::Email, MethodKind::Sms],
            confirm_contact: Vec::new(),
            countries: BTreeMap::from([("+32".to_owned(), 100)]),
        }
    }

    fn summary() -> RegistrySummary {
        let counts = |counts: &[(&str, u64)]| {
            counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
        };
        RegistrySummary {
            people: 1000,
            common_domains: counts(&[("example.com", 600), ("example.org", 300)]),
            rare_domains: 100,
            initials: Initials { given: 400, family: 300, others: counts(&[("a", 150), ("m", 150)]) },
            shapes: Shapes { email: 250, phone: 250, both: 500 },
        }
    }

    fn thousand(summary: &RegistrySummary, required: u8) -> Vec<Vec<Contact>> {
        let keys = keys();
        let stated = (0..1000).map(|n| format!("x{n}.y@school.example"));
        let nobody = |stated: &str| {
            let nobody = Nobody { claim: keys.lookup("email", &[stated]), stated: Some(stated) };
            contacts(nobody, required, &methods(), summary, &keys)
        };
        stated.map(|stated| nobody(&stated)).collect()
    }

    fn share(of: &[Vec<Contact>], holds: impl Fn(&Vec<Contact>) -> bool) -> usize {
        of.iter().filter(|contacts| holds(contacts)).count()
    }

    #[test]
    fn decoys_look_like_the_registry() {
        let decoys = thousand(&summary(), 1);
        assert!((440..560).contains(&share(&decoys, |contacts| contacts.len() == 2)));
        let emails: Vec<Vec<Contact>> = decoys
            .into_iter()
            .map(|contacts| contacts.into_iter().filter(|contact| contact.domain().is_some()).collect())
            .filter(|emails: &Vec<_>| !emails.is_empty())
            .collect();
        let per_thousand = |count: usize| count * 1000 / emails.len();
        let domain = |name: &str| per_thousand(share(&emails, |e| e[0].domain() == Some(name)));
        assert!((540..660).contains(&domain("example.com")), "{}", domain("example.com"));
        assert!((60..140).contains(&domain(RARE_DOMAIN)), "{}", domain(RARE_DOMAIN));
        let initial = |name: &str| per_thousand(share(&emails, |e| e[0].as_str().starts_with(name)));
        for (letter, expected) in [("x", 400), ("y", 300), ("m", 150)] {
            assert!(initial(letter).abs_diff(expected) < 60, "{letter}: {}", initial(letter));
        }
    }

    #[test]
    fn where_two_methods_are_required_decoys_have_both() {
        assert_eq!(share(&thousand(&summary(), 2), |contacts| contacts.len() == 2), 1000);
    }

    #[test]
    fn a_decoy_stays_the_same_though_the_registry_grows() {
        let (before, mut grown) = (thousand(&summary(), 1), summary());
        assert_eq!(before, thousand(&summary(), 1));
        grown.common_domains.insert("example.com".to_owned(), 630);
        grown.initials.given = 420;
        grown.shapes.both = 520;
        let after = thousand(&grown, 1);
        let changed = before.iter().zip(&after).filter(|(before, after)| before != after).count();
        assert!(changed < 60, "{changed} of 1000 changed");
    }
}

//! What letters and desk codes have in common.

use crate::ending::Failure;
use crate::person::Found;
use crate::place::Place;
use rand::CryptoRng;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::code::{ISSUED_CODE, OneTimeCode};
use recupmail_domain::issued::{IssuedCode, IssuedKind};
use recupmail_domain::keys::RegistryKeys;
use recupmail_domain::rules::{MethodKind, Rules};

/// An error unless the institution takes such codes at all.
pub(crate) fn offered(place: &Place, kind: IssuedKind) -> Result<(), Failure> {
    if place.rules.methods.offered.contains(&kind.method()) {
        return Ok(());
    }
    let (id, name) = (&place.institution.id, kind.name());
    Err(format!("{id} takes no {name} codes: methods.offered of its file does not name \"{name}\"").into())
}

/// Why this person could do nothing with such a code; `None` if they can.
pub(crate) fn useless_to(found: &Found, kind: IssuedKind, rules: &Rules) -> Option<&'static str> {
    if !found.record.recovery_allowed {
        return Some("recovery is denied to them");
    }
    let mut schemes = rules.schemes.iter().filter(|scheme| found.known.schemes.contains(&scheme.id));
    let takes = |methods: &Vec<MethodKind>| methods.contains(&kind.method());
    let one = schemes.any(|scheme| scheme.methods.as_ref().is_none_or(takes));
    (!one).then_some("none of their identity schemes takes such codes")
}

/// A new code, and what is stored of it.
pub(crate) fn new_code(
    kind: IssuedKind,
    batch: &str,
    keys: &RegistryKeys,
    now: Timestamp,
    rng: &mut impl CryptoRng,
) -> (OneTimeCode, IssuedCode) {
    let code = ISSUED_CODE.generate(rng);
    let issued = IssuedCode::new(keys.code(code.reveal()), kind, batch, now);
    (code, issued)
}

/// A code in groups of four, as people read it to one another.
pub(crate) fn grouped(code: &OneTimeCode) -> String {
    let characters: Vec<char> = code.reveal().chars().collect();
    characters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
}

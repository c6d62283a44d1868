//! Codes and the methods that they prove, as small numbers.

use crate::request::{Code, Method};
use recupmail_domain::challenge::writes::Shape;
use recupmail_domain::challenge::{self, ContactId};
use recupmail_domain::clock::Timestamp;
use recupmail_domain::conditional::{Item, Value};
use recupmail_domain::issued::IssuedKind;
use recupmail_domain::rules::MethodKind;

/// Methods below are contacts; letter and desk come after them.
const CONTACTS: Method = 2;
/// Codes below are sent.
const ISSUED: Code = 9;
/// The most codes of a kind.
const OF_A_KIND: Code = 3;
/// What is armed where no code was issued: nobody can know it.
pub(crate) const NOBODYS: Code = 15;

/// The most methods.
pub(crate) const METHODS: usize = CONTACTS as usize + KINDS.len();

/// Every kind of issued code, in their own order.
pub(crate) const KINDS: [IssuedKind; 2] = [IssuedKind::Letter, IssuedKind::Desk];

pub(crate) const fn method_of(kind: IssuedKind) -> Method {
    CONTACTS + kind as Method
}

pub(crate) fn issued_kind(method: Method) -> Option<IssuedKind> {
    KINDS.into_iter().find(|kind| method_of(*kind) == method)
}

pub(crate) fn contact_id(method: Method) -> ContactId {
    issued_kind(method).map_or_else(|| ContactId::at(usize::from(method)), ContactId::issued)
}

/// The method that proves this contact.
pub(crate) fn proving(contact: &ContactId) -> Option<Method> {
    match contact.issued_kind() {
        Some(kind) => Some(method_of(kind)),
        None => u8::try_from(contact.index()?).ok(),
    }
}

/// As the domain knows it.
pub(crate) fn domain_method(method: Method) -> challenge::Method {
    match issued_kind(method) {
        Some(kind) => challenge::Method::issued(kind),
        None => challenge::Method::reaching(usize::from(method), MethodKind::Email),
    }
}

/// The codes of a kind in the order in which they are issued.
pub(crate) fn issued_codes(kind: IssuedKind, issues: u8) -> std::ops::Range<Code> {
    let first = ISSUED + kind as Code * OF_A_KIND;
    first..first + issues
}

/// The kind that an issued code is of.
pub(crate) fn kind_of(code: Code) -> Option<IssuedKind> {
    KINDS.into_iter().find(|kind| issued_codes(*kind, OF_A_KIND).contains(&code))
}

pub(crate) const fn shape_of(code: Code) -> Shape {
    if code < ISSUED { Shape::Sent } else { Shape::Issued }
}

/// An issued code is known by the moment of its issue, which no two share: here, by its number.
pub(crate) fn moment_of_issue(code: Code) -> Timestamp {
    Timestamp::from_millis(i64::from(code))
}

/// Which code the item of an issued one holds.
pub(crate) fn issued_in(item: &Item) -> Option<Code> {
    match item.get("at") {
        Some(Value::Number(at)) => Code::try_from(*at).ok(),
        _ => None,
    }
}

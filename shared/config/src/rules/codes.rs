//! Methods and codes.

use crate::bounds;
use crate::fault::Faults;
use crate::institution::{AlphabetName, Code, Institution, MethodName};
use recupmail_domain::code::{Alphabet, CodeFormat};
use recupmail_domain::rules::{MethodKind, Methods};
use std::collections::BTreeMap;

pub(super) fn kind(name: MethodName) -> MethodKind {
    match name {
        MethodName::Email => MethodKind::Email,
        MethodName::Sms => MethodKind::Sms,
        MethodName::Voice => MethodKind::Voice,
        MethodName::Letter => MethodKind::Letter,
        MethodName::Desk => MethodKind::Desk,
    }
}

pub(super) fn methods(institution: &Institution, faults: &mut Faults) -> Methods {
    let file = &institution.methods;
    faults.ensure(!file.offered.is_empty(), "methods.offered", "names no method");
    once_each("methods.offered", &file.offered, faults);
    once_each("methods.confirm_contact", &file.confirm_contact, faults);
    for method in &file.confirm_contact {
        let name = method.name();
        if matches!(method, MethodName::Letter | MethodName::Desk) {
            faults.add("methods.confirm_contact", format!("\"{name}\" has no contact that could be typed"));
        } else if !file.offered.contains(method) {
            faults.add("methods.confirm_contact", format!("\"{name}\" is not in `offered`"));
        }
    }
    if [MethodName::Sms, MethodName::Voice].iter().any(|method| file.offered.contains(method)) {
        faults.ensure(
            !file.countries.is_empty(),
            "methods.countries",
            "must name where SMS and calls may go, such as \"+33\" = 1000",
        );
        faults.ensure(
            institution.limits.sms_per_day.max(institution.limits.sms_per_day_percent) > 0,
            "limits.sms_per_day",
            "is 0, and `sms_per_day_percent` too: no SMS or call could go out; \
             take them out of `methods.offered`",
        );
    }
    Methods {
        offered: file.offered.iter().copied().map(kind).collect(),
        confirm_contact: file.confirm_contact.iter().copied().map(kind).collect(),
        countries: countries(&file.countries, faults),
    }
}

pub(super) fn once_each(place: &str, methods: &[MethodName], faults: &mut Faults) {
    for (index, method) in methods.iter().enumerate() {
        if methods[..index].contains(method) {
            faults.add(place, format!("names \"{}\" twice", method.name()));
        }
    }
}

fn countries(file: &BTreeMap<String, i64>, faults: &mut Faults) -> BTreeMap<String, u32> {
    let read = |(code, per_day): (&String, &i64)| {
        let place = format!("methods.countries.{code:?}");
        // Countries that share +1 differ in the three digits that follow.
        faults.ensure(is_calling_code(code, 4), &place, "must be + and one to four digits, such as \"+33\"");
        (code.clone(), faults.within(&place, *per_day, bounds::COUNTRY_PER_DAY))
    };
    file.iter().map(read).collect()
}

pub(super) fn is_calling_code(text: &str, most_digits: usize) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (1..=most_digits).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0')
}

pub(super) fn code(file: &Code, faults: &mut Faults) -> CodeFormat {
    let format = CodeFormat {
        alphabet: match file.alphabet {
            AlphabetName::Digits => Alphabet::Digits,
            AlphabetName::LettersAndDigits => Alphabet::LettersAndDigits,
        },
        length: faults.within("code.length", file.length, bounds::CODE_LENGTH),
    };
    if bounds::CODE_LENGTH.hold(file.length) && format.bits() < bounds::CODE_BITS {
        faults.add(
            "code.length",
            format!(
                "{} {} hold {:.1} bits, and a code needs {}: \
                 take 7 digits or more, or 5 letters-and-digits or more",
                format.length,
                format.alphabet.name(),
                format.bits(),
                bounds::CODE_BITS,
            ),
        );
    }
    format
}

//! From the institution's file to the rules, with the handbook's bounds (`challenge.md`, Numbers).

use crate::institution::{
    AlphabetName, AnchorName, FieldFile, FieldKindName, Institution, InstitutionError, MethodName,
    SchemeFile, SchemeKindName,
};
use recupmail_domain::code::{Alphabet, CodeFormat};
use recupmail_domain::identity::{Anchor, Field, FieldKind, Scheme, SchemeKind};
use recupmail_domain::password::Policy;
use recupmail_domain::rules::{MethodKind, Methods, Rules};

/// ASVS 5.0 section 6.5.4: a code holds at least 20 bits.
const CODE_BITS: f64 = 20.0;
/// The `zxcvbn` score from which a password is safely unguessable.
const MIN_SCORE: u8 = 3;

fn invalid(place: impl Into<String>, reason: impl Into<String>) -> InstitutionError {
    InstitutionError::Invalid { place: place.into(), reason: reason.into() }
}

fn ensure(holds: bool, place: &str, reason: &str) -> Result<(), InstitutionError> {
    if holds { Ok(()) } else { Err(invalid(place, reason)) }
}

/// The rules of an institution; the first thing wrong with it is named with its place.
pub(crate) fn rules(institution: &Institution) -> Result<Rules, InstitutionError> {
    check_texts(institution)?;
    let schemes = institution
        .schemes
        .iter()
        .map(|(id, file)| scheme(id, file, institution))
        .collect::<Result<_, _>>()?;
    let methods_required =
        institution.profiles.iter().map(|(name, profile)| (name.clone(), profile.methods_required)).collect();
    Ok(Rules {
        locales: institution.locales.clone(),
        calling_code: institution.calling_code.clone(),
        terms_version: institution.terms.version.clone(),
        schemes,
        methods_required,
        methods: methods(institution)?,
        code: code(institution)?,
        password: password(institution)?,
        limits: institution.limits(),
        sign_in_url: institution.links.sign_in.clone(),
        fresh_contact_days: 0,
        audit_days: 395,
    })
}

fn check_texts(institution: &Institution) -> Result<(), InstitutionError> {
    let Some(default) = institution.locales.first() else {
        return Err(invalid("locales", "names no locale"));
    };
    ensure(institution.names.contains_key(default), "names", "lacks the default locale")?;
    ensure(institution.site.starts_with("https://"), "site", "must be an https:// origin")?;
    ensure(
        institution.links.sign_in.starts_with("https://"),
        "links.sign_in",
        "must be an https:// address",
    )?;
    ensure(institution.mail.from.contains('@'), "mail.from", "must hold an address")?;
    let sms_per_day = institution.limits.sms_per_day.unwrap_or(0);
    ensure(sms_per_day <= 100_000, "limits.sms_per_day", "must be 0 to 100000")?;
    ensure(!institution.schemes.is_empty(), "schemes", "names no scheme")?;
    jiff::tz::TimeZone::get(&institution.time_zone)
        .map_err(|_| invalid("time_zone", "is no IANA time zone"))
        .map(|_| ())?;
    let calling_code = institution.calling_code.strip_prefix('+').unwrap_or_default();
    let sound = (1..=3).contains(&calling_code.len()) && calling_code.bytes().all(|b| b.is_ascii_digit());
    ensure(sound, "calling_code", "must be + and one to three digits")
}

fn scheme(id: &str, file: &SchemeFile, institution: &Institution) -> Result<Scheme, InstitutionError> {
    let place = format!("schemes.{id}");
    ensure(
        institution.profiles.contains_key(&file.profile),
        &format!("{place}.profile"),
        "is none of [profiles]",
    )?;
    ensure(
        file.fields.iter().any(|field| field.anchor == Some(AnchorName::EveryAttempt)),
        &format!("{place}.fields"),
        "need one with anchor = \"every-attempt\", or the others could be guessed without limit",
    )?;
    let fields = file.fields.iter().map(|field| self::field(field, &place)).collect::<Result<_, _>>()?;
    let kind = match file.kind {
        SchemeKindName::Proof => SchemeKind::Proof,
        SchemeKindName::Identifier => SchemeKind::Identifier,
    };
    Ok(Scheme { id: id.to_owned(), kind, methods: None, profile: file.profile.clone(), fields })
}

fn field(file: &FieldFile, place: &str) -> Result<Field, InstitutionError> {
    let place = format!("{place}.fields.{}", file.id);
    ensure(
        file.anchor.is_none() || file.kind != FieldKindName::Date,
        &format!("{place}.anchor"),
        "a date cannot be an anchor: strangers share it",
    )?;
    let compile = |pattern: &String| {
        regex_lite::Regex::new(pattern)
            .map_err(|cause| invalid(format!("{place}.pattern"), cause.to_string()))
    };
    Ok(Field {
        id: file.id.clone(),
        kind: match file.kind {
            FieldKindName::Number => FieldKind::Number,
            FieldKindName::NationalCode => FieldKind::NationalCode,
            FieldKindName::Date => FieldKind::Date,
            FieldKindName::Email => FieldKind::Email,
            FieldKindName::Phone => FieldKind::Phone,
        },
        pattern: file.pattern.as_ref().map(compile).transpose()?,
        anchor: file.anchor.map(|anchor| match anchor {
            AnchorName::EveryAttempt => Anchor::EveryAttempt,
            AnchorName::Failures => Anchor::Failures,
        }),
    })
}

fn methods(institution: &Institution) -> Result<Methods, InstitutionError> {
    let kind = |name: &MethodName| match name {
        MethodName::Email => MethodKind::Email,
        MethodName::Sms => MethodKind::Sms,
        MethodName::Voice => MethodKind::Voice,
        MethodName::Letter => MethodKind::Letter,
        MethodName::Desk => MethodKind::Desk,
    };
    let file = &institution.methods;
    ensure(!file.offered.is_empty(), "methods.offered", "names no method")?;
    let sms = file.offered.contains(&MethodName::Sms);
    ensure(!sms || !file.countries.is_empty(), "methods.countries", "must name where SMS may go")?;
    for (name, profile) in &institution.profiles {
        ensure(
            profile.methods_required <= 2,
            &format!("profiles.{name}.methods_required"),
            "must be 0, 1 or 2",
        )?;
    }
    Ok(Methods {
        offered: file.offered.iter().map(kind).collect(),
        confirm_contact: file.confirm_contact.iter().map(kind).collect(),
        countries: file.countries.clone(),
    })
}

fn code(institution: &Institution) -> Result<CodeFormat, InstitutionError> {
    let format = CodeFormat {
        alphabet: match institution.code.alphabet {
            AlphabetName::Digits => Alphabet::Digits,
            AlphabetName::LettersAndDigits => Alphabet::LettersAndDigits,
        },
        length: institution.code.length,
    };
    ensure(
        format.length <= 12 && format.bits() >= CODE_BITS,
        "code.length",
        "must give 20 bits, in 12 characters at most",
    )?;
    Ok(format)
}

fn password(institution: &Institution) -> Result<Policy, InstitutionError> {
    let file = &institution.password;
    let two_methods = institution.profiles.values().all(|profile| profile.methods_required == 2);
    let least = if two_methods { 8 } else { 12 };
    ensure(
        (least..=64).contains(&file.min),
        "password.min",
        "must be 12 to 64; 8 is possible where every profile requires two methods",
    )?;
    ensure((64..=256).contains(&file.max), "password.max", "must be 64 to 256")?;
    ensure(file.classes <= 4, "password.classes", "must be 0 to 4")?;
    Ok(Policy {
        min: file.min,
        max: file.max,
        classes: file.classes,
        unicode: file.unicode,
        min_score: MIN_SCORE,
    })
}

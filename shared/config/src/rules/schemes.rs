//! Profiles, identity schemes and their fields.

use super::codes::{kind, once_each};
use crate::bounds;
use crate::fault::Faults;
use crate::institution::{
    AnchorName, FieldFile, FieldKindName, Institution, Profile, SchemeFile, SchemeKindName,
};
use recupmail_domain::identity::{Anchor, Field, FieldKind, Scheme, SchemeKind};
use regex_lite::Regex;
use std::collections::{BTreeMap, BTreeSet};

/// Columns of the registry file that an identity field may share, and what they hold.
pub(super) const SHARED_COLUMNS: [(&str, FieldKindName); 3] = [
    ("academic_email", FieldKindName::Email),
    ("recovery_email", FieldKindName::Email),
    ("phone", FieldKindName::Phone),
];
/// Columns of the registry file that identify nobody, or that nobody knows.
pub(super) const OTHER_COLUMNS: [&str; 6] =
    ["person_id", "profile", "display_name", "directory_id", "recovery", "locale"];

pub(super) fn methods_required(institution: &Institution, faults: &mut Faults) -> BTreeMap<String, u8> {
    faults.ensure(!institution.profiles.is_empty(), "profiles", "names no kind of people");
    let read = |(name, profile): (&String, &Profile)| {
        let place = format!("profiles.{name}");
        faults.ensure(is_id(name), &place, ID);
        let used = institution.schemes.values().any(|scheme| scheme.profile == *name);
        faults.ensure(used, &place, "no scheme is for them, so they could not say who they are");
        let required = profile.methods_required;
        let place = format!("{place}.methods_required");
        (name.clone(), faults.within(&place, required, bounds::METHODS_REQUIRED))
    };
    institution.profiles.iter().map(read).collect()
}

pub(super) fn schemes(institution: &Institution, faults: &mut Faults) -> Vec<Scheme> {
    faults.ensure(!institution.schemes.is_empty(), "schemes", "names no scheme");
    check_shared_fields(institution, faults);
    institution.schemes.iter().map(|(id, file)| scheme(id, file, institution, faults)).collect()
}

/// What an id must be.
pub(super) const ID: &str = "must be at most 40 lower-case letters, digits and dashes, a letter first";

/// Whether a name can stand in folders, file names and requests.
pub(super) fn is_id(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= 40
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A field that stands in several schemes is one column of the registry, so it holds one kind of thing.
fn check_shared_fields(institution: &Institution, faults: &mut Faults) {
    let mut known: BTreeMap<&str, (&str, FieldKindName)> = BTreeMap::new();
    for (scheme, file) in &institution.schemes {
        for field in &file.fields {
            let (first, kind) = *known.entry(&field.id).or_insert((scheme, field.kind));
            if kind != field.kind && first != scheme {
                faults.add(
                    format!("schemes.{scheme}.fields.{}.kind", field.id),
                    format!("must be \"{}\" as in schemes.{first}: both are one column", kind.name()),
                );
            }
        }
    }
}

fn scheme(id: &str, file: &SchemeFile, institution: &Institution, faults: &mut Faults) -> Scheme {
    let place = format!("schemes.{id}");
    faults.ensure(is_id(id), &place, ID);
    let several = institution.schemes.len() > 1;
    if several {
        faults.said(&format!("{place}.title"), &file.title, &institution.locales);
    } else {
        faults.said_if_any(&format!("{place}.title"), &file.title, &institution.locales);
    }
    faults.said_if_any(&format!("{place}.lead"), &file.lead, &institution.locales);
    check_profile(&place, file, institution, faults);
    check_methods(&place, file, institution, faults);
    check_fields(&place, file, faults);
    Scheme {
        id: id.to_owned(),
        kind: match file.kind {
            SchemeKindName::Proof => SchemeKind::Proof,
            SchemeKindName::Identifier => SchemeKind::Identifier,
        },
        methods: file.methods.as_ref().map(|methods| methods.iter().copied().map(kind).collect()),
        profile: file.profile.clone(),
        fields: file.fields.iter().map(|file| field(file, &place, institution, faults)).collect(),
    }
}

fn check_profile(place: &str, file: &SchemeFile, institution: &Institution, faults: &mut Faults) {
    let place = format!("{place}.profile");
    let Some(profile) = institution.profiles.get(&file.profile) else {
        faults.add(place, format!("\"{}\" is none of [profiles]", file.profile));
        return;
    };
    let proves = file.kind == SchemeKindName::Proof || profile.methods_required > 0;
    faults.ensure(
        proves,
        &place,
        "requires no method, and an identifier proves nothing: anybody could take any account; \
         raise `methods_required`, or ask for proof",
    );
}

/// A scheme opens methods that are offered, to as many contacts as its people must prove.
fn check_methods(place: &str, file: &SchemeFile, institution: &Institution, faults: &mut Faults) {
    let offered = &institution.methods.offered;
    let place = format!("{place}.methods");
    let opened = file.methods.as_ref().unwrap_or(offered);
    let contacts: BTreeSet<&str> = opened.iter().map(|method| method.contact()).collect();
    let required = institution.profiles.get(&file.profile).map_or(0, |profile| profile.methods_required);
    if required == 2 && contacts.len() == 1 {
        let place = if file.methods.is_some() { &place } else { "methods.offered" };
        faults.add(place, "lead to one contact only, but the profile requires two methods");
    }
    if let Some(methods) = &file.methods {
        faults.ensure(
            !methods.is_empty(),
            &place,
            "names no method; leave it out to open all that are offered",
        );
        once_each(&place, methods, faults);
        for method in methods.iter().filter(|method| !offered.contains(method)) {
            faults.add(&place, format!("\"{}\" is not in methods.offered", method.name()));
        }
    }
}

fn check_fields(place: &str, file: &SchemeFile, faults: &mut Faults) {
    let place = format!("{place}.fields");
    faults.ensure(
        file.fields.iter().any(|field| field.anchor == Some(AnchorName::EveryAttempt)),
        &place,
        "need one with anchor = \"every-attempt\", or the others could be guessed without limit",
    );
    for (index, field) in file.fields.iter().enumerate() {
        if file.fields[..index].iter().any(|earlier| earlier.id == field.id) {
            faults.add(format!("{place}.{}", field.id), "stands here twice");
        }
    }
}

fn field(file: &FieldFile, place: &str, institution: &Institution, faults: &mut Faults) -> Field {
    let place = format!("{place}.fields.{}", file.id);
    check_column(&place, file, faults);
    faults.said(&format!("{place}.label"), &file.label, &institution.locales);
    faults.said_if_any(&format!("{place}.hint"), &file.hint, &institution.locales);
    faults.ensure(
        file.anchor.is_none() || file.kind != FieldKindName::Date,
        &format!("{place}.anchor"),
        "a date cannot be an anchor: strangers share it, and would lock each other out",
    );
    Field {
        id: file.id.clone(),
        kind: match file.kind {
            FieldKindName::Number => FieldKind::Number,
            FieldKindName::NationalCode => FieldKind::NationalCode,
            FieldKindName::Date => FieldKind::Date,
            FieldKindName::Email => FieldKind::Email,
            FieldKindName::Phone => FieldKind::Phone,
        },
        pattern: file.pattern.as_ref().and_then(|text| pattern(&format!("{place}.pattern"), text, faults)),
        anchor: file.anchor.map(|anchor| match anchor {
            AnchorName::EveryAttempt => Anchor::EveryAttempt,
            AnchorName::Failures => Anchor::Failures,
        }),
    }
}

fn check_column(place: &str, file: &FieldFile, faults: &mut Faults) {
    let id = file.id.as_str();
    let sound = id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.len() <= 40
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    faults.ensure(
        sound,
        place,
        "must be at most 40 lower-case letters, digits and underscores, a letter first",
    );
    faults.ensure(
        !OTHER_COLUMNS.contains(&id),
        place,
        "is a column of the registry file that identifies nobody; take another id",
    );
    if let Some((_, kind)) = SHARED_COLUMNS.iter().find(|(column, kind)| *column == id && *kind != file.kind)
    {
        faults.add(
            format!("{place}.kind"),
            format!("must be \"{}\", which that column of the registry file holds", kind.name()),
        );
    }
}

fn pattern(place: &str, text: &str, faults: &mut Faults) -> Option<Regex> {
    faults.ensure(
        text.starts_with('^') && text.ends_with('$'),
        place,
        "must begin with ^ and end with $, or it would be enough that a part matches",
    );
    Regex::new(text).map_err(|cause| faults.add(place, format!("is no regular expression: {cause}"))).ok()
}

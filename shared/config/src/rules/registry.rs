//! Where the registry can be read from.

use super::directories::{is_attribute, named, reached};
use super::schemes::{OTHER_COLUMNS, SHARED_COLUMNS};
use crate::fault::Faults;
use crate::institution::{Always, Column, Institution, Translated};
use std::collections::BTreeSet;

/// Columns without which nobody is known.
const NEEDED: [&str; 5] = ["person_id", "profile", "display_name", "academic_email", "recovery"];

pub(super) fn check(institution: &Institution, faults: &mut Faults) {
    let Some(source) = &institution.registry else { return };
    let place = "registry.ldap";
    reached(place, &source.ldap.server, faults);
    named(&format!("{place}.bind"), &source.ldap.bind, faults);
    named(&format!("{place}.base"), &source.ldap.base, faults);
    let filter = &source.ldap.filter;
    faults.ensure(
        filter.starts_with('(') && filter.ends_with(')'),
        &format!("{place}.filter"),
        "must be a filter in parentheses (RFC 4515), such as (objectClass=person)",
    );
    columns(&format!("{place}.columns"), institution, faults);
}

fn columns(place: &str, institution: &Institution, faults: &mut Faults) {
    let Some(source) = &institution.registry else { return };
    let fields = institution.schemes.values().flat_map(|scheme| &scheme.fields);
    let fields: BTreeSet<&str> = fields.map(|field| field.id.as_str()).collect();
    let own = OTHER_COLUMNS.into_iter().chain(SHARED_COLUMNS.map(|(name, _)| name));
    let known: BTreeSet<&str> = own.chain(fields.iter().copied()).collect();
    let columns = &source.ldap.columns;
    for needed in NEEDED.into_iter().chain(fields).collect::<BTreeSet<_>>() {
        faults.ensure(columns.contains_key(needed), &format!("{place}.{needed}"), "is missing");
    }
    for (name, column) in columns {
        let place = format!("{place}.{name}");
        faults.ensure(known.contains(name.as_str()), &place, "is no column of the registry");
        match column {
            Column::Attribute(attribute) | Column::Translated(Translated { attribute, .. }) => {
                faults.ensure(is_attribute(attribute), &place, "must be the name of an LDAP attribute");
            }
            Column::Always(Always { always }) => named(&place, always, faults),
        }
    }
}

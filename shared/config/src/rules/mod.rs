//! From the institution's file to the rules, within the bounds.

mod codes;
mod directories;
mod limits;
mod password;
mod presentation;
mod registry;
mod schemes;
mod warnings;

pub(crate) use warnings::warnings;

use crate::bounds;
use crate::fault::{Fault, Faults};
use crate::institution::Institution;
use recupmail_domain::rules::Rules;

/// The rules of an institution, or everything that is wrong with its file.
pub(crate) fn rules(institution: &Institution) -> Result<Rules, Vec<Fault>> {
    let mut faults = Faults::default();
    presentation::check(institution, &mut faults);
    directories::check(institution, &mut faults);
    registry::check(institution, &mut faults);
    let rules = Rules {
        locales: institution.locales.clone(),
        calling_code: institution.calling_code.clone(),
        terms_version: institution.terms.version.clone(),
        schemes: schemes::schemes(institution, &mut faults),
        methods_required: schemes::methods_required(institution, &mut faults),
        methods: codes::methods(institution, &mut faults),
        code: codes::code(&institution.code, &mut faults),
        password: password::policy(institution, &mut faults),
        limits: limits::limits(&institution.limits, &mut faults),
        sign_in_url: institution.links.sign_in.clone(),
        fresh_contact_days: faults.within(
            "privacy.fresh_contact_days",
            institution.privacy.fresh_contact_days,
            bounds::FRESH_CONTACT_DAYS,
        ),
        audit_days: faults.within("privacy.audit_days", institution.privacy.audit_days, bounds::AUDIT_DAYS),
    };
    let faults = faults.into_vec();
    if faults.is_empty() { Ok(rules) } else { Err(faults) }
}

//! What the institution's file and the environment say.

use super::Findings;
use recupmail_config::{Environment, Institution, InstitutionError, MethodName};

/// Checks both; gives the institution back if its file can be used.
pub(super) fn check(environment: &Environment, findings: &mut Findings) -> Option<Institution> {
    let institution = institution(environment, findings);
    origins(environment, institution.as_ref(), findings);
    if let Some(file) = environment.clock_offset_file().transpose() {
        match file {
            Ok(_) => findings.ok("clock", "may be set ahead, as on a local stack"),
            Err(cause) => findings.error("clock", cause.to_string(), "remove this variable"),
        }
    }
    if let Err(cause) = environment.limits(recupmail_domain::limits::Limits::default()) {
        findings.error("limits", cause.to_string(), "remove this variable: deployments have none");
    }
    institution
}

fn institution(environment: &Environment, findings: &mut Findings) -> Option<Institution> {
    const WHAT: &str = "institution";
    const REMEDY: &str = "correct institution.toml; `recupctl schema` gives editors what belongs in it";
    let folder = match environment.institution() {
        Ok(folder) => folder,
        Err(cause) => {
            findings.error(WHAT, cause.to_string(), "set it to the folder of the institution's file");
            return None;
        }
    };
    match Institution::load(&folder) {
        Ok(institution) => {
            findings.ok(WHAT, format!("{}, {}", institution.id, folder.display()));
            for warning in institution.warnings() {
                findings.warn(WHAT, warning.to_string(), "change it, or keep it if it is meant");
            }
            Some(institution)
        }
        Err(InstitutionError::Invalid { faults, .. }) => {
            for fault in faults {
                findings.error(WHAT, fault.to_string(), REMEDY);
            }
            None
        }
        Err(cause) => {
            findings.error(WHAT, cause.to_string(), REMEDY);
            None
        }
    }
}

fn origins(environment: &Environment, institution: Option<&Institution>, findings: &mut Findings) {
    const WHAT: &str = "origins";
    let network = match environment.network() {
        Ok(network) => network,
        Err(cause) => {
            return findings.error(WHAT, cause.to_string(), "set it to the site's origin, https://…");
        }
    };
    let local =
        |origin: &String| origin.starts_with("http://localhost:") || origin.starts_with("http://127.0.0.1:");
    let wrong = network.origins.iter().find(|origin| {
        let host = origin.strip_prefix("https://");
        !local(origin) && host.is_none_or(|host| host.is_empty() || host.contains('/'))
    });
    if let Some(wrong) = wrong {
        return findings.error(
            WHAT,
            format!("{wrong:?} is no origin"),
            "write https:// and the host, no more",
        );
    }
    let site = institution.map(|institution| institution.site.trim_end_matches('/'));
    match (network.origins.first(), site) {
        (Some(first), Some(site)) if first != site && !local(first) => findings.warn(
            WHAT,
            format!("the first is {first}, but `site` of the institution's file is {site}"),
            "letters and SMS name the first one: let both be the same",
        ),
        _ => findings.ok(WHAT, network.origins.join(", ")),
    }
}

/// Whether the institution offers a method.
pub(super) fn offers(institution: &Institution, method: MethodName) -> bool {
    institution.methods.offered.contains(&method)
}

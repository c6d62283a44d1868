//! The password policy.

use crate::bounds;
use crate::fault::Faults;
use crate::institution::{DirectoryFile, Institution};
use recupmail_domain::password::Policy;

/// The `zxcvbn` score from which a password is safely unguessable.
const MIN_SCORE: u8 = 3;
/// Where eight characters are allowed: no password of eight reaches more than 2, be they random (10⁸ guesses).
const MIN_SCORE_OF_EIGHT: u8 = 2;

pub(super) fn policy(institution: &Institution, faults: &mut Faults) -> Policy {
    let file = &institution.password;
    let two_methods = institution.profiles.values().all(|profile| profile.methods_required == 2);
    let least = bounds::PASSWORD_LEAST_ALONE;
    if file.min < least && !two_methods {
        faults.add(
            "password.min",
            format!("must be {least} or more, unless every profile requires two methods"),
        );
    }
    let names = institution.names.values().chain(institution.office.place.values());
    let policy = Policy {
        min: faults.within("password.min", file.min, bounds::PASSWORD_MIN),
        max: faults.within("password.max", file.max, bounds::PASSWORD_MAX),
        classes: faults.within("password.classes", file.classes, bounds::PASSWORD_CLASSES),
        unicode: file.unicode,
        min_score: if file.min < least { MIN_SCORE_OF_EIGHT } else { MIN_SCORE },
        context: names.chain([&institution.short_name, &institution.site]).cloned().collect(),
    };
    institution.directories.values().fold(policy, within)
}

/// What both the policy and a directory take: else somebody would be refused only after everything was proven.
fn within(policy: Policy, directory: &DirectoryFile) -> Policy {
    match directory {
        DirectoryFile::Embedded | DirectoryFile::Ldap(_) | DirectoryFile::ActiveDirectory(_) => policy,
        DirectoryFile::Entra(_) => {
            let (min, max, classes) = bounds::ENTRA_PASSWORD;
            Policy {
                min: policy.min.max(min),
                max: policy.max.min(max),
                classes: policy.classes.max(classes),
                unicode: false,
                ..policy
            }
        }
    }
}

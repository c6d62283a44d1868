//! The password policy.

use crate::bounds::{self, Bounds};
use crate::fault::Faults;
use crate::institution::Institution;
use recupmail_domain::password::Policy;

/// The `zxcvbn` score from which a password is safely unguessable.
const MIN_SCORE: u8 = 3;

pub(super) fn policy(institution: &Institution, faults: &mut Faults) -> Policy {
    let file = &institution.password;
    let two_methods = institution.profiles.values().all(|profile| profile.methods_required == 2);
    let least =
        if two_methods { bounds::PASSWORD_LEAST_WITH_TWO_METHODS } else { bounds::PASSWORD_MIN.least };
    let bounds = Bounds { least, ..bounds::PASSWORD_MIN };
    if !two_methods && bounds::PASSWORD_LEAST_WITH_TWO_METHODS <= file.min && file.min < least {
        faults.add(
            "password.min",
            format!(
                "{} is short for a password: only possible where every profile requires two methods",
                file.min
            ),
        );
    }
    Policy {
        min: faults.within("password.min", file.min, bounds),
        max: faults.within("password.max", file.max, bounds::PASSWORD_MAX),
        classes: faults.within("password.classes", file.classes, bounds::PASSWORD_CLASSES),
        unicode: file.unicode,
        min_score: MIN_SCORE,
    }
}

//! What is allowed, but seldom meant.

use crate::fault::{Fault, Faults};
use crate::institution::{Institution, MethodName};

pub(crate) fn warnings(institution: &Institution) -> Vec<Fault> {
    let mut warnings = Faults::default();
    for (name, profile) in &institution.profiles {
        warnings.ensure(
            profile.methods_required > 0,
            &format!("profiles.{name}.methods_required"),
            "is 0: no code is asked for, and whoever knows the identity fields gets the account",
        );
    }
    let methods = &institution.methods;
    let offers = |method| methods.offered.contains(&method);
    if offers(MethodName::Sms) || offers(MethodName::Voice) {
        warnings.ensure(
            offers(MethodName::Email),
            "methods.offered",
            "lacks \"email\": who meets a limit of SMS or calls has no other way on",
        );
        let national = &institution.calling_code;
        warnings.ensure(
            methods.countries.contains_key(national),
            "methods.countries",
            &format!("lacks {national}: numbers of the institution's own country get neither SMS nor calls"),
        );
    } else {
        warnings.ensure(
            methods.countries.is_empty(),
            "methods.countries",
            "is without effect: neither \"sms\" nor \"voice\" is offered",
        );
    }
    warnings.into_vec()
}

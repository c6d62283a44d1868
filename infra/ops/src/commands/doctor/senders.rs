//! The services that carry messages, as far as they can be asked without sending anything.

use super::Findings;
use super::configuration::offers;
use super::unasked::unasked;
use recupmail_config::{Environment, Institution, MethodName};
use recupmail_inspect::{
    Asked, MailIdentity, MailState, inspect_identity, inspect_mail, sms_in_sandbox, voice_in_sandbox,
};

/// The most mails in a day of an account in the sandbox.
const SANDBOX_MAILS: f64 = 200.0;

pub(super) async fn check(environment: &Environment, institution: &Institution, findings: &mut Findings) {
    match environment.delivery() {
        Ok(delivery) => {
            let from = &institution.mail.from;
            let address =
                from.rsplit_once('<').map_or(from.as_str(), |(_, address)| address.trim_end_matches('>'));
            judge_mail(address, inspect_mail(&delivery.ses, address).await, findings);
            if !environment.is_local() {
                let identity = inspect_identity(&delivery.ses, address).await;
                judge_identity(environment.mail_configuration(), identity, findings);
            }
            if offers(institution, MethodName::Sms) {
                judge_phone("SMS", sms_in_sandbox(&delivery.sns).await, findings);
            }
        }
        Err(cause) => findings.error("mail", cause.to_string(), "set this variable"),
    }
    if offers(institution, MethodName::Voice) {
        match environment.telephony() {
            Ok(telephony) => judge_phone("voice", voice_in_sandbox(&telephony.service).await, findings),
            Err(cause) => {
                let remedy = "set it to a number or pool of AWS End User Messaging that may call";
                findings.error("voice", cause.to_string(), remedy);
            }
        }
    }
}

/// Notices of a change go by mail, whatever methods are offered.
fn judge_mail(address: &str, asked: Asked<MailState>, findings: &mut Findings) {
    const WHAT: &str = "mail";
    match asked {
        Asked::Told(MailState { sender_verified: false, .. }) => findings.error(
            WHAT,
            format!("{address} is not verified in SES, nor is a domain that it is of"),
            "verify the domain in SES, in this region: no mail leaves before",
        ),
        Asked::Told(MailState { per_day, .. }) if (0.0..=SANDBOX_MAILS).contains(&per_day) => findings.warn(
            WHAT,
            format!("{address} is verified, but at most {per_day} mails leave in a day"),
            "ask AWS for production access of SES: in its sandbox, mails go to verified addresses only",
        ),
        Asked::Told(_) => findings.ok(WHAT, format!("{address} is verified")),
        other => unasked(WHAT, other, "ses:Get*", findings),
    }
}

/// The stack's configuration set asks for TLS, counts bounces, and keeps from writing to who bounced. An identity
/// that was there before the stack is given it by hand.
fn judge_identity(expected: Option<&str>, asked: Asked<Option<MailIdentity>>, findings: &mut Findings) {
    const WHAT: &str = "mail configuration";
    let MailIdentity { name, configuration } = match asked {
        Asked::Told(Some(identity)) => identity,
        // That it is not verified either was said already.
        Asked::Told(None) => return,
        other => return unasked(WHAT, other, "ses:GetEmailIdentity", findings),
    };
    let remedy = format!(
        "aws sesv2 put-email-identity-configuration-set-attributes --email-identity {name} \
         --configuration-set-name {}",
        expected.unwrap_or("<MailConfiguration, an output of the template>")
    );
    match (configuration.as_deref(), expected) {
        (None, _) => {
            let said = format!("mails of {name} get no configuration set: nobody counts what bounces");
            findings.warn(WHAT, said, remedy);
        }
        (Some(set), Some(expected)) if set != expected => {
            let said =
                format!("mails of {name} get {set}, not {expected}, the only one that the functions may use");
            findings.error(WHAT, said, remedy);
        }
        (Some(set), _) => findings.ok(WHAT, format!("mails of {name} get {set}")),
    }
}

fn judge_phone(what: &str, asked: Asked<bool>, findings: &mut Findings) {
    match asked {
        Asked::Told(true) => findings.warn(
            what,
            "is in the sandbox: only verified numbers are reached",
            "ask AWS to move the account out of it, and to raise the spending limit",
        ),
        Asked::Told(false) => findings.ok(what, "answers, and is out of the sandbox"),
        other => unasked(what, other, "sns:GetSMS*, sms-voice:Describe*", findings),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    /// What is said of an identity with this configuration set, where another is expected.
    fn judged(configuration: Option<&str>, expected: Option<&str>) -> (Level, String, String) {
        let identity =
            MailIdentity { name: "univ.example".to_owned(), configuration: configuration.map(str::to_owned) };
        let mut findings = Findings::default();
        judge_identity(expected, Asked::Told(Some(identity)), &mut findings);
        let found = findings.0.remove(0);
        (found.level, found.said, found.remedy)
    }

    #[test]
    fn an_identity_has_the_configuration_set_of_the_stack() {
        let (level, said, _) = judged(Some("ours"), Some("ours"));
        assert_eq!((level, said.as_str()), (Level::Ok, "mails of univ.example get ours"));
        assert_eq!(judged(Some("any"), None).0, Level::Ok, "which one is expected was not told");
        let (level, said, remedy) = judged(Some("theirs"), Some("ours"));
        assert_eq!(level, Level::Error, "no mail would leave");
        assert!(said.starts_with("mails of univ.example get theirs, not ours"), "{said}");
        assert!(remedy.ends_with("--email-identity univ.example --configuration-set-name ours"), "{remedy}");
        assert_eq!(judged(None, Some("ours")).0, Level::Warning);
    }
}

//! The services that carry messages, as far as they can be asked without sending anything.

use super::Findings;
use super::configuration::offers;
use super::storage::said;
use recupmail_aws::{Asked, MailState, inspect_mail, sms_in_sandbox, voice_in_sandbox};
use recupmail_config::{Environment, Institution, MethodName};

/// The most mails in a day of an account in the sandbox.
const SANDBOX_MAILS: f64 = 200.0;

pub(super) async fn check(environment: &Environment, institution: &Institution, findings: &mut Findings) {
    match environment.delivery() {
        Ok(delivery) => {
            let from = &institution.mail.from;
            let address =
                from.rsplit_once('<').map_or(from.as_str(), |(_, address)| address.trim_end_matches('>'));
            judge_mail(address, inspect_mail(&delivery.ses, address).await, findings);
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
            format!("{address} is not verified in SES, nor is its domain"),
            "verify the domain in SES, in this region: no mail leaves before",
        ),
        Asked::Told(MailState { per_day, .. }) if (0.0..=SANDBOX_MAILS).contains(&per_day) => findings.warn(
            WHAT,
            format!("{address} is verified, but at most {per_day} mails leave in a day"),
            "ask AWS for production access of SES: in its sandbox, mails go to verified addresses only",
        ),
        Asked::Told(_) => findings.ok(WHAT, format!("{address} is verified")),
        other => unasked(WHAT, other, findings),
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
        other => unasked(what, other, findings),
    }
}

fn unasked<T>(what: &str, asked: Asked<T>, findings: &mut Findings) {
    match asked {
        Asked::Told(_) => {}
        // Stand-ins on one machine send, and know no such question.
        Asked::Refused(code) if code.starts_with("InvalidAction") || code.starts_with("UnknownOperation") => {
            findings.ok(what, "answers");
        }
        Asked::Refused(code) => findings.warn(
            what,
            format!("answers, but does not tell how it is: {code}"),
            "run this with credentials that may ask: ses:Get*, sns:GetSMS*, sms-voice:Describe*",
        ),
        Asked::Silent(cause) => {
            findings.error(
                what,
                said(&cause),
                "look whether region and network are right, and the service answers",
            );
        }
    }
}

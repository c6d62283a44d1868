//! What a domain controller's answers mean.

use crate::ldap::codes::{
    CONSTRAINT_VIOLATION, INVALID_CREDENTIALS, OPERATIONS_ERROR, OTHER, SUCCESS, TIME_LIMIT_EXCEEDED,
    UNAVAILABLE, UNWILLING_TO_PERFORM,
};
use ldap3::LdapResult;
use recupmail_domain::ports::{DirectoryRule, Unavailable, WriteFailure};

/// How a diagnostic message begins if a rule forbids the password: `ERROR_PASSWORD_RESTRICTION`, the number
/// 1325 of [MS-ERREF] section 2.2, in hexadecimal.
const PASSWORD_RESTRICTION: &str = "0000052D:";

/// What a request to set a password came to.
pub(super) fn written(answer: &LdapResult) -> Result<(), WriteFailure> {
    let unavailable = || Unavailable::new("directory", format!("refused with result code {}", answer.rc));
    match answer.rc {
        SUCCESS => Ok(()),
        CONSTRAINT_VIOLATION | UNWILLING_TO_PERFORM if answer.text.starts_with(PASSWORD_RESTRICTION) => {
            Err(WriteFailure::Refused(rule(&answer.text)))
        }
        // The server gave up and does not say where, or something before it lost it.
        OPERATIONS_ERROR | TIME_LIMIT_EXCEEDED | UNAVAILABLE | OTHER.. => {
            Err(WriteFailure::Unknown(unavailable()))
        }
        // A modification is done as a whole or not at all (RFC 4511 section 4.6).
        _ => Err(WriteFailure::NotWritten(unavailable())),
    }
}

/// Which rule it was, as far as the message tells: Samba says it in words, Windows does not.
fn rule(message: &str) -> DirectoryRule {
    let says = |words: &str| message.contains(words);
    if says("too short") || says("complexity") {
        DirectoryRule::Quality
    } else if says("already used") {
        DirectoryRule::History
    } else if says("too young") {
        DirectoryRule::Age
    } else {
        DirectoryRule::Unnamed
    }
}

/// What a sign-in tells about the password it was tried with: whether it is the account's.
///
/// A refusal carries a Windows error code ([MS-ERREF] section 2.2) after `data`. Some are given only to who
/// knows the password: the account must not be used now, is disabled or expired, or its password must be
/// changed first. One hides it: a locked account is refused whatever the password.
pub(super) fn signed_in(answer: &LdapResult) -> Result<bool, Unavailable> {
    /// Outside permitted hours, from a workstation that is not permitted, password expired, account disabled,
    /// account expired, password must be changed.
    const KNOWS_THE_PASSWORD: [u32; 6] = [0x530, 0x531, 0x532, 0x533, 0x701, 0x773];
    const LOCKED: u32 = 0x775;
    match (answer.rc, windows_code(&answer.text)) {
        (SUCCESS, _) => Ok(true),
        (INVALID_CREDENTIALS, Some(LOCKED)) => {
            Err(Unavailable::new("directory", "the account is locked: no password can be tried"))
        }
        (INVALID_CREDENTIALS, Some(code)) if KNOWS_THE_PASSWORD.contains(&code) => Ok(true),
        (INVALID_CREDENTIALS, _) => Ok(false),
        (code, _) => {
            Err(Unavailable::new("directory", format!("a sign-in was refused with result code {code}")))
        }
    }
}

/// The code in `80090308: LdapErr: DSID-…, comment: AcceptSecurityContext error, data 52e, v…`.
fn windows_code(message: &str) -> Option<u32> {
    let (_, after) = message.split_once(" data ")?;
    let digits = after.split(|c: char| !c.is_ascii_hexdigit()).next()?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(rc: u32, text: &str) -> LdapResult {
        let (matched, text) = (String::new(), text.to_owned());
        LdapResult { rc, matched, text, refs: Vec::new(), ctrls: Vec::new() }
    }

    /// What became of the password, in a word.
    fn became(rc: u32, text: &str) -> String {
        match written(&answer(rc, text)) {
            Ok(()) => "written".to_owned(),
            Err(WriteFailure::Refused(rule)) => format!("{rule:?}"),
            Err(WriteFailure::NotWritten(_)) => "not written".to_owned(),
            Err(WriteFailure::Unknown(_)) => "unknown".to_owned(),
        }
    }

    #[test]
    fn a_refusal_names_the_rule_where_the_message_does() {
        let samba =
            |said: &str| format!("0000052D: Constraint violation - check_password_restrictions: {said}");
        for (said, rule) in [
            ("the password is too short. It should be equal or longer than 7 characters!", "Quality"),
            ("the password does not meet the complexity criteria!", "Quality"),
            ("the password was already used (in history)!", "History"),
            ("the password was already used (previous password)!", "History"),
            ("password is too young to change!", "Age"),
            ("the password doesn't fit due to a miscellaneous restriction!", "Unnamed"),
        ] {
            assert_eq!(became(19, &samba(said)), rule, "{said}");
        }
        let windows = [
            (53, "0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0\n"),
            (
                19,
                "0000052D: AtrErr: DSID-03191083, #1:\n\t0: 0000052D: DSID-03191083, problem 1005 \
                 (CONSTRAINT_ATT_TYPE), data 0, Att 9005a (unicodePwd)\n",
            ),
        ];
        for (code, said) in windows {
            assert_eq!(became(code, said), "Unnamed");
        }
    }

    #[test]
    fn other_refusals_say_that_nothing_was_written() {
        for (code, said) in [
            (50, "00000005: SecErr: DSID-031A1256, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0\n"),
            (50, "error in module acl: insufficient access rights during LDB_MODIFY (50)"),
            (32, "00002030: No such Base DN: CN=xx,OU=People,DC=ad,DC=univ,DC=example"),
            (12, "00000057: LdapErr: DSID-0C090CAD, comment: Error processing control, data 0, v23f0"),
            (53, "0000001F: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0\n"),
            (19, "00000057: AtrErr: DSID-03190F80, problem 1005 (CONSTRAINT_ATT_TYPE), data 0052D\n"),
            (51, ""),
        ] {
            assert_eq!(became(code, said), "not written", "{code} {said}");
        }
        assert_eq!(became(0, ""), "written");
    }

    #[test]
    fn a_server_that_gave_up_leaves_open_what_it_did() {
        for code in [1, 3, 52, 80, 4096] {
            assert_eq!(became(code, ""), "unknown", "{code}");
        }
    }

    #[test]
    fn no_word_of_the_server_is_kept() {
        let Err(WriteFailure::NotWritten(unavailable)) = written(&answer(32, "CN=Amina Alaoui")) else {
            unreachable!("not written")
        };
        assert_eq!(unavailable.cause.to_string(), "refused with result code 32");
    }

    #[test]
    fn a_refused_sign_in_may_have_had_the_right_password() {
        let refused = |data: &str| {
            let text =
                format!("80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, {data}");
            signed_in(&answer(49, &text)).ok()
        };
        for data in ["data 773, v1db1", "data 532, v1db1", "data 533, v4563\0", "data 701, v2580"] {
            assert_eq!(refused(data), Some(true), "{data}");
        }
        for data in ["data 52e, v1db1", "data 525, v1db1", "data , v1db1", ""] {
            assert_eq!(refused(data), Some(false), "{data}");
        }
        assert_eq!(refused("data 775, v1db1"), None);
        assert!(signed_in(&answer(0, "")).unwrap());
        assert!(signed_in(&answer(8, "BindSimple: Transport encryption required.")).is_err());
    }
}

//! The password policy controls (draft-behera-ldap-password-policy-10): the server tells by which rule it
//! refuses a password.

use ldap3::asn1::{StructureTag, TagClass, Types, parse_tag, parse_uint};
use ldap3::controls::{Control, RawControl};
use recupmail_domain::ports::DirectoryRule;

/// Both the request's and the response's (section 6).
pub(super) const OID: &str = "1.3.6.1.4.1.42.2.27.8.5.1";
/// The context-specific tag of the response's error (section 6.2).
const ERROR: u64 = 1;

/// Asks for the response control. It is not critical: a server without it writes all the same.
pub(super) fn request() -> RawControl {
    RawControl { ctype: OID.to_owned(), crit: false, val: None }
}

/// By which rule the password itself was refused. None where the server says nothing, and where it would take
/// no password at all from whoever asks.
pub(super) fn refused_rule(controls: &[Control]) -> Option<DirectoryRule> {
    let Control(_, control) = controls.iter().find(|Control(_, control)| control.ctype == OID)?;
    match error(control.val.as_deref()?)? {
        // insufficientPasswordQuality, passwordTooShort, and passwordTooLong as OpenLDAP adds it
        5 | 6 | 9 => Some(DirectoryRule::Quality),
        // passwordTooYoung
        7 => Some(DirectoryRule::Age),
        // passwordInHistory
        8 => Some(DirectoryRule::History),
        _ => None,
    }
}

/// The error in the response's value: `SEQUENCE { warning [0] … OPTIONAL, error [1] ENUMERATED OPTIONAL }`.
fn error(value: &[u8]) -> Option<u64> {
    let (_, response) = parse_tag(value).ok()?;
    let response = response.match_class(TagClass::Universal)?.match_id(Types::Sequence as u64)?;
    let is_error = |part: &StructureTag| part.class == TagClass::Context && part.id == ERROR;
    let error = response.expect_constructed()?.into_iter().find(is_error)?.expect_primitive()?;
    parse_uint(&error).ok().map(|(_, error)| error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(value: &[u8]) -> Option<DirectoryRule> {
        let raw = RawControl { ctype: OID.to_owned(), crit: false, val: Some(value.to_vec()) };
        let other = RawControl { ctype: "1.2.3".to_owned(), crit: false, val: None };
        refused_rule(&[Control(None, other), Control(None, raw)])
    }

    #[test]
    fn each_error_names_its_rule() {
        for (error, expected) in [
            (3, None),
            (4, None),
            (5, Some(DirectoryRule::Quality)),
            (6, Some(DirectoryRule::Quality)),
            (7, Some(DirectoryRule::Age)),
            (8, Some(DirectoryRule::History)),
            (9, Some(DirectoryRule::Quality)),
            (77, None),
        ] {
            assert_eq!(rule(&[0x30, 3, 0x81, 1, error]), expected, "{error}");
        }
    }

    #[test]
    fn an_error_is_found_after_a_warning_and_a_warning_is_none() {
        let time_before_expiration = [0xa0, 4, 0x80, 2, 0x0e, 0x10];
        let with_error = [&[0x30, 9][..], &time_before_expiration, &[0x81, 1, 8]].concat();
        assert_eq!(rule(&with_error), Some(DirectoryRule::History));
        let alone = [&[0x30, 6][..], &time_before_expiration].concat();
        assert_eq!(rule(&alone), None);
    }

    #[test]
    fn what_is_no_response_names_no_rule() {
        let nothing: [&[u8]; 8] = [
            &[],
            &[0x30, 0],
            &[0x30],
            &[0x30, 3, 0x81, 1],
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[0x04, 3, 0x81, 1, 8],
            &[0x30, 5, 0xa1, 3, 0x02, 1, 8],
            &[0x30, 3, 0x01, 1, 8],
        ];
        for value in nothing {
            assert_eq!(rule(value), None, "{value:?}");
        }
        assert_eq!(refused_rule(&[]), None);
        let without = RawControl { ctype: OID.to_owned(), crit: false, val: None };
        assert_eq!(refused_rule(&[Control(None, without)]), None);
    }
}

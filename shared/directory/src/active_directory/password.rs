//! A password as Active Directory takes it.

use ldap3::Mod;
use ldap3::controls::RawControl;
use recupmail_domain::secret::Confidential;
use std::collections::HashSet;

/// `LDAP_SERVER_POLICY_HINTS_OID` ([MS-ADTS] section 3.1.1.3.4.1.27).
pub(super) const POLICY_HINTS: &str = "1.2.840.113556.1.4.2239";

/// Its value: `SEQUENCE { Flags INTEGER }`, where 1 asks for the whole password policy.
const WHOLE_POLICY: [u8; 5] = [0x30, 0x03, 0x02, 0x01, 0x01];

/// Asks that a password set by an administrator must satisfy the history and age rules too, which otherwise
/// bind only who changes their own. A critical one must be obeyed; where it is not known, nothing is done
/// (RFC 4511 section 4.1.11).
pub(super) fn policy_hints(critical: bool) -> RawControl {
    RawControl { ctype: POLICY_HINTS.to_owned(), crit: critical, val: Some(WHOLE_POLICY.to_vec()) }
}

/// The value of `unicodePwd`: the password between double quotes, in UTF-16 without a mark, low byte first
/// ([MS-ADTS] section 3.1.1.3.1.5.1).
fn unicode_pwd(password: &Confidential<String>) -> Vec<u8> {
    format!("\"{}\"", password.reveal()).encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// What is changed in an account: its password and, if asked for, that it was locked by wrong ones ([MS-SAMR]
/// section 3.1.1.8.3). To replace the password is to reset it: nobody says the one before.
pub(super) fn changes(password: &Confidential<String>, unlock: bool) -> Vec<Mod<Vec<u8>>> {
    let replace =
        |attribute: &str, value: Vec<u8>| Mod::Replace(attribute.as_bytes().to_vec(), HashSet::from([value]));
    let mut changes = vec![replace("unicodePwd", unicode_pwd(password))];
    if unlock {
        changes.push(replace("lockoutTime", b"0".to_vec()));
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(password: &str) -> Vec<u8> {
        unicode_pwd(&Confidential::new(password.to_owned()))
    }

    #[test]
    fn a_password_is_quoted_and_in_utf_16_low_byte_first() {
        assert_eq!(encoded("new"), *b"\"\0n\0e\0w\0\"\0");
    }

    #[test]
    fn letters_beyond_the_basic_plane_are_pairs_of_surrogates_and_quotes_stay() {
        assert_eq!(encoded("é"), [0x22, 0, 0xe9, 0, 0x22, 0]);
        assert_eq!(encoded("😀"), [0x22, 0, 0x3d, 0xd8, 0x00, 0xde, 0x22, 0]);
        assert_eq!(encoded("\""), *b"\"\0\"\0\"\0");
    }

    #[test]
    fn the_policy_hint_is_a_sequence_of_the_number_one() {
        let RawControl { ctype, crit, val } = policy_hints(true);
        assert_eq!((ctype.as_str(), crit), ("1.2.840.113556.1.4.2239", true));
        assert_eq!(val.unwrap(), [0x30, 3, 2, 1, 1]);
    }

    #[test]
    fn an_account_is_unlocked_where_asked_for() {
        let password = Confidential::new("new".to_owned());
        let attributes = |unlock| -> Vec<Vec<u8>> {
            let changes = changes(&password, unlock).into_iter();
            changes
                .filter_map(|change| if let Mod::Replace(name, _) = change { Some(name) } else { None })
                .collect()
        };
        assert_eq!(attributes(false), [b"unicodePwd".to_vec()]);
        assert_eq!(attributes(true), [b"unicodePwd".to_vec(), b"lockoutTime".to_vec()]);
    }
}

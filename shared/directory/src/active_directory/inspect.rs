//! What can be told of a domain controller without changing anybody: for `recupctl doctor`.

use super::ActiveDirectory;
use super::access::{RESET_PASSWORD, has_right};
use super::password::POLICY_HINTS;
use crate::ldap::codes::{NO_SUCH_OBJECT, SIZE_LIMIT_EXCEEDED, SUCCESS};
use crate::ldap::connection::unavailable;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ldap3::controls::RawControl;
use ldap3::{Ldap, LdapError, LdapResult, Scope, SearchEntry, SearchOptions};
use recupmail_domain::clock::Timestamp;
use recupmail_domain::ports::{ReadSecret, Unavailable};

/// How many accounts are looked at. Rights are given to a folder of people, not to each.
const SAMPLE: u8 = 20;

/// A domain controller that was reached by TLS and let the service account in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Inspection {
    /// Whether it applies the history and age rules to a reset, as it is asked to
    /// (`LDAP_SERVER_POLICY_HINTS_OID`).
    pub(super) policy_hints: bool,
    /// By how many seconds its clock is ahead of ours, less than 0 where it is behind; `None` if it does not
    /// tell the time.
    pub(super) clock_ahead: Option<i64>,
    /// Accounts below the configured base; `None` if there is no such base, or the service account may not
    /// see it.
    pub(super) sample: Option<Sample>,
}

/// Some accounts that bear the configured attribute, and what the service account may do to them. Left out
/// are those that every domain has of its own and those of administrators, which the domain keeps delegated
/// rights from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    /// How many were looked at.
    pub(super) accounts: usize,
    /// Of how many the password may be reset.
    pub(super) resettable: usize,
    /// How many may be unlocked: their `lockoutTime` may be written.
    pub(super) unlockable: usize,
    /// How many did not let their security descriptor be read, or only one that means nothing to us.
    pub(super) unreadable: usize,
}

impl<S: ReadSecret> ActiveDirectory<S> {
    /// Signs in as the service account and looks around; `now` is the present moment by our clock.
    pub(super) async fn inspect(&self, now: Timestamp) -> Result<Inspection, Unavailable> {
        let mut ldap = self.connections.sign_in().await?;
        let about = [SUPPORTED_CONTROL, CURRENT_TIME, TOKEN_GROUPS];
        let asked =
            search(ldap.with_search_options(SearchOptions::new()), ("", Scope::Base, ANYTHING), &about);
        let (roots, result) = self.connections.asked(asked).await?;
        let [root] = roots.as_slice() else {
            return Err(unavailable(format!("it says nothing of itself: result code {}", result.rc)));
        };
        let policy_hints = values(root, SUPPORTED_CONTROL).any(|oid| oid == POLICY_HINTS.as_bytes());
        let time = values(root, CURRENT_TIME).next().and_then(moment);
        let clock_ahead = time.map(|time| time.as_secs() - now.as_secs());
        // At the root these are the SIDs that whoever is signed in has ([MS-ADTS] section 3.1.1.3.2).
        let sids: Vec<Vec<u8>> = values(root, TOKEN_GROUPS).map(<[u8]>::to_vec).collect();
        Ok(Inspection { policy_hints, clock_ahead, sample: self.sample(&mut ldap, &sids).await? })
    }

    async fn sample(&self, ldap: &mut Ldap, sids: &[Vec<u8>]) -> Result<Option<Sample>, Unavailable> {
        let attribute = &self.accounts.attribute;
        let people = format!(
            "(&(objectCategory=person)({attribute}=*)(!(isCriticalSystemObject=TRUE))(!(adminCount=1)))"
        );
        let within = (self.accounts.base.as_str(), Scope::Subtree, people.as_str());
        let request = ldap.with_controls(dacl_alone());
        let request = request.with_search_options(SearchOptions::new().sizelimit(SAMPLE.into()));
        let asked = search(request, within, &[SECURITY_DESCRIPTOR, WRITABLE]);
        let (mut accounts, result) = self.connections.asked(asked).await?;
        // Samba sends all of them, however few are asked for.
        accounts.truncate(SAMPLE.into());
        match result.rc {
            SUCCESS | SIZE_LIMIT_EXCEEDED => {}
            NO_SUCH_OBJECT => return Ok(None),
            code => {
                return Err(unavailable(format!(
                    "a search for accounts was refused with result code {code}"
                )));
            }
        }
        let mut sample = Sample { accounts: accounts.len(), resettable: 0, unlockable: 0, unreadable: 0 };
        for account in &accounts {
            let descriptor = values(account, SECURITY_DESCRIPTOR).next();
            match descriptor.and_then(|descriptor| has_right(descriptor, sids, &RESET_PASSWORD)) {
                Some(may) => sample.resettable += usize::from(may),
                None => sample.unreadable += 1,
            }
            let unlockable = values(account, WRITABLE).any(|name| name.eq_ignore_ascii_case(b"lockoutTime"));
            sample.unlockable += usize::from(unlockable);
        }
        Ok(Some(sample))
    }
}

const ANYTHING: &str = "(objectClass=*)";
const SUPPORTED_CONTROL: &str = "supportedControl";
const CURRENT_TIME: &str = "currentTime";
const TOKEN_GROUPS: &str = "tokenGroups";
const SECURITY_DESCRIPTOR: &str = "nTSecurityDescriptor";
/// The attributes that whoever asks may write.
const WRITABLE: &str = "allowedAttributesEffective";

/// `LDAP_SERVER_SD_FLAGS_OID` ([MS-ADTS] section 3.1.1.3.4.1.11) for the DACL alone: who may read that may not
/// always read the rest, and would be given nothing. Its value: `SEQUENCE { Flags INTEGER }`.
fn dacl_alone() -> RawControl {
    const DACL_SECURITY_INFORMATION: u8 = 4;
    let flags = vec![0x30, 0x03, 0x02, 0x01, DACL_SECURITY_INFORMATION];
    RawControl { ctype: "1.2.840.113556.1.4.801".to_owned(), crit: true, val: Some(flags) }
}

async fn search(
    ldap: &mut Ldap,
    (base, scope, filter): (&str, Scope, &str),
    attributes: &[&str],
) -> Result<(Vec<SearchEntry>, LdapResult), LdapError> {
    let found = ldap.search(base, scope, filter, attributes).await?;
    Ok((found.0.into_iter().map(SearchEntry::construct).collect(), found.1))
}

/// The values of an attribute, whether they read as text or not.
fn values<'a>(entry: &'a SearchEntry, attribute: &str) -> impl Iterator<Item = &'a [u8]> {
    let texts = entry.attrs.get(attribute).into_iter().flatten().map(String::as_bytes);
    let bytes = entry.bin_attrs.get(attribute).into_iter().flatten().map(Vec::as_slice);
    texts.chain(bytes)
}

/// A generalized time in UTC, such as `20261122032739.0Z` (RFC 4517 section 3.3.13).
fn moment(time: &[u8]) -> Option<Timestamp> {
    let digits = std::str::from_utf8(time.strip_suffix(b"Z")?.get(..14)?).ok()?;
    let time = DateTime::strptime("%Y%m%d%H%M%S", digits).ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(Timestamp::from_millis(time.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generalized_time_is_a_moment() {
        assert_eq!(moment(b"20261122032739.0Z").map(Timestamp::as_secs), Some(1_795_318_059));
        for wrong in ["", "2026", "20261122032739.0", "20261322032739.0Z", "2026112203273éZ"] {
            assert_eq!(moment(wrong.as_bytes()), None, "{wrong}");
        }
    }
}

//! Where a person's account is.

use super::codes::{SIZE_LIMIT_EXCEEDED, SUCCESS};
use super::connection::unavailable;
use ldap3::{Ldap, LdapError, LdapResult, Scope, SearchEntry, SearchOptions, ldap_escape};
use recupmail_config::{AccountName, Accounts};
use recupmail_domain::person::Profile;
use recupmail_domain::ports::WriteFailure;

/// By what the directory knows the person.
pub(super) fn name<'a>(accounts: &Accounts, whose: &'a Profile) -> Result<&'a str, WriteFailure> {
    let name = match accounts.holds {
        AccountName::DirectoryId => whose.directory_id.as_deref(),
        AccountName::AcademicEmail => Some(whose.academic_email.as_str()),
    };
    name.filter(|name| !name.is_empty()).ok_or_else(|| refused("the registry names no account".to_owned()))
}

/// Looks for accounts of this name: their DNs, two at most, and the result.
pub(super) async fn search(
    ldap: &mut Ldap,
    accounts: &Accounts,
    name: &str,
) -> Result<(Vec<String>, LdapResult), LdapError> {
    let filter = format!("({}={})", accounts.attribute, ldap_escape(name));
    // "1.1" asks for no attributes (RFC 4511 section 4.5.1.8).
    let found = ldap
        .with_search_options(SearchOptions::new().sizelimit(2))
        .search(&accounts.base, Scope::Subtree, &filter, ["1.1"])
        .await?;
    let dns = found.0.into_iter().map(|entry| SearchEntry::construct(entry).dn).collect();
    Ok((dns, found.1))
}

/// What a search found, none if it says that there was more; or that the server refused it.
pub(super) fn found((dns, result): (Vec<String>, LdapResult)) -> Result<Option<Vec<String>>, WriteFailure> {
    match result.rc {
        SUCCESS => Ok(Some(dns)),
        SIZE_LIMIT_EXCEEDED => Ok(None),
        code => Err(refused(format!("the search for the account was refused with result code {code}"))),
    }
}

/// The one account that was found.
pub(super) fn only(found: Option<Vec<String>>) -> Result<String, WriteFailure> {
    match found.map(<[String; 1]>::try_from) {
        Some(Ok([dn])) => Ok(dn),
        Some(Err(none)) if none.is_empty() => Err(refused("there is no such account".to_owned())),
        _ => Err(refused("several accounts have this name".to_owned())),
    }
}

fn refused(cause: String) -> WriteFailure {
    WriteFailure::NotWritten(unavailable(cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_account_is_found_and_neither_none_nor_several() {
        let dns = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(only(dns(&["uid=a"])).unwrap(), "uid=a");
        for (found, said) in [
            (dns(&[]), "there is no such account"),
            (dns(&["uid=a", "uid=b"]), "several accounts have this name"),
            (None, "several accounts have this name"),
        ] {
            let error = only(found).unwrap_err();
            let of =
                |failure| matches!(failure, WriteFailure::NotWritten(why) if why.cause.to_string() == said);
            assert!(of(error), "{said}");
        }
    }
}

//! How an LDAP server is, without changing anybody.

use super::codes::{INSUFFICIENT_ACCESS_RIGHTS, NO_SUCH_ATTRIBUTE};
use super::{Ldap, policy};
use crate::inspection::Sign;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ldap3::{Mod, Scope, SearchEntry, SearchOptions};
use rand::Rng;
use recupmail_config::{LdapWrite, machine_rng};
use recupmail_domain::ports::{ReadSecret, Unavailable};
use std::collections::{HashMap, HashSet};

/// The Password Modify extended operation (RFC 3062).
const PASSWORD_MODIFY: &str = "1.3.6.1.4.1.4203.1.11.1";

type Found<T> = Result<T, Unavailable>;

impl<S: ReadSecret> Ldap<S> {
    /// What can be seen of the server: the way there, the service account, the accounts and the right to write.
    pub(crate) async fn inspect(&self) -> Vec<Sign> {
        let mut ldap = match self.connections.sign_in().await {
            Ok(ldap) => ldap,
            Err(cause) => {
                let remedy =
                    "look at url, ca_file, bind, the secret, and whether the server is reached from here";
                return vec![Sign::silent(&cause, remedy)];
            }
        };
        // LDAP tells no time; but a certificate is good by our clock alone.
        let mut signs = vec![Sign::well("reached by TLS by our clock, and the service account signed in")];
        match self.features(&mut ldap).await {
            Ok(features) => signs.extend(self.judge_features(&features)),
            Err(cause) => signs.push(Sign::silent(&cause, "let the service account read the root DSE")),
        }
        match self.somebody(&mut ldap).await {
            Ok(Some(dn)) => signs.push(self.right_to_write(&mut ldap, &dn).await),
            Ok(None) => {
                let (base, attribute) = (&self.accounts.base, &self.accounts.attribute);
                let said =
                    format!("there is nobody with {attribute} below {base} whom the service account sees");
                signs.push(Sign::broken(said, "correct `accounts`, or let the service account search there"));
            }
            Err(cause) => {
                signs.push(Sign::silent(&cause, "let the service account search the base of `accounts`"));
            }
        }
        signs
    }

    /// What the root DSE says that the server can do.
    async fn features(&self, ldap: &mut ldap3::Ldap) -> Found<HashMap<String, Vec<String>>> {
        let wanted = ["supportedExtension", "supportedControl"];
        let search = ldap.search("", Scope::Base, "(objectClass=*)", wanted);
        let found = self.connections.asked(search).await?;
        Ok(found.0.into_iter().next().map(|entry| SearchEntry::construct(entry).attrs).unwrap_or_default())
    }

    fn judge_features(&self, features: &HashMap<String, Vec<String>>) -> Vec<Sign> {
        let has =
            |kind: &str, oid: &str| features.get(kind).is_some_and(|known| known.iter().any(|o| o == oid));
        let mut signs = Vec::new();
        if self.write == LdapWrite::PasswordModify && !has("supportedExtension", PASSWORD_MODIFY) {
            signs.push(Sign::broken(
                "the server does not name the Password Modify operation (RFC 3062) among what it can do",
                "set `write = \"user-password\"`",
            ));
        }
        if !has("supportedControl", policy::OID) {
            signs.push(Sign::doubtful(
                "the server has no password policy control: people cannot be told why it refuses a password",
                "load its password policy (OpenLDAP: the overlay ppolicy), or keep it if it has none",
            ));
        }
        signs
    }

    /// Anybody's account.
    async fn somebody(&self, ldap: &mut ldap3::Ldap) -> Found<Option<String>> {
        let filter = format!("({}=*)", self.accounts.attribute);
        let search = ldap.with_search_options(SearchOptions::new().sizelimit(1)).search(
            &self.accounts.base,
            Scope::Subtree,
            &filter,
            ["1.1"],
        );
        let found = self.connections.asked(search).await?;
        Ok(found.0.into_iter().next().map(|entry| SearchEntry::construct(entry).dn))
    }

    /// Whether the service account may write passwords, asked by taking away a password that nobody has: who
    /// may write hears that there is none, who may not hears that.
    async fn right_to_write(&self, ldap: &mut ldap3::Ldap, dn: &str) -> Sign {
        let password = nobodys();
        let delete = vec![Mod::Delete("userPassword", HashSet::from([password.as_str()]))];
        match self.connections.asked(ldap.modify(dn, delete)).await {
            Ok(result) => judge_right(result.rc),
            Err(cause) => Sign::silent(&cause, "look at the server's log"),
        }
    }
}

/// A password that nobody has: 192 random bits.
fn nobodys() -> String {
    let mut random = [0; 24];
    machine_rng().fill_bytes(&mut random);
    BASE64_STANDARD.encode(random)
}

fn judge_right(code: u32) -> Sign {
    match code {
        NO_SUCH_ATTRIBUTE => Sign::well("the service account may write passwords (asked of one account)"),
        INSUFFICIENT_ACCESS_RIGHTS => Sign::broken(
            "the service account may not write passwords",
            "give it the right to write userPassword below the base of `accounts`",
        ),
        code => Sign::doubtful(
            format!("whether the service account may write passwords cannot be told: result code {code}"),
            "recover one test account, or look at the server's access rules for userPassword",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspection::How;

    #[test]
    fn a_code_tells_whether_passwords_may_be_written() {
        for (code, how) in [(16, How::Well), (50, How::Broken), (19, How::Doubtful), (53, How::Doubtful)] {
            assert_eq!(judge_right(code).how, how, "{code}");
        }
    }
}

//! The accounts: everybody in the registry file, by user principal name and by object id.

use recupmail_domain::secret::Confidential;
use serde::Serialize;
use std::collections::HashMap;
use std::path::Path;

/// All accounts.
pub(super) struct Accounts {
    places: HashMap<String, usize>,
    accounts: Vec<Account>,
}

#[derive(Default)]
struct Account {
    password: Option<Confidential<String>>,
    must_change: bool,
    counted: Counted,
}

/// What happened to an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counted {
    /// Requests for it by who may make them, whatever came of them.
    pub(super) requests: u32,
    pub(super) password_set: u32,
    pub(super) sessions_revoked: u32,
}

impl Accounts {
    /// Those of a registry file: `academic_email` is the user principal name, `directory_id` the object id.
    pub(super) fn of(registry: &Path) -> Result<Self, csv::Error> {
        let mut all = Self { places: HashMap::new(), accounts: Vec::new() };
        let mut reader = csv::Reader::from_path(registry)?;
        for row in reader.deserialize::<HashMap<String, String>>().filter_map(Result::ok) {
            let names = ["academic_email", "directory_id"].map(|column| row.get(column));
            for name in names.into_iter().flatten().filter(|name| !name.is_empty()) {
                all.places.insert(name.to_lowercase(), all.accounts.len());
            }
            all.accounts.push(Account::default());
        }
        Ok(all)
    }

    fn find(&mut self, id: &str) -> Option<&mut Account> {
        let place = self.places.get(&id.to_lowercase())?;
        self.accounts.get_mut(*place)
    }

    /// Counts a request; whether there is such an account.
    pub(super) fn requested(&mut self, id: &str) -> bool {
        self.find(id).map(|account| account.counted.requests += 1).is_some()
    }

    pub(super) fn set_password(&mut self, id: &str, password: Confidential<String>, must_change: bool) {
        if let Some(account) = self.find(id) {
            (account.password, account.must_change) = (Some(password), must_change);
            account.counted.password_set += 1;
        }
    }

    pub(super) fn revoke_sessions(&mut self, id: &str) {
        if let Some(account) = self.find(id) {
            account.counted.sessions_revoked += 1;
        }
    }

    pub(super) fn counted(&mut self, id: &str) -> Option<Counted> {
        self.find(id).map(|account| account.counted)
    }

    /// Whether this password opens the account, without another having to be chosen first.
    pub(super) fn accepts(&mut self, id: &str, password: &str) -> bool {
        let account = self.find(id);
        account.is_some_and(|account| {
            !account.must_change && account.password.as_ref().is_some_and(|set| set.reveal() == password)
        })
    }
}

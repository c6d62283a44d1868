//! An embedded database, reached as the functions reach theirs.

use dynoxide::Database;
use recupmail_aws::{Accounts, Challenges, DynamoTable, dynamodb, ensure_tables};
use recupmail_config::{Store, Table, Trust};
use recupmail_domain::challenge::ChallengeId;
use recupmail_domain::conditional::{Change, Item, Write, absent, exists};
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::ports::{
    AddChallenge, ChangeAccount, ChangeChallenge, ReadChallenge, Transacted, Unavailable, Written,
};
use recupmail_domain::secret::Confidential;
use std::net::Ipv4Addr;
use tokio::net::TcpListener;

/// Items of any kind, in a table without TTL so that none vanishes.
pub(crate) struct Items {
    challenges: Challenges,
    pub(crate) accounts: Accounts,
    made: u32,
}

impl Items {
    /// Serves an empty database on a free port, as long as the runtime runs.
    pub(crate) async fn serve() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let database = Database::memory().unwrap();
        tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database, std::future::pending()));
        let client = dynamodb(&Store {
            region: "eu-west-3".to_owned(),
            credentials: Confidential::new(("id".to_owned(), "secret".to_owned(), None)),
            endpoint: Some(endpoint),
            trust: Trust::Machine,
        });
        ensure_tables(&client, &[(Table::Accounts, "items".to_owned())]).await.unwrap();
        let table = DynamoTable::new(client, "items".to_owned());
        let challenges = Challenges::from(table.clone());
        Self { accounts: Accounts::new(table.clone(), challenges.clone(), table), challenges, made: 0 }
    }

    /// A key at which this item stands, or nothing.
    pub(crate) async fn put(&mut self, item: Option<&Item>) -> ChallengeId {
        self.made += 1;
        let id = ChallengeId::from_text(&format!("1.{}", self.made));
        if let Some(item) = item {
            self.challenges.add_challenge(&id, item.clone()).await.unwrap();
        }
        id
    }

    /// What the write makes of it, without the key.
    pub(crate) async fn change(&self, id: &ChallengeId, write: &Write) -> Result<Written, Unavailable> {
        Ok(match self.challenges.change_challenge(id, write).await? {
            Written::Applied(item) => Written::Applied(without_key(item)),
            Written::Refused(item) => Written::Refused(item.map(without_key)),
        })
    }

    /// What stands for an account: it is shown where a write to it is refused.
    pub(crate) async fn account(&mut self, account: KeyedHash) -> Option<Item> {
        let id = self.put(None).await;
        let refused = Write { condition: exists("none"), changes: anyway().changes };
        match self.accounts.change_account((&id, &anyway()), (account, &refused), &[]).await.unwrap() {
            Transacted::AccountRefused(item) => item.map(without_key),
            other => panic!("{other:?}"),
        }
    }

    /// What stands there, without the key.
    pub(crate) async fn read(&self, id: &ChallengeId) -> Option<Item> {
        self.challenges.read_challenge(id).await.unwrap().map(without_key)
    }
}

/// A write that always applies.
pub(crate) fn anyway() -> Write {
    Write { condition: absent("none"), changes: vec![Change::Set("st".into(), "SEED".into())] }
}

/// The key that it stands at.
pub(crate) fn key(id: &ChallengeId) -> String {
    format!("C#{}", id.as_str())
}

/// The item without its key, which the domain never looks at.
pub(crate) fn without_key(mut item: Item) -> Item {
    item.remove("pk");
    item
}

//! What the steps reach outside themselves, in memory.

use crate::interpret::apply;
use recupmail_domain::audit::{AuditEvent, AuditRecord};
use recupmail_domain::challenge::ChallengeId;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::conditional::{Item, Value, Write};
use recupmail_domain::contact::Contact;
use recupmail_domain::issued::{self, IssuedCode, IssuedKind, issued_key};
use recupmail_domain::keys::KeyedHash;
use recupmail_domain::limits::{Counter, Route, count_attribute, starts_key};
use recupmail_domain::person::{PersonRecord, RegistrySummary};
use recupmail_domain::ports::{
    AddChallenge, ChangeAccount, ChangeChallenge, ChangeNotice, ClearStarts, CodeMessage, DeliveryFailure,
    DescribeRegistry, FindIssued, FindPerson, HashPassword, NotifyPerson, ReadChallenge, ReadLimit,
    RecordAudit, Room, Salt, SendMessage, SpendLimit, Transacted, Unavailable, Written,
};
use recupmail_domain::secret::Confidential;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Everything that a step reaches outside itself.
#[derive(Debug, Default)]
pub struct Memory {
    /// The registry, by what people state.
    pub people: BTreeMap<KeyedHash, PersonRecord>,
    /// What the registry is like.
    pub summary: RegistrySummary,
    /// Whether deliveries certainly fail.
    pub delivery_fails: bool,
    /// After how many more halves of writes nothing is ever answered again, if at all.
    fuse: Mutex<Option<u32>>,
    items: Mutex<BTreeMap<String, Item>>,
    sent: Mutex<Vec<(Contact, String)>>,
    written: Mutex<Vec<String>>,
    audited: Mutex<Vec<AuditEvent>>,
}

fn challenge_key(id: &ChallengeId) -> String {
    format!("C#{}", id.as_str())
}

impl Memory {
    /// A stored challenge.
    pub fn challenge(&self, id: &ChallengeId) -> Option<Item> {
        self.item(&challenge_key(id))
    }

    /// Codes sent, and where they went, oldest first.
    pub fn sent(&self) -> Vec<(Contact, String)> {
        self.sent.lock().unwrap().clone()
    }

    /// Passwords written to the directory, oldest first.
    pub fn written(&self) -> Vec<String> {
        self.written.lock().unwrap().clone()
    }

    /// What was kept for the audit, oldest first.
    pub fn audited(&self) -> Vec<AuditEvent> {
        self.audited.lock().unwrap().clone()
    }

    /// Stores a code that was issued, in place of the one before.
    pub fn issue(&self, person: KeyedHash, kind: IssuedKind, code: &IssuedCode) {
        self.items.lock().unwrap().insert(issued_key(person, kind), code.item());
    }

    /// Revokes a code that was issued.
    pub fn revoke(&self, person: KeyedHash, kind: IssuedKind, now: Timestamp) -> Written {
        self.change(&issued_key(person, kind), &issued::revoke(now))
    }

    /// After so many halves of writes to challenges and accounts nothing is answered any more: an even number
    /// stops before one is made, an odd one after. `None`: everything is answered.
    pub fn stop_after(&self, halves: Option<u32>) {
        *self.fuse.lock().unwrap() = halves;
    }

    async fn half(&self) {
        let stops = match self.fuse.lock().unwrap().as_mut() {
            Some(0) => true,
            Some(left) => {
                *left -= 1;
                false
            }
            None => false,
        };
        if stops {
            std::future::pending::<()>().await;
        }
    }

    fn item(&self, key: &str) -> Option<Item> {
        self.items.lock().unwrap().get(key).cloned()
    }

    fn change(&self, key: &str, write: &Write) -> Written {
        let mut items = self.items.lock().unwrap();
        match apply(write, items.get(key)) {
            Ok(item) => {
                items.insert(key.to_owned(), item.clone());
                Written::Applied(item)
            }
            Err(_) => Written::Refused(items.get(key).cloned()),
        }
    }
}

impl FindPerson for Memory {
    async fn find_person(&self, key: KeyedHash) -> Result<Option<PersonRecord>, Unavailable> {
        Ok(self.people.get(&key).cloned())
    }
}

impl DescribeRegistry for Memory {
    async fn describe_registry(&self) -> Result<RegistrySummary, Unavailable> {
        Ok(self.summary.clone())
    }
}

impl AddChallenge for Memory {
    async fn add_challenge(&self, id: &ChallengeId, item: Item) -> Result<(), Unavailable> {
        self.items.lock().unwrap().insert(challenge_key(id), item);
        Ok(())
    }
}

impl ReadChallenge for Memory {
    async fn read_challenge(&self, id: &ChallengeId) -> Result<Option<Item>, Unavailable> {
        Ok(self.challenge(id))
    }
}

impl ChangeChallenge for Memory {
    async fn change_challenge(&self, id: &ChallengeId, write: &Write) -> Result<Written, Unavailable> {
        self.half().await;
        let written = self.change(&challenge_key(id), write);
        self.half().await;
        Ok(written)
    }
}

impl SpendLimit for Memory {
    async fn spend(&self, counter: &Counter) -> Result<Room, Unavailable> {
        Ok(match self.change(&counter.key, &counter.write) {
            Written::Applied(_) => Room::Counted,
            Written::Refused(item) => Room::Full(item),
        })
    }
}

impl ReadLimit for Memory {
    async fn spent(&self, counter: &Counter) -> Result<u32, Unavailable> {
        Ok(match self.item(&counter.key).as_ref().and_then(|item| item.get(count_attribute())) {
            Some(Value::Number(count)) => u32::try_from(*count).unwrap(),
            _ => 0,
        })
    }
}

impl ClearStarts for Memory {
    async fn clear_starts(&self, person: KeyedHash, route: Route) -> Result<(), Unavailable> {
        self.items.lock().unwrap().remove(&starts_key(person, route));
        Ok(())
    }
}

impl RecordAudit for Memory {
    async fn record(&self, record: &AuditRecord) -> Result<(), Unavailable> {
        self.audited.lock().unwrap().push(record.event);
        Ok(())
    }
}

impl FindIssued for Memory {
    async fn find_issued(
        &self,
        person: KeyedHash,
        kind: IssuedKind,
    ) -> Result<Option<IssuedCode>, Unavailable> {
        Ok(self.item(&issued_key(person, kind)).map(|item| IssuedCode::from_item(&item).unwrap()))
    }
}

impl SendMessage for Memory {
    async fn send_code(&self, message: CodeMessage<'_>) -> Result<(), DeliveryFailure> {
        if self.delivery_fails {
            return Err(DeliveryFailure::Definite(Unavailable::new("mail", "refused")));
        }
        self.sent.lock().unwrap().push((message.to.clone(), message.code.reveal().clone()));
        Ok(())
    }
}

impl NotifyPerson for Memory {
    async fn notify(&self, _: ChangeNotice<'_>) -> Result<(), DeliveryFailure> {
        Ok(())
    }
}

impl HashPassword for Memory {
    fn hash_password(&self, password: &Confidential<String>, _: Salt) -> Result<String, Unavailable> {
        Ok(password.reveal().clone())
    }
}

impl ChangeAccount for Memory {
    async fn change_account(
        &self,
        challenge: (&ChallengeId, &Write),
        account: (KeyedHash, &Write),
        issued: &[(String, Write)],
    ) -> Result<Transacted, Unavailable> {
        self.half().await;
        let transacted = self.transact(challenge, account, issued);
        self.half().await;
        Ok(transacted)
    }
}

impl Memory {
    fn transact(
        &self,
        (id, end): (&ChallengeId, &Write),
        (account, change): (KeyedHash, &Write),
        issued: &[(String, Write)],
    ) -> Transacted {
        let mut items = self.items.lock().unwrap();
        let (id, account) = (challenge_key(id), format!("D#{}", account.to_text()));
        let Ok(ended) = apply(end, items.get(&id)) else {
            return Transacted::ChallengeRefused(items.get(&id).cloned());
        };
        let Ok(changed) = apply(change, items.get(&account)) else {
            return Transacted::AccountRefused(items.get(&account).cloned());
        };
        let used: Result<Vec<_>, _> =
            issued.iter().map(|(key, write)| Ok((key.clone(), apply(write, items.get(key))?))).collect();
        let Ok::<_, crate::interpret::Refused>(used) = used else { return Transacted::IssuedRefused };
        if let Some(Value::Text(hash)) = changed.get("hash") {
            self.written.lock().unwrap().push(hash.clone());
        }
        items.extend([(id, ended), (account, changed)].into_iter().chain(used));
        Transacted::Applied
    }
}

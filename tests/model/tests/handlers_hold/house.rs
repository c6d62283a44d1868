//! A house without a machine: an institution's rules, keys, a clock that is turned by hand, and a memory that
//! keeps items as the database does. The steps that run in it are the real ones.

use futures_util::FutureExt;
use rand::rngs::StdRng;
use recupmail_domain::audit::AuditRecord;
use recupmail_domain::challenge::{Challenge, ChallengeId, Method, Opening};
use recupmail_domain::clock::{Clock, Timestamp};
use recupmail_domain::code::{Alphabet, CodeFormat};
use recupmail_domain::conditional::{Item, Write};
use recupmail_domain::contact::Contact;
use recupmail_domain::issued::{IssuedCode, IssuedKind};
use recupmail_domain::keys::{Key, KeyedHash, Keys, RegistryKeys, SessionKeyRing, SessionKeys};
use recupmail_domain::limits::{Counter, Limits, Route};
use recupmail_domain::password::Policy;
use recupmail_domain::person::Profile;
use recupmail_domain::ports::{
    ChangeAccount, ChangeChallenge, ChangeNotice, ClearStarts, CodeMessage, DeliveryFailure, FindIssued,
    HashPassword, NotifyPerson, ReadChallenge, RecordAudit, Salt, SendMessage, SpendLimit, Transacted,
    Unavailable, Written,
};
use recupmail_domain::recovery::House;
use recupmail_domain::rules::{MethodKind, Methods, Rules};
use recupmail_domain::secret::Confidential;
use recupmail_model::interpret::apply;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A clock that is turned by hand.
pub(crate) struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

impl HandClock {
    pub(crate) fn pass(&self, time: Duration) {
        self.0.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

/// Everything that a step reaches outside itself.
#[derive(Default)]
pub(crate) struct Memory {
    items: Mutex<BTreeMap<String, Item>>,
    /// Codes sent, by contact, oldest first.
    pub(crate) sent: Mutex<Vec<(Contact, String)>>,
    /// Passwords written to the directory.
    pub(crate) written: Mutex<Vec<String>>,
    /// Whether the next delivery fails for certain.
    pub(crate) delivery_fails: Mutex<bool>,
}

impl Memory {
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

impl ReadChallenge for Memory {
    async fn read_challenge(&self, id: &ChallengeId) -> Result<Option<Item>, Unavailable> {
        Ok(self.items.lock().unwrap().get(id.as_str()).cloned())
    }
}

impl ChangeChallenge for Memory {
    async fn change_challenge(&self, id: &ChallengeId, write: &Write) -> Result<Written, Unavailable> {
        Ok(self.change(id.as_str(), write))
    }
}

impl SpendLimit for Memory {
    async fn spend(&self, counter: &Counter) -> Result<Written, Unavailable> {
        Ok(self.change(&counter.key, &counter.write))
    }
}

impl ClearStarts for Memory {
    async fn clear_starts(&self, _: KeyedHash, _: Route) -> Result<(), Unavailable> {
        Ok(())
    }
}

impl RecordAudit for Memory {
    async fn record(&self, _: &AuditRecord) -> Result<(), Unavailable> {
        Ok(())
    }
}

impl FindIssued for Memory {
    async fn find_issued(&self, _: KeyedHash, _: IssuedKind) -> Result<Option<IssuedCode>, Unavailable> {
        Ok(None)
    }
}

impl SendMessage for Memory {
    async fn send_code(&self, message: CodeMessage<'_>) -> Result<(), DeliveryFailure> {
        if std::mem::take(&mut *self.delivery_fails.lock().unwrap()) {
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
        _: &[(String, Write)],
    ) -> Result<Transacted, Unavailable> {
        let mut items = self.items.lock().unwrap();
        let account_key = account.0.to_text();
        let Ok(ended) = apply(challenge.1, items.get(challenge.0.as_str())) else {
            return Ok(Transacted::ChallengeRefused(items.get(challenge.0.as_str()).cloned()));
        };
        let Ok(changed) = apply(account.1, items.get(&account_key)) else {
            return Ok(Transacted::AccountRefused);
        };
        let recupmail_domain::conditional::Value::Text(hash) = &changed["hash"] else { unreachable!() };
        self.written.lock().unwrap().push(hash.clone());
        items.insert(challenge.0.as_str().to_owned(), ended);
        items.insert(account_key, changed);
        Ok(Transacted::Applied)
    }
}

/// One institution, one person, one challenge.
pub(crate) struct World {
    pub(crate) rules: Rules,
    pub(crate) keys: Keys,
    pub(crate) clock: HandClock,
    pub(crate) memory: Memory,
    pub(crate) id: ChallengeId,
}

impl World {
    /// A world whose person must prove so many methods.
    pub(crate) fn requiring(required: u8, rng: &mut StdRng) -> Self {
        let session = SessionKeys::derive("1", &Key::new([2; 32]));
        let keys = Keys {
            registry: RegistryKeys::derive(&Key::new([1; 32])),
            session: SessionKeyRing::new(session, None),
        };
        let id = ChallengeId::generate("1", rng);
        let clock = HandClock(AtomicI64::new(1_800_000_000_000));
        let world = Self { rules: rules(required), keys, clock, memory: Memory::default(), id };
        world.open(required, rng);
        world
    }

    fn open(&self, required: u8, rng: &mut StdRng) {
        let person = self.keys.registry.person("amina");
        let profile = Profile {
            display_name: "Amina Berrada".into(),
            academic_email: "amina.berrada@usms.ac.ma".into(),
            directory_id: Some("amina.berrada@usms.ac.ma".into()),
            locale: "fr".into(),
            stand_ins: Vec::new(),
            contacts: vec![
                Contact::Email("amina@example.org".into()),
                Contact::Phone("+212612345667".into()),
            ],
        };
        let sealed = profile.seal(person, &self.keys.registry, rng);
        let began = self.clock.now();
        let item = Opening {
            id: &self.id,
            person,
            sealed,
            quiet: false,
            required,
            began,
            expires: began.plus(self.rules.limits.session_life),
            locale: "fr",
            terms_version: "1",
            methods: &[Method::reaching(0, MethodKind::Email), Method::reaching(1, MethodKind::Sms)],
            masked: BTreeSet::new(),
            phone_allowance: 100,
        }
        .item();
        self.memory.items.lock().unwrap().insert(self.id.as_str().to_owned(), item);
    }

    /// What the steps work with.
    pub(crate) fn house(&self) -> House<'_> {
        House { rules: &self.rules, keys: &self.keys, clock: &self.clock }
    }

    /// The challenge as it is stored now.
    pub(crate) fn challenge(&self) -> Challenge {
        let items = self.memory.items.lock().unwrap();
        Challenge::from_item(&self.id, &items[self.id.as_str()]).unwrap()
    }
}

fn rules(required: u8) -> Rules {
    Rules {
        locales: vec!["fr".into()],
        calling_code: "+212".into(),
        terms_version: "1".into(),
        schemes: Vec::new(),
        methods_required: BTreeMap::from([("student".into(), required)]),
        methods: Methods {
            offered: vec![MethodKind::Email, MethodKind::Sms],
            confirm_contact: Vec::new(),
            countries: BTreeMap::from([("+212".into(), 100)]),
        },
        code: CodeFormat { alphabet: Alphabet::Digits, length: 8 },
        password: Policy { min: 12, max: 256, classes: 3, unicode: false, min_score: 3 },
        limits: Limits::default(),
        sign_in_url: "https://example.org".into(),
        fresh_contact_days: 0,
        audit_days: 395,
    }
}

/// The outcome of a step that never has to wait.
pub(crate) fn now<T>(step: impl Future<Output = T>) -> T {
    step.now_or_never().expect("nothing here waits")
}

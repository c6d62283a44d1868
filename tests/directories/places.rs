//! The servers and the stack that these tests share.

use recupmail_tests::pki::{Authority, Validity};
use recupmail_tests::proxy::{Fault, Proxy, Target};
use recupmail_tests::slapd::{SERVICE, SERVICE_PASSWORD, Slapd, base};
use recupmail_tests::{Client, EMBEDDED, ENTRA, Kind, Person, Stack, variant};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tokio::sync::{Mutex, MutexGuard};

fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tmp").join(name)
}

/// A slapd of its own behind a proxy, and a stack that writes there; to Entra ID too where it says so.
pub(crate) struct Place {
    pub(crate) slapd: Slapd,
    pub(crate) proxy: Proxy,
    pub(crate) stack: Stack,
}

/// The place with both directories, for one test alone, with nothing wrong in it.
pub(crate) async fn both() -> (MutexGuard<'static, ()>, &'static Place) {
    static BOTH: OnceLock<(Mutex<()>, Place)> = OnceLock::new();
    let secret = ("RECUPMAIL_DIRECTORY_SECRET_ANNUAIRE", SERVICE_PASSWORD);
    let (alone, place) = BOTH.get_or_init(|| (Mutex::new(()), Place::with("several", ENTRA, secret)));
    let alone = alone.lock().await;
    place.proxy.set(Fault::None);
    place.proxy.hang_up();
    (alone, place)
}

impl Place {
    /// A new one, under this name; `more` follows the LDAP directory in the institution's file.
    pub(crate) fn with(name: &str, more: &str, secret: (&str, &str)) -> Self {
        let authority = Authority::new(&scratch(&format!("{name}-authority")));
        let slapd = Slapd::start(&format!("{name}-slapd"), &["usms"], &authority);
        let proxy = Proxy::start(Target::Plain(slapd.ldap_port), &authority.issue("proxy", Validity::Good));
        let ldap = format!(
            "[directories.annuaire.ldap]\nbind = \"{SERVICE}\"\n\
             server = {{ url = \"ldaps://localhost:{}\", ca_file = \"ca.pem\", operation_seconds = 2 }}\n\
             accounts = {{ base = \"{}\", attribute = \"uid\" }}\n\n{more}",
            proxy.port,
            base("usms")
        );
        let folder = variant("usms", name, &[(EMBEDDED, &ldap)]);
        std::fs::copy(&authority.certificate, Path::new(&folder).join("ca.pem")).unwrap();
        let stack = Stack::start(&[("INSTITUTION", &folder), secret]);
        Self { slapd, proxy, stack }
    }

    /// Somebody who has proven everything here.
    pub(crate) async fn somebody(&'static self) -> Somebody {
        let person = Person::take(Kind::Complete);
        let client = Client::proven(&self.stack, &person).await;
        Somebody { place: self, person, client }
    }

    /// Another recovery of somebody's, as far.
    pub(crate) async fn again(&'static self, person: &Person) -> Client {
        Client::proven(&self.stack, person).await
    }
}

/// Somebody who has proven everything.
pub(crate) struct Somebody {
    pub(crate) place: &'static Place,
    pub(crate) person: Person,
    pub(crate) client: Client,
}

impl Somebody {
    /// Whether LDAP and Entra ID take this password.
    pub(crate) async fn signs_in(&self, password: &str) -> (bool, bool) {
        let entra = self.place.stack.signs_in(self.person.academic_email(), password).await;
        (self.place.slapd.takes(&self.person, password).await, entra)
    }

    /// How often Entra ID was given a password for the account.
    pub(crate) async fn set_in_entra(&self) -> u64 {
        let account =
            self.place.stack.told(&format!("entra/accounts/{}", self.person.academic_email())).await;
        account["password_set"].as_u64().unwrap()
    }

    /// A fault of Entra ID's that meets this account alone.
    pub(crate) async fn meets(&self, fault: Value, times: u32) {
        let account = self.person.academic_email();
        let planned = json!({"at": "password", "account": account, "fault": fault, "times": times});
        self.place.stack.control("entra/faults", &planned).await;
    }

    /// How many notices of a change arrived by e-mail.
    pub(crate) async fn notices(&self) -> usize {
        let messages = self.place.stack.outbox(self.person.email()).await;
        let tells = |message: &&Value| message["text"].as_str().unwrap().contains("a été changé");
        messages.iter().filter(tells).count()
    }
}

//! The domain, the stack that writes to it, and the people.

use recupmail_config::{Institution, system_clock};
use recupmail_directory::{RemoteDirectory, remote_directories};
use recupmail_domain::clock::Clock;
use recupmail_domain::person::Profile;
use recupmail_domain::ports::{ReadSecret, Unavailable};
use recupmail_domain::secret::Confidential;
use recupmail_tests::pki::{Authority, Validity};
use recupmail_tests::proxy::{Proxy, Target};
use recupmail_tests::samba::{Account, DOMAIN, Samba};
use recupmail_tests::{EMBEDDED, Kind, Person, Stack, everybody, variant};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// What everybody signs in with at first.
pub(crate) const OLD: &str = "Ancien-Secret-2019";

/// The service account's password.
const SERVICE: &str = "Service-Secret-88";

/// The right to reset a password (User-Force-Change-Password, [MS-ADTS] section 5.1.3.2.1) of accounts below.
pub(crate) const RESET: &str = "OA;CIIO;CR;00299570-246d-11d0-a768-00aa006e0529";

/// The right to write `lockoutTime` ([MS-ADA1] section 2.373) of accounts below.
pub(crate) const UNLOCK: &str = "OA;CIIO;WP;28630ebf-41d5-11d1-a9c1-0000f80367c1";

/// What the tests stand on.
pub(crate) struct World {
    pub(crate) domain: Samba,
    /// Between the functions and the domain controller, with TLS on both sides.
    pub(crate) proxy: Proxy,
    pub(crate) stack: Stack,
    /// The institution's folder.
    folder: String,
}

/// This binary's, started when first asked for.
pub(crate) fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(World::start)
}

impl World {
    fn start() -> Self {
        let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let authority = Authority::new(&scratch.join("usms-active-directory"));
        let domain = Samba::start(&scratch.join("active-directory"), &authority);
        populate(&domain);
        let target = Target::Tls(domain.port, authority.certificate.clone());
        let proxy = Proxy::start(target, &authority.issue("proxy", Validity::Good));
        let folder = variant("usms", "usms-active-directory", &changes(proxy.port));
        let stack = Stack::start(&[("INSTITUTION", &folder), ("RECUPMAIL_DIRECTORY_SECRET_DOMAIN", SERVICE)]);
        Self { domain, proxy, stack, folder }
    }

    /// The institution as the functions know it.
    pub(crate) fn institution(&self) -> Institution {
        Institution::load(Path::new(&self.folder)).unwrap()
    }
}

/// Where the students' accounts are, which the service account may reset and unlock.
pub(crate) fn students() -> String {
    format!("OU=Students,{DOMAIN}")
}

/// Where the account of one person is until somebody delegates it.
pub(crate) fn guests() -> String {
    format!("OU=Guests,{DOMAIN}")
}

/// The person whose account is among the guests. No test takes them otherwise, for they are the last.
pub(crate) fn guest() -> Person {
    everybody("usms", Kind::Complete).pop().unwrap()
}

/// The DN of a person's account, with letters that are special in DNs and in filters.
pub(crate) fn dn(person: &Person) -> String {
    let folder = if person["person_id"] == guest()["person_id"] { guests() } else { students() };
    let (given, family) = person["display_name"].split_once(' ').unwrap();
    format!("CN={family}\\, {given} ({}),{folder}", person["person_id"])
}

fn populate(domain: &Samba) {
    domain.change(&format!(
        "dn: OU=Students,{DOMAIN}\nchangetype: add\nobjectClass: organizationalUnit\n\n\
         dn: OU=Guests,{DOMAIN}\nchangetype: add\nobjectClass: organizationalUnit\n\n\
         dn: {DOMAIN}\nchangetype: modify\nreplace: minPwdLength\nminPwdLength: 14\n-\n\
         replace: lockoutThreshold\nlockoutThreshold: 3\n"
    ));
    let people = everybody("usms", Kind::Complete);
    let dns: Vec<String> = people.iter().map(dn).collect();
    let accounts = people.iter().zip(&dns).map(|(person, dn)| Account {
        dn,
        name: &person["person_id"],
        principal: &person["directory_id"],
        password: OLD,
    });
    let service = Account {
        dn: &format!("CN=RecupMail,CN=Users,{DOMAIN}"),
        name: "recupmail",
        principal: "recupmail@ad.univ.example",
        password: SERVICE,
    };
    domain.add_accounts(&accounts.chain([service]).collect::<Vec<_>>());
    domain.delegate(&students(), "recupmail", &[RESET, UNLOCK]);
}

/// What the university's file says otherwise: passwords are the domain's, and only its length is asked of one.
fn changes(port: u16) -> [(&'static str, &'static str); 3] {
    let directory = format!(
        "[directories.domain.active-directory]\nbind = \"recupmail@ad.univ.example\"\n\
         server = {{ url = \"ldaps://localhost:{port}\", ca_file = \"ca.pem\" }}\n\
         accounts = {{ base = \"{DOMAIN}\", attribute = \"userPrincipalName\" }}\nunlock = true"
    );
    [(EMBEDDED, directory.leak()), ("classes = 3", "classes = 1"), ("unicode = false", "unicode = true")]
}

/// Tells the service account's password.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Secret(pub(crate) &'static str);

impl Secret {
    /// The right one.
    pub(crate) const RIGHT: Self = Self(SERVICE);
}

impl ReadSecret for Secret {
    async fn read_secret(&self, name: &str) -> Result<Confidential<String>, Unavailable> {
        assert_eq!(name, "domain");
        Ok(Confidential::new(self.0.to_owned()))
    }

    async fn read_secret_anew(&self, name: &str) -> Result<Confidential<String>, Unavailable> {
        self.read_secret(name).await
    }
}

/// The domain as the functions reach it, with what is told as the service account's password.
pub(crate) fn directory(institution: &Institution, secret: Secret) -> RemoteDirectory<Secret> {
    let clock: Arc<dyn Clock> = Arc::new(system_clock(None));
    remote_directories(institution, &secret, None, &clock).unwrap().pop().unwrap()
}

/// A person's profile, as far as directories look at it.
pub(crate) fn profile(directory_id: &str) -> Profile {
    Profile { directory_id: Some(directory_id.to_owned()), ..Profile::nobody(Vec::new()) }
}

//! A real OpenLDAP server for one test binary, with the people of the sample registries and a password policy.

use crate::people::{Person, people};
use crate::pki::{Authority, ServerCertificate, Validity};
use crate::stack::{free_port, top};
use ldap3::{Ldap, LdapConnAsync, Mod, Scope, SearchEntry};
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

/// The account that writes passwords. It has the right to write them, to search, and no more.
pub const SERVICE: &str = "cn=recupmail,ou=services,dc=univ,dc=example";
/// Its password.
pub const SERVICE_PASSWORD: &str = "La-cle-du-service-7";
/// What everybody's password is at the start.
pub const OLD_PASSWORD: &str = "Couscous-1-ancien";
/// The fewest characters that the server takes: more than the institutions ask for.
pub const LEAST_CHARACTERS: usize = 14;
/// The policy by which a password lasts a day before it may be changed again; the default one has no such rule.
pub const LASTING: &str = "cn=lasting,ou=policies,dc=univ,dc=example";

const SLAPD: &str = "/usr/sbin/slapd";
const SLAPADD: &str = "/usr/sbin/slapadd";
const ROOT: &str = "cn=root,dc=univ,dc=example";
const ROOT_PASSWORD: &str = "root-of-the-tests";
/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. It ends when it is dropped, and with the process that started it.
#[derive(Debug)]
pub struct Slapd {
    /// Where it speaks LDAP, in the clear at first.
    pub ldap_port: u16,
    /// Where it speaks LDAP by TLS.
    pub ldaps_port: u16,
    folder: PathBuf,
    child: Mutex<Option<Child>>,
}

impl Slapd {
    /// Starts one whose files lie in a folder of this name, with the people of these institutions and a
    /// certificate of this authority.
    pub fn start(name: &str, institutions: &[&'static str], authority: &Authority) -> Self {
        for program in [SLAPD, SLAPADD] {
            assert!(Path::new(program).exists(), "{program} is missing: install Debian's package `slapd`");
        }
        let folder = top().join("target/tmp").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("data")).unwrap();
        let certificate = authority.issue(name, Validity::Good);
        std::fs::write(folder.join("slapd.conf"), configuration(&folder, &certificate)).unwrap();
        std::fs::write(folder.join("seed.ldif"), seed(institutions)).unwrap();
        let (configuration, seed) = (folder.join("slapd.conf"), folder.join("seed.ldif"));
        let seeded =
            Command::new(SLAPADD).args(["-q", "-f"]).arg(configuration).arg("-l").arg(seed).output().unwrap();
        assert!(seeded.status.success(), "slapadd: {}", String::from_utf8_lossy(&seeded.stderr));
        let slapd = Self { ldap_port: free_port(), ldaps_port: free_port(), folder, child: Mutex::new(None) };
        slapd.run();
        slapd
    }

    /// Runs it on its ports.
    fn run(&self) {
        let urls = format!("ldap://127.0.0.1:{} ldaps://127.0.0.1:{}", self.ldap_port, self.ldaps_port);
        let log = self.folder.join("slapd.log");
        let log = std::fs::File::options().create(true).append(true).open(log).unwrap();
        // A shell that outlives this process by a moment ends the server: what is static is never dropped.
        let child = Command::new("/bin/sh")
            .args(["-c", r#""$@" & cat > /dev/null; kill $!; wait"#, "sh", SLAPD, "-d", "stats", "-h", &urls])
            .arg("-f")
            .arg(self.folder.join("slapd.conf"))
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        *self.child.lock().unwrap() = Some(child);
        let mut waited = Duration::ZERO;
        while [self.ldap_port, self.ldaps_port]
            .iter()
            .any(|port| TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).is_err())
        {
            let said = || std::fs::read_to_string(self.folder.join("slapd.log")).unwrap_or_default();
            assert!(waited < PATIENCE, "slapd did not start:\n{}", said());
            std::thread::sleep(Duration::from_millis(20));
            waited += Duration::from_millis(20);
        }
    }

    /// Stops it and starts it anew: every connection is lost, nothing that was written is.
    pub fn restart(&self) {
        self.stop();
        self.run();
    }

    fn stop(&self) {
        if let Some(mut child) = self.child.lock().unwrap().take() {
            drop(child.stdin.take());
            child.wait().unwrap();
        }
    }

    /// Whether a person's account takes this password.
    pub async fn takes(&self, person: &Person, password: &str) -> bool {
        match self.bind(&dn(person), password).await.1 {
            0 => true,
            49 => false,
            code => panic!("the bind was answered with {code}"),
        }
    }

    /// Everything that is kept of everybody's password, by DN.
    pub async fn passwords(&self) -> BTreeMap<String, Vec<String>> {
        let kept = ["userPassword", "pwdChangedTime", "pwdHistory", "pwdFailureTime"];
        let found = self.root().await.search("dc=univ,dc=example", Scope::Subtree, "(uid=*)", kept).await;
        let entries = found.unwrap().success().unwrap().0.into_iter().map(SearchEntry::construct);
        entries
            .map(|entry| {
                (entry.dn, kept.iter().map(|name| format!("{:?}", entry.attrs.get(*name))).collect())
            })
            .collect()
    }

    /// Adds another service account, without any right to write.
    pub async fn add_service(&self, dn: &str, password: &str) {
        let classes = HashSet::from(["organizationalRole", "simpleSecurityObject"]);
        let name = dn.split(['=', ',']).nth(1).unwrap();
        let attributes = vec![
            ("objectClass", classes),
            ("cn", HashSet::from([name])),
            ("userPassword", HashSet::from([password])),
        ];
        let added = self.root().await.add(dn, attributes).await.unwrap();
        assert_eq!(added.rc, 0, "{added}");
    }

    /// Takes away a person's account.
    pub async fn remove(&self, person: &Person) {
        let deleted = self.root().await.delete(&dn(person)).await.unwrap();
        assert_eq!(deleted.rc, 0, "{deleted}");
    }

    /// Puts a person under a policy of their own.
    pub async fn put_under(&self, person: &Person, policy: &str) {
        self.replace(&dn(person), "pwdPolicySubentry", policy).await;
    }

    /// Replaces the values of an entry's attribute by one.
    pub async fn replace(&self, dn: &str, attribute: &str, value: &str) {
        let value = Mod::Replace(attribute, HashSet::from([value]));
        let modified = self.root().await.modify(dn, vec![value]).await.unwrap();
        assert_eq!(modified.rc, 0, "{modified}");
    }

    /// The administrator, whom no policy binds.
    async fn root(&self) -> Ldap {
        let (root, code) = self.bind(ROOT, ROOT_PASSWORD).await;
        assert_eq!(code, 0);
        root
    }

    async fn bind(&self, dn: &str, password: &str) -> (Ldap, u32) {
        let url = format!("ldap://127.0.0.1:{}", self.ldap_port);
        let (connection, mut ldap) = LdapConnAsync::new(&url).await.unwrap();
        tokio::spawn(connection.drive());
        let code = ldap.simple_bind(dn, password).await.unwrap().rc;
        (ldap, code)
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Below which entry an institution's accounts are.
pub fn base(institution: &str) -> String {
    format!("ou={institution},dc=univ,dc=example")
}

/// The DN of a person's account.
pub fn dn(person: &Person) -> String {
    format!("uid={},{}", person["directory_id"], base(person.institution))
}

fn configuration(folder: &Path, certificate: &ServerCertificate) -> String {
    let (folder, file, key) =
        (folder.display(), certificate.certificate.display(), certificate.key.display());
    format!(
        r#"include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
TLSCertificateFile {file}
TLSCertificateKeyFile {key}

database mdb
suffix "dc=univ,dc=example"
rootdn "{ROOT}"
rootpw {ROOT_PASSWORD}
directory {folder}/data
dbnosync
index objectClass,uid eq
access to attrs=userPassword by dn.exact="{SERVICE}" =w by anonymous auth by * none
access to * by dn.exact="{SERVICE}" read by users read by * none
overlay ppolicy
ppolicy_default "cn=default,ou=policies,dc=univ,dc=example"
ppolicy_hash_cleartext
"#
    )
}

fn seed(institutions: &[&'static str]) -> String {
    let mut ldif = format!(
        "dn: dc=univ,dc=example\nobjectClass: domain\ndc: univ\n\n\
         dn: ou=services,dc=univ,dc=example\nobjectClass: organizationalUnit\nou: services\n\n\
         dn: {SERVICE}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\n\
         cn: recupmail\nuserPassword: {SERVICE_PASSWORD}\n\n\
         dn: ou=policies,dc=univ,dc=example\nobjectClass: organizationalUnit\nou: policies\n\n"
    );
    for (name, least_age) in [("default", 0), ("lasting", 86_400)] {
        writeln!(
            ldif,
            "dn: cn={name},ou=policies,dc=univ,dc=example\nobjectClass: organizationalRole\n\
             objectClass: pwdPolicy\ncn: {name}\npwdAttribute: userPassword\npwdMinAge: {least_age}\n\
             pwdInHistory: 3\npwdCheckQuality: 2\npwdMinLength: {LEAST_CHARACTERS}\n"
        )
        .unwrap();
    }
    for institution in institutions {
        writeln!(ldif, "dn: {}\nobjectClass: organizationalUnit\nou: {institution}\n", base(institution))
            .unwrap();
        for person in people(institution).iter().filter(|person| !person["directory_id"].is_empty()) {
            writeln!(
                ldif,
                "dn: {}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid}\nsn: {uid}\nmail: {}\n\
                 userPassword: {OLD_PASSWORD}\n",
                dn(person),
                person.academic_email(),
                uid = person["directory_id"]
            )
            .unwrap();
        }
    }
    ldif
}

//! The servers and the stacks that these tests share.

use recupmail_tests::pki::{Authority, ServerCertificate, Validity};
use recupmail_tests::proxy::{Fault, Proxy, Target};
use recupmail_tests::slapd::{SERVICE, SERVICE_PASSWORD, Slapd, base};
use recupmail_tests::{Answer, EMBEDDED, Stack, variant};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tokio::sync::{Mutex, MutexGuard};

/// Two students' passwords of today, both as long as the directory wants them.
pub(crate) const NEW_PASSWORD: &str = "Tagine-7-citrons-verts";
pub(crate) const OTHER_PASSWORD: &str = "Zellige-8-fontaines-bleues";

/// How long, in seconds, the stack of [`flawed`] waits for a connection or an answer.
pub(crate) const PATIENCE: u64 = 2;

fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tmp").join(name)
}

fn authority() -> &'static Authority {
    static AUTHORITY: OnceLock<Authority> = OnceLock::new();
    AUTHORITY.get_or_init(|| Authority::new(&scratch("ldap-authority")))
}

/// A directory in good health.
pub(crate) fn directory() -> &'static Slapd {
    static SLAPD: OnceLock<Slapd> = OnceLock::new();
    SLAPD.get_or_init(|| Slapd::start("ldap-slapd", &["usms", "aix-marseille"], authority()))
}

/// A stack of an institution whose passwords are in an LDAP directory.
fn stack(institution: &str, name: &str, server: &str, more: &str) -> Stack {
    let ldap = format!(
        "[directories.annuaire.ldap]\nbind = \"{SERVICE}\"\nserver = {{ {server}, ca_file = \"ca.pem\" }}\n\
         accounts = {{ base = \"{}\", attribute = \"uid\" }}\n{more}",
        base(institution)
    );
    let folder = variant(institution, name, &[(EMBEDDED, &ldap)]);
    std::fs::copy(&authority().certificate, Path::new(&folder).join("ca.pem")).unwrap();
    Stack::start(&[("INSTITUTION", &folder), ("RECUPMAIL_DIRECTORY_SECRET_ANNUAIRE", SERVICE_PASSWORD)])
}

/// Sultan Moulay Slimane, by LDAPS and the Password Modify operation.
pub(crate) fn over_ldaps() -> &'static Stack {
    static STACK: OnceLock<Stack> = OnceLock::new();
    STACK.get_or_init(|| {
        let server = format!("url = \"ldaps://localhost:{}\"", directory().ldaps_port);
        stack("usms", "ldap-ldaps", &server, "")
    })
}

/// Aix-Marseille, by StartTLS and a replaced `userPassword`.
pub(crate) fn over_start_tls() -> &'static Stack {
    static STACK: OnceLock<Stack> = OnceLock::new();
    STACK.get_or_init(|| {
        let server = format!("url = \"ldap://localhost:{}\", start_tls = true", directory().ldap_port);
        stack("aix-marseille", "ldap-start-tls", &server, "write = \"user-password\"\n")
    })
}

/// A stack whose directory fails.
pub(crate) struct Flawed {
    pub(crate) stack: Stack,
    pub(crate) slapd: Slapd,
    pub(crate) proxy: Proxy,
    pub(crate) good: ServerCertificate,
    pub(crate) expired: ServerCertificate,
    pub(crate) strange: ServerCertificate,
}

/// Where clients that are to meet failures begin.
pub(crate) fn flawed_stack() -> &'static Stack {
    &flawed_place().1.stack
}

/// The place of failures for one test alone: nothing is wrong yet, and no connection stands.
pub(crate) async fn flawed() -> (MutexGuard<'static, ()>, &'static Flawed) {
    let (alone, flawed) = flawed_place();
    let alone = alone.lock().await;
    flawed.proxy.set(Fault::None);
    flawed.proxy.hang_up();
    (alone, flawed)
}

fn flawed_place() -> &'static (Mutex<()>, Flawed) {
    static FLAWED: OnceLock<(Mutex<()>, Flawed)> = OnceLock::new();
    FLAWED.get_or_init(|| {
        let slapd = Slapd::start("ldap-slapd-behind", &["usms"], authority());
        let good = authority().issue("ldap-proxy", Validity::Good);
        let expired = authority().issue("ldap-proxy-expired", Validity::Expired);
        let strange = Authority::new(&scratch("ldap-stranger")).issue("ldap-proxy", Validity::Good);
        let proxy = Proxy::start(Target::Plain(slapd.ldap_port), &good);
        let server = format!(
            "url = \"ldaps://localhost:{}\", connect_seconds = {PATIENCE}, operation_seconds = {PATIENCE}",
            proxy.port
        );
        let stack = stack("usms", "ldap-flawed", &server, "");
        (Mutex::new(()), Flawed { stack, slapd, proxy, good, expired, strange })
    })
}

/// The line of the functions' log about this answer, where it tells a cause. Nothing of a person or of the
/// directory's tree is anywhere in that log.
pub(crate) fn logged(stack: &Stack, answer: &Answer) -> String {
    let log = stack.functions_log();
    for secret in ["dc=univ", "uid=", NEW_PASSWORD, OTHER_PASSWORD, SERVICE_PASSWORD] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    let id = answer.body["request_id"].as_str().unwrap();
    let line = log.lines().find(|line| line.contains(id) && line.contains("\"cause\""));
    line.unwrap_or_else(|| panic!("the log tells why {id} failed")).to_owned()
}

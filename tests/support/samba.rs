//! A real domain controller of Active Directory: Debian's Samba, provisioned into a folder and started by the
//! tests, on an address of its own.
//!
//! Its LDAP ports cannot be chosen. So it listens on an address of loopback that no other has, and a free port
//! of 127.0.0.1 leads there.

use crate::pki::{Authority, Validity};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// The domain's own DN.
pub const DOMAIN: &str = "DC=ad,DC=univ,DC=example";

/// The account that the tests manage the domain with.
const ADMINISTRATOR: (&str, &str) = ("Administrator@ad.univ.example", "Tests-Only-4711");

/// How long it may take to listen.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running domain controller.
#[derive(Debug)]
pub struct Samba {
    /// Where it is reached by LDAPS on 127.0.0.1, with a certificate for `localhost`.
    pub port: u16,
    authority: PathBuf,
    folder: PathBuf,
    /// One process, which ends when its standard input is closed: with this process, however that ends.
    child: Child,
}

/// An account of a person or a service.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// Its DN.
    pub dn: &'a str,
    /// Its name before Windows 2000, of at most 20 characters.
    pub name: &'a str,
    /// Its user principal name.
    pub principal: &'a str,
    /// Its password.
    pub password: &'a str,
}

impl Samba {
    /// A new domain in a folder that it has to itself.
    pub fn start(folder: &Path, authority: &Authority) -> Self {
        check_machine();
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir_all(folder.join("run")).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let [high, low] = port.to_be_bytes();
        let address = Ipv4Addr::new(127, 77, high, low);
        let settings = folder.join("smb.conf");
        std::fs::write(&settings, configuration(folder, authority, address)).unwrap();
        provision(&settings);
        let log = std::fs::File::create(folder.join("samba.log")).unwrap();
        let child = Command::new("samba")
            .args(["--interactive", "--model=single", "--debug-stdout", "--debuglevel=1"])
            .arg(format!("--configfile={}", settings.display()))
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut samba =
            Self { port, authority: authority.certificate.clone(), folder: folder.to_owned(), child };
        let address = SocketAddr::new(IpAddr::V4(address), 636);
        samba.wait_for(address);
        std::thread::spawn(move || forward(&listener, address));
        samba
    }

    fn wait_for(&mut self, address: SocketAddr) {
        let mut waited = Duration::ZERO;
        while TcpStream::connect(address).is_err() {
            let ended = self.child.try_wait().unwrap();
            let said = || std::fs::read_to_string(self.folder.join("samba.log")).unwrap_or_default();
            assert!(ended.is_none() && waited < PATIENCE, "samba does not listen on {address}:\n{}", said());
            std::thread::sleep(Duration::from_millis(20));
            waited += Duration::from_millis(20);
        }
    }

    /// Applies changes as the administrator, in LDIF (RFC 2849).
    pub fn change(&self, ldif: &str) {
        let mut command = self.client("ldapmodify", ADMINISTRATOR);
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(ldif.as_bytes()).unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(child.wait().unwrap().success(), "ldapmodify: {said}");
    }

    /// Adds accounts.
    pub fn add_accounts(&self, accounts: &[Account<'_>]) {
        self.change(&accounts.iter().map(Account::ldif).collect::<String>());
    }

    /// Lets an account, by its name, do something with what lies in a folder of the domain. `rights` are the
    /// first four members of entries in the security descriptor definition language ([MS-DTYP] section 2.5.1).
    pub fn delegate(&self, folder: &str, name: &str, rights: &[&str]) {
        /// The class `user`, which inherits them.
        const USER: &str = "bf967aba-0de6-11d0-a285-00aa003049e2";
        let database = self.folder.join("private/sam.ldb");
        let samba_tool = |arguments: &[&str]| {
            let mut command = Command::new("samba-tool");
            command.args(arguments).arg("-H").arg(&database).arg("-s").arg(self.folder.join("smb.conf"));
            String::from_utf8(succeeded(&mut command).stdout).unwrap()
        };
        let shown = samba_tool(&["user", "show", name, "--attributes=objectSid"]);
        let sid = shown.lines().find_map(|line| line.strip_prefix("objectSid: ")).unwrap();
        let entries: Vec<String> = rights.iter().map(|right| format!("({right};{USER};{sid})")).collect();
        samba_tool(&[
            "dsacl",
            "set",
            &format!("--objectdn={folder}"),
            &format!("--sddl={}", entries.concat()),
        ]);
    }

    /// Whether somebody, by DN or user principal name, can sign in by LDAPS with this password.
    pub fn signs_in(&self, who: &str, password: &str) -> bool {
        let said = self.sign_in(who, password);
        match said.status.code() {
            Some(0) => true,
            // The result code of wrong credentials (RFC 4511 appendix A.2).
            Some(49) => false,
            _ => panic!("ldapsearch: {}", String::from_utf8_lossy(&said.stderr)),
        }
    }

    /// What a refused sign-in says of its reason: a Windows error code ([MS-ERREF] section 2.2).
    pub fn refusal(&self, who: &str, password: &str) -> String {
        let said = String::from_utf8(self.sign_in(who, password).stderr).unwrap();
        let (_, code) = said.split_once(" data ").unwrap_or_else(|| panic!("a refusal: {said}"));
        code.split(',').next().unwrap().to_owned()
    }

    fn sign_in(&self, who: &str, password: &str) -> Output {
        let mut command = self.client("ldapsearch", (who, password));
        command.args(["-LLL", "-s", "base", "-b", "", "currentTime"]).output().unwrap()
    }

    fn client(&self, program: &str, (who, password): (&str, &str)) -> Command {
        let mut command = Command::new(program);
        command
            .env("LDAPTLS_CACERT", &self.authority)
            .args(["-x", "-H", &format!("ldaps://127.0.0.1:{}", self.port), "-D", who, "-w", password])
            .stdout(Stdio::null());
        command
    }
}

impl Drop for Samba {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

impl Account<'_> {
    fn ldif(&self) -> String {
        let Self { dn, name, principal, password } = self;
        let (dn, password) = (STANDARD.encode(dn), unicode_pwd(password));
        // A normal account (ADS_UF_NORMAL_ACCOUNT, [MS-ADTS] section 2.2.16).
        format!(
            "dn:: {dn}\nchangetype: add\nobjectClass: user\nsAMAccountName: {name}\n\
             userPrincipalName: {principal}\nuserAccountControl: 512\nunicodePwd:: {password}\n\n"
        )
    }
}

/// A password as the attribute `unicodePwd` takes it, in base64 for LDIF.
fn unicode_pwd(password: &str) -> String {
    let bytes: Vec<u8> = format!("\"{password}\"").encode_utf16().flat_map(u16::to_le_bytes).collect();
    STANDARD.encode(bytes)
}

/// Fails with what is missing, if Samba cannot run on this machine.
fn check_machine() {
    const PACKAGES: &str = "apt-get install samba samba-ad-dc samba-ad-provision winbind ldap-utils";
    for program in ["samba", "samba-tool", "ldapmodify", "ldapsearch"] {
        let found = Command::new(program).arg("-V").stdin(Stdio::null()).output();
        assert!(found.is_ok(), "{program} does not run ({}): {PACKAGES}", found.unwrap_err());
    }
    let user = std::fs::metadata("/proc/self").unwrap().uid();
    assert!(
        user == 0,
        "Samba as a domain controller runs as root alone, for port 636 and for owners of files"
    );
}

/// Its settings. The password before the last would be let in for an hour otherwise, as it is by NTLM.
fn configuration(folder: &Path, authority: &Authority, address: Ipv4Addr) -> String {
    let certificate = authority.issue("samba", Validity::Good);
    // Samba takes no key that others may read.
    std::fs::set_permissions(&certificate.key, PermissionsExt::from_mode(0o600)).unwrap();
    let (key, certificate) = (certificate.key.display(), certificate.certificate.display());
    let (authority, folder) = (authority.certificate.display(), folder.display());
    format!(
        "[global]
netbios name = DC1
workgroup = UNIV
realm = AD.UNIV.EXAMPLE
server role = active directory domain controller
server services = ldap
interfaces = {address}/8
bind interfaces only = yes
old password allowed period = 0
private dir = {folder}/private
lock directory = {folder}/lock
state directory = {folder}/state
cache directory = {folder}/cache
pid directory = {folder}/run
ncalrpc dir = {folder}/run/ncalrpc
binddns dir = {folder}/bind-dns
log file = {folder}/samba.log
tls keyfile = {key}
tls certfile = {certificate}
tls cafile = {authority}
[sysvol]
path = {folder}/sysvol
[netlogon]
path = {folder}/sysvol/scripts
"
    )
}

fn provision(settings: &Path) {
    let mut command = Command::new("samba-tool");
    command
        .args(["domain", "provision", "--server-role=dc", "--dns-backend=NONE", "--use-rfc2307"])
        .args(["--realm=AD.UNIV.EXAMPLE", "--domain=UNIV", "--host-name=dc1", "--host-ip=127.0.0.1"])
        .arg(format!("--adminpass={}", ADMINISTRATOR.1))
        .arg("-s")
        .arg(settings);
    succeeded(&mut command);
}

fn succeeded(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {}\n{said}", command.get_program().display(), output.status);
    output
}

/// Leads every connection to an address.
fn forward(listener: &TcpListener, to: SocketAddr) {
    for client in listener.incoming() {
        let (Ok(client), Ok(server)) = (client, TcpStream::connect(to)) else { continue };
        pass(client.try_clone().unwrap(), server.try_clone().unwrap());
        pass(server, client);
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
}

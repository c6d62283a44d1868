//! Passwords in Microsoft Entra ID: over the real steps, with the adapter that a deployment has, against the
//! stand-in that `make run` starts. What goes wrong there goes wrong for one account alone, so that tests run side by
//! side; those that change what the application is granted have the stack for themselves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

mod application;
mod certificate;
mod faults;
mod journeys;

use recupmail_tests::{Client, EMBEDDED, ENTRA, Kind, Person, Stack, variant};
use serde_json::{Value, json};
use std::process::Command;
use std::sync::OnceLock;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

const BY_CERTIFICATE: &str = r#"[directories.m365.entra]
tenant = "99999999-8888-7777-6666-555555555555"
client = "11111111-2222-3333-4444-555555555555"
credential = "certificate""#;

/// The university as it would be if its accounts were in Entra ID, and its application had a client secret.
fn by_secret() -> &'static Stack {
    static STACK: OnceLock<Stack> = OnceLock::new();
    STACK.get_or_init(|| {
        let folder = variant("usms", "usms-entra", &[(EMBEDDED, ENTRA)]);
        Stack::start(&[("INSTITUTION", &folder)])
    })
}

/// The same with a certificate, accounts named by their object ids, and a file that takes Unicode.
fn by_certificate() -> &'static Stack {
    static STACK: OnceLock<Stack> = OnceLock::new();
    STACK.get_or_init(|| {
        let unicode =
            ("unicode = false                       # Microsoft 365 refuses them", "unicode = true");
        let folder = variant("usms", "usms-entra-certificate", &[(EMBEDDED, BY_CERTIFICATE), unicode]);
        Stack::start(&[("INSTITUTION", &folder), ("RECUPMAIL_DIRECTORY_SECRET_M365", &certificate())])
    })
}

/// A certificate of one's own and its key, in one PEM text.
fn certificate() -> String {
    let words = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=recupmail",
        "-keyout",
        "-",
        "-out",
        "-",
    ];
    let output = Command::new("openssl").args(words).output().expect("Debian's package openssl is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Whoever changes what the application of the first stack is granted holds it alone.
static APPLICATION: RwLock<()> = RwLock::const_new(());

async fn beside_others() -> RwLockReadGuard<'static, ()> {
    APPLICATION.read().await
}

async fn alone() -> RwLockWriteGuard<'static, ()> {
    APPLICATION.write().await
}

/// Somebody who has proven everything, and what Entra ID has of them.
struct Somebody {
    stack: &'static Stack,
    person: Person,
    client: Client,
}

impl Somebody {
    async fn at(stack: &'static Stack) -> Self {
        let person = Person::take(Kind::Complete);
        let client = Client::proven(stack, &person).await;
        Self { stack, person, client }
    }

    fn account(&self) -> &str {
        self.person.academic_email()
    }

    /// A fault that meets this account alone.
    async fn meets(&self, at: &str, fault: Value, times: u32) {
        let planned = json!({"at": at, "account": self.account(), "fault": fault, "times": times});
        self.stack.control("entra/faults", &planned).await;
    }

    async fn counted(&self, what: &str) -> u64 {
        self.stack.told(&format!("entra/accounts/{}", self.account())).await[what].as_u64().unwrap()
    }

    async fn signs_in(&self, password: &str) -> bool {
        self.stack.signs_in(self.account(), password).await
    }

    /// Another recovery by the same person.
    async fn again(&mut self) {
        self.client = Client::proven(self.stack, &self.person).await;
    }
}

/// What the functions logged of Microsoft's services, a line each.
fn logged(stack: &Stack) -> Vec<String> {
    stack.functions_log().lines().filter(|line| line.contains("Microsoft")).map(str::to_owned).collect()
}

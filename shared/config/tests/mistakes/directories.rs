//! Where passwords are written, and where people are read from.

use super::{FILE, check_text, edited, faults, shipped};
use recupmail_config::Institution;
use std::path::Path;

const EMBEDDED: &str = "accounts = \"embedded\"";

const LDAP: &str = r#"
[directories.annuaire.ldap]
bind = "cn=recupmail,dc=usms,dc=example"
server = { url = "ldaps://ldap.usms.example:6636", ca_file = "ca.pem" }
accounts = { base = "ou=people,dc=usms,dc=example", attribute = "uid" }

[directories.ad.active-directory]
bind = "recupmail@ad.usms.example"
server = { url = "ldap://ad.usms.example", start_tls = true }
accounts = { base = "DC=ad", attribute = "userPrincipalName", holds = "academic-email" }

[directories.m365.entra]
tenant = "usms.example"
client = "11111111-2222-3333-4444-555555555555"

[registry.ldap]
server = { url = "ldaps://ldap.usms.example" }
bind = "cn=reader,dc=usms,dc=example"
base = "ou=people,dc=usms,dc=example"

[registry.ldap.columns]
person_id = "supannEtuId"
profile = { always = "student" }
display_name = "displayName"
academic_email = "mail"
recovery = { attribute = "accountStatus", values = { active = "allowed" }, otherwise = "denied" }
apogee = "supannEtuId"
massar = "supannCodeINE"
birth_date = "schacDateOfBirth"
phone = "mobile"
"#;

fn remote() -> String {
    edited(
        &shipped("usms"),
        "[directories]\naccounts = \"embedded\"               # this deployment's own table\n",
        LDAP,
    )
}

#[test]
fn in_directories_and_the_source_of_the_registry() {
    check_text(
        &remote(),
        &[
            (
                "[directories.annuaire.ldap]",
                "[directories.Annuaire.ldap]",
                "directories.Annuaire",
                "lower-case",
            ),
            ("[directories.annuaire.ldap]", "[directories.registry.ldap]", "directories.registry", "secret"),
            (
                "ldaps://ldap.usms.example:6636",
                "ldap://ldap",
                "directories.annuaire.ldap.server.url",
                "in the clear",
            ),
            ("ldap://ad.", "ldaps://ad.", "directories.ad.active-directory.server.url", "for `start_tls`"),
            (":6636", ":66360", "directories.annuaire.ldap.server.url", "a host, and perhaps a port"),
            (
                "ldaps://ldap.usms.example:6636",
                "https://ldap",
                "directories.annuaire.ldap.server.url",
                "must be ldaps://",
            ),
            ("\"ca.pem\"", "\"\"", "directories.annuaire.ldap.server.ca_file", "is empty"),
            (
                "\"ca.pem\"",
                "\"ca.pem\", operation_seconds = 60",
                "directories.annuaire.ldap.server.operation_seconds",
                "1 to 8",
            ),
            (
                "\"ca.pem\"",
                "\"ca.pem\", connect_seconds = 0",
                "directories.annuaire.ldap.server.connect_seconds",
                "1 to 4",
            ),
            ("cn=recupmail,dc=usms,dc=example", "", "directories.annuaire.ldap.bind", "is empty"),
            (
                "\"uid\"",
                "\"uid=*\"",
                "directories.annuaire.ldap.accounts.attribute",
                "name of an LDAP attribute",
            ),
            ("tenant = \"usms.example\"", "tenant = \"\"", "directories.m365.entra.tenant", "an id"),
            ("11111111-2222", "1111/1111", "directories.m365.entra.client", "an id"),
            ("person_id = \"supannEtuId\"\n", "", "registry.ldap.columns.person_id", "is missing"),
            ("massar = \"supannCodeINE\"\n", "", "registry.ldap.columns.massar", "is missing"),
            ("phone = \"mobile\"", "telephone = \"mobile\"", "registry.ldap.columns.telephone", "no column"),
            (
                "phone = \"mobile\"",
                "phone = \"mobile phone\"",
                "registry.ldap.columns.phone",
                "LDAP attribute",
            ),
            (
                "dc=example\"\n\n[registry.ldap.columns]",
                "dc=example\"\nfilter = \"uid=*\"\n\n[registry.ldap.columns]",
                "registry.ldap.filter",
                "in parentheses",
            ),
        ],
    );
}

#[test]
fn in_what_goes_together() {
    for (to, words) in
        [("accounts = \"embedded\"\nother = \"embedded\"", "\"embedded\" stands alone"), ("", "names none")]
    {
        let faults = faults(&edited(&shipped("usms"), EMBEDDED, to));
        assert!(faults.len() == 1 && faults[0].reason.contains(words), "{faults:#?}");
        assert_eq!(faults[0].place, "directories");
    }
}

#[test]
fn passwords_are_what_every_directory_takes() {
    let text = edited(&remote(), "classes = 3", "classes = 2");
    let text = edited(&text, "unicode = false", "unicode = true");
    let rules = |text: &str| Institution::parse(text, Path::new(FILE)).unwrap().rules().unwrap();
    let policy = rules(&text).password;
    assert!(!policy.unicode, "Entra ID takes ASCII alone");
    assert_eq!((policy.min, policy.classes), (12, 3), "the file's length, and Entra ID's classes");
    let without = edited(
        &text,
        "[directories.m365.entra]\ntenant = \"usms.example\"\nclient = \"11111111-2222-3333-4444-555555555555\"\n",
        "",
    );
    let policy = rules(&without).password;
    assert!(policy.unicode && policy.classes == 2);
}

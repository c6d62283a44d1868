//! People are read straight from LDAP into the registry.

use crate::places::both;
use recupmail_tests::slapd::{SERVICE, SERVICE_PASSWORD, base, dn};
use recupmail_tests::{Client, Kind, Person};
use std::process::{Command, Output};

/// Which attribute holds which column.
const COLUMNS: [(&str, &str); 10] = [
    ("person_id", "employeeType"),
    ("display_name", "displayName"),
    ("academic_email", "mail"),
    ("directory_id", "uid"),
    ("phone", "mobile"),
    ("recovery_email", "labeledURI"),
    ("locale", "preferredLanguage"),
    ("apogee", "employeeNumber"),
    ("massar", "departmentNumber"),
    ("birth_date", "carLicense"),
];

/// The institution of the stack, with people to be read from the same server.
fn institution(folder: &str, tls_port: u16, filter: &str) -> String {
    let from = std::path::Path::new(folder);
    let to = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("registry-of-ldap");
    std::fs::create_dir_all(&to).unwrap();
    for file in ["ca.pem", "logo.svg"] {
        std::fs::copy(from.join(file), to.join(file)).unwrap();
    }
    let columns: Vec<String> =
        COLUMNS.iter().map(|(column, attribute)| format!("{column} = \"{attribute}\"")).collect();
    let registry = format!(
        "\n[registry.ldap]\nbind = \"{SERVICE}\"\nbase = \"{}\"\nfilter = \"{filter}\"\n\
         server = {{ url = \"ldaps://localhost:{tls_port}\", ca_file = \"ca.pem\" }}\n\n\
         [registry.ldap.columns]\nprofile = {{ always = \"student\" }}\n\
         recovery = {{ attribute = \"title\", values = {{ active = \"allowed\" }}, otherwise = \"denied\" }}\n{}\n",
        base("usms"),
        columns.join("\n")
    );
    let text = std::fs::read_to_string(from.join("institution.toml")).unwrap();
    std::fs::write(to.join("institution.toml"), text + &registry).unwrap();
    to.display().to_string()
}

#[tokio::test]
async fn who_changed_is_written_who_did_not_is_left_and_who_cannot_be_read_is_named() {
    let (_alone, place) = both().await;
    let people: Vec<Person> = (0..4).map(|_| Person::take(Kind::Complete)).collect();
    for person in &people {
        for (column, attribute) in COLUMNS {
            if attribute != "uid" && !person[column].is_empty() {
                place.slapd.replace(&dn(person), attribute, &person[column]).await;
            }
        }
        place.slapd.replace(&dn(person), "title", "active").await;
    }
    let [moved, garbled, left, ..] = people.as_slice() else { unreachable!() };
    let number = "+212699000111";
    place.slapd.replace(&dn(moved), "mobile", number).await;
    place.slapd.replace(&dn(garbled), "carLicense", "un jour").await;
    place.slapd.replace(&dn(left), "title", "parti").await;

    let run = |words: &[&str], filter: &str| -> Output {
        let variables = place.stack.variables();
        let folder = variables.iter().find(|(name, _)| name == "RECUPMAIL_INSTITUTION").unwrap().1.clone();
        let binaries = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned();
        Command::new(binaries.join("recupctl"))
            .args(["import", "--directory", "ldap"])
            .args(words)
            .envs(variables)
            .env("RECUPMAIL_INSTITUTION", institution(&folder, place.slapd.ldaps_port, filter))
            .env("RECUPMAIL_DIRECTORY_SECRET_REGISTRY", SERVICE_PASSWORD)
            .env("USER", "tests")
            .output()
            .unwrap()
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();

    let everybody = run(&[], "(employeeNumber=*)");
    assert_eq!(everybody.status.code(), Some(2), "four people are not everybody");
    assert!(text(&everybody.stderr).contains("add --partial"), "{everybody:?}");

    let imported = run(&["--partial"], "(employeeNumber=*)");
    assert_eq!(imported.status.code(), Some(1), "{imported:?}");
    assert_eq!(text(&imported.stdout).lines().next(), Some("2 written, 1 unchanged, 1 skipped"));
    let said = text(&imported.stderr);
    let named =
        format!("[registry.ldap]: person_id {:?}: birth_date has not the right form", garbled["person_id"]);
    assert!(said.contains(&named), "{said}");
    for personal in [garbled["display_name"].as_str(), "un jour", garbled.academic_email()] {
        assert!(!said.contains(personal), "{said}");
    }

    let mut client = Client::identified(&place.stack, moved).await;
    let sent = client.send("sms").await;
    sent.is_at("enter-code");
    assert_eq!(place.stack.outbox(number).await.len(), 1, "codes go to the number that LDAP has");
    Client::of(&place.stack).verify(left).await.is_problem(401, "identity-not-recognised");

    let again = run(&["--partial"], "(employeeNumber=*)");
    assert_eq!(text(&again.stdout).lines().next(), Some("0 written, 3 unchanged, 1 skipped"));

    let page = run(&["--dry-run", "--partial"], "(uid=*)");
    assert_eq!(page.status.code(), Some(1));
    let sound = text(&page.stdout);
    assert!(sound.starts_with("3 rows are sound"), "those with nothing but a uid are no people: {sound}");
}

#[tokio::test]
async fn a_server_that_is_away_stops_the_import_with_the_reason() {
    let (_alone, place) = both().await;
    let folder = institution(&place.stack.variable("RECUPMAIL_INSTITUTION"), 9, "(uid=*)");
    let binaries = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned();
    let output = Command::new(binaries.join("recupctl"))
        .args(["import", "--directory", "ldap"])
        .envs(place.stack.variables())
        .env("RECUPMAIL_INSTITUTION", folder)
        .env("RECUPMAIL_DIRECTORY_SECRET_REGISTRY", SERVICE_PASSWORD)
        .env("USER", "tests")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("people cannot be read from the directory") && said.contains("connecting"),
        "{said}"
    );
}

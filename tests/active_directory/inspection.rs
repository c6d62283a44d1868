//! What `recupctl doctor` learns of a domain without changing anybody.

use crate::world::{Secret, directory, students, world};
use recupmail_config::{DirectoryFile, system_clock};
use recupmail_directory::How;
use recupmail_domain::clock::Clock;
use recupmail_tests::samba::{Account, DOMAIN};

/// What is seen of a folder of the domain, and how it is.
async fn inspect(base: &str, secret: Secret) -> Vec<(How, String)> {
    let mut institution = world().institution();
    let Some(DirectoryFile::ActiveDirectory(file)) = institution.directories.get_mut("domain") else {
        panic!("the institution's directory is Active Directory")
    };
    base.clone_into(&mut file.accounts.base);
    let signs = directory(&institution, secret).inspect(system_clock(None).now()).await;
    signs.into_iter().map(|sign| (sign.how, sign.said)).collect()
}

/// How the thing is of which these words are said.
#[track_caller]
fn how(seen: &[(How, String)], words: &str) -> How {
    let sign = seen.iter().find(|(_, said)| said.contains(words));
    sign.unwrap_or_else(|| panic!("{words} in {seen:?}")).0
}

/// A folder with one account, which nobody has delegated.
fn without_delegation() -> String {
    let folder = format!("OU=Alumni,{DOMAIN}");
    world().domain.change(&format!("dn: {folder}\nchangetype: add\nobjectClass: organizationalUnit\n"));
    world().domain.add_accounts(&[Account {
        dn: &format!("CN=Alumna,{folder}"),
        name: "alumna",
        principal: "alumna@ad.univ.example",
        password: "Ancien-Secret-2019",
    }]);
    folder
}

#[tokio::test]
async fn a_delegated_folder_is_seen_with_the_rights_that_the_service_account_has_there() {
    let seen = inspect(&students(), Secret::RIGHT).await;
    assert_eq!(how(&seen, "reached by TLS"), How::Well);
    // Twenty of them are looked at.
    assert_eq!(how(&seen, "may reset the password of 20 of 20 accounts"), How::Well);
    assert!(!seen.iter().any(|(_, said)| said.contains("unlock")), "all may be unlocked: {seen:?}");
    // One machine has one clock.
    assert_eq!(how(&seen, "its clock and ours differ by"), How::Well);
    // Samba 4.17 does not know it.
    assert_eq!(how(&seen, "policy hints"), How::Doubtful);
}

#[tokio::test]
async fn without_delegation_no_right_is_seen() {
    let seen = inspect(&without_delegation(), Secret::RIGHT).await;
    assert_eq!(how(&seen, "may reset the password of 0 of 1 accounts"), How::Broken);
    assert_eq!(how(&seen, "may unlock 0 of 1 accounts"), How::Doubtful);
}

#[tokio::test]
async fn a_base_without_people_and_one_that_does_not_exist_are_no_place_for_accounts() {
    for base in ["OU=Nowhere", "CN=Computers"] {
        let seen = inspect(&format!("{base},{DOMAIN}"), Secret::RIGHT).await;
        assert_eq!(how(&seen, "there is nobody with userPrincipalName"), How::Broken, "{base}");
    }
}

#[tokio::test]
async fn a_service_account_that_is_not_let_in_is_told() {
    let seen = inspect(DOMAIN, Secret("Devine-encore-1")).await;
    assert_eq!(seen, [(How::Broken, "the service account was refused with result code 49".to_owned())]);
}

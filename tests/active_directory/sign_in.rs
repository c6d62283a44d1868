//! Whether an account has a password: asked where nobody knows what became of a change.

use crate::world::{OLD, Secret, directory, dn, profile, world};
use recupmail_domain::challenge::writes::applying::DIRECTORIES;
use recupmail_domain::ports::{TryPassword, Unavailable};
use recupmail_domain::secret::Confidential;
use recupmail_tests::{Kind, Person};

async fn has(directory_id: &str, password: &str) -> Result<Option<bool>, Unavailable> {
    let directory = directory(&world().institution(), Secret::RIGHT);
    directory.has_password(&profile(directory_id), &Confidential::new(password.to_owned()), DIRECTORIES).await
}

#[tokio::test]
async fn an_account_has_its_password_and_no_other() {
    let person = Person::take(Kind::Complete);
    assert_eq!(has(&person["directory_id"], OLD).await.unwrap(), Some(true));
    assert_eq!(has(&person["directory_id"], "Devine-encore-1").await.unwrap(), Some(false));
    // A name without a password is let in as nobody (RFC 4513 section 5.1.2), which proves nothing.
    assert!(!matches!(has(&person["directory_id"], "").await, Ok(Some(true))));
}

#[tokio::test]
async fn an_account_has_its_password_even_if_it_must_not_be_used_now() {
    let world = world();
    for change in
        ["replace: pwdLastSet\npwdLastSet: 0\n", "replace: userAccountControl\nuserAccountControl: 514\n"]
    {
        let person = Person::take(Kind::Complete);
        world.domain.change(&format!("dn: {}\nchangetype: modify\n{change}", dn(&person)));
        assert!(!world.domain.signs_in(&person["directory_id"], OLD), "{change}");
        assert_eq!(has(&person["directory_id"], OLD).await.unwrap(), Some(true), "{change}");
        assert_eq!(has(&person["directory_id"], "Devine-encore-1").await.unwrap(), Some(false), "{change}");
    }
}

#[tokio::test]
async fn a_locked_account_does_not_tell() {
    let person = Person::take(Kind::Complete);
    for _ in 0..3 {
        assert!(!world().domain.signs_in(&person["directory_id"], "Devine-encore-1"));
    }
    let unavailable = has(&person["directory_id"], OLD).await.unwrap_err();
    assert_eq!(unavailable.cause.to_string(), "the account is locked: no password can be tried");
}

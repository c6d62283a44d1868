//! What the service account may not do.

use crate::world::{OLD, RESET, UNLOCK, dn, guest, guests, world};
use recupmail_tests::Client;

#[tokio::test]
async fn without_the_right_nothing_is_written_nothing_is_told_and_the_session_outlives_it() {
    let (world, person) = (world(), guest());
    let mut client = Client::proven(&world.stack, &person).await;
    let answer = client.set_password("Tagine-7-citrons-confits").await;
    answer.is_problem(503, "directory-unavailable");
    let body = answer.body.to_string();
    let dn = dn(&person);
    for inside in
        [&dn, "CN=", "OU=", "DC=", "localhost", "result code", "right", "LDAP", "recupmail@", "domain"]
    {
        assert!(!body.contains(inside), "{inside} in {body}");
    }
    assert!(!world.stack.functions_log().contains("CN="), "no account is named in the log");
    assert!(world.domain.signs_in(&person["directory_id"], OLD), "nothing has changed");

    world.domain.delegate(&guests(), "recupmail", &[RESET, UNLOCK]);
    client.set_password("Verger-7-lune-argent").await.is_at("done");
    assert!(world.domain.signs_in(&person["directory_id"], "Verger-7-lune-argent"));
}

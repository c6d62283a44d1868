//! What a directory is reached with is kept in Secrets Manager, and may change at any time.

use crate::places::Place;
use recupmail_tests::slapd::{SERVICE, SERVICE_PASSWORD};
use serde_json::{Value, json};
use std::sync::OnceLock;

const NAME: &str = "recupmail/directories";

fn place() -> &'static Place {
    static PLACE: OnceLock<Place> = OnceLock::new();
    PLACE.get_or_init(|| Place::with("secrets", "", ("RECUPMAIL_DIRECTORY_SECRETS", NAME)))
}

async fn secrets_manager(action: &str, body: Value) {
    place().stack.secrets_manager(action, &body).await;
}

fn secret(password: &str) -> String {
    json!({"annuaire": password, "elsewhere": "not ours"}).to_string()
}

#[tokio::test]
async fn a_secret_is_read_when_it_is_needed_and_anew_once_it_is_refused() {
    let place = place();
    let mut early = place.somebody().await;
    early.client.set_password("Tagine-7-citrons-verts").await.is_problem(503, "directory-unavailable");
    secrets_manager("CreateSecret", json!({"Name": NAME, "SecretString": secret(SERVICE_PASSWORD)})).await;
    early.client.set_password("Zellige-8-fontaines-bleues").await.is_at("done");
    assert!(place.slapd.takes(&early.person, "Zellige-8-fontaines-bleues").await);

    let rotated = "La-cle-nouvelle-8";
    place.slapd.replace(SERVICE, "userPassword", rotated).await;
    secrets_manager("PutSecretValue", json!({"SecretId": NAME, "SecretString": secret(rotated)})).await;
    place.proxy.hang_up();
    let mut late = place.somebody().await;
    late.client.set_password("Tagine-7-citrons-verts").await.is_at("done");
    assert!(place.slapd.takes(&late.person, "Tagine-7-citrons-verts").await);

    let log = place.stack.functions_log();
    for secret in [SERVICE_PASSWORD, rotated, "not ours"] {
        assert!(!log.contains(secret), "a secret is in the log");
    }
}

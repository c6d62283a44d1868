//! The commands: packing, a second deployment, the end of one, and its data.

use crate::deployed::{DEPLOYMENT, Ran, STACK, Workplace, binaries, command, deployed, python};
use crate::emulator::{REGION, top};
use crate::preflight::certificate;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// The zips in a folder.
fn zips(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    entries.map(|entry| (name(&entry.path()), std::fs::read(entry.path()).unwrap())).collect()
}

/// Accounts of answers that are written down: see `python/`.
#[test]
fn what_no_emulator_shows_is_shown_on_accounts_that_are_written_down() {
    let mut tests = python();
    tests.args(["-m", "unittest", "discover", "--start-directory", "tests/deployment/python"]);
    let ran = Ran::of(tests.env("PYTHONPATH", "infra/deploy").output().unwrap()).ends(0);
    assert!(ran.err.ends_with("\n\nOK\n") && !ran.err.contains("Ran 0 tests"), "{}", ran.err);
}

#[tokio::test]
async fn packing_twice_gives_the_same_bytes_and_without_an_institution_nothing() {
    let (deployed, _turn) = deployed().await;
    let before = zips(&deployed.place.folder.join("target/lambda"));
    // Whenever files were written, what is in them counts.
    let file = deployed.place.institution.join("institution.toml");
    std::fs::write(&file, std::fs::read(&file).unwrap()).unwrap();
    deployed.place.pack().ends(0);
    assert!(before.len() == 6 && before == zips(&deployed.place.folder.join("target/lambda")));
    let secret = std::fs::read_to_string(deployed.place.institution.join("registry.csv")).unwrap();
    assert!(secret.len() > 1000, "there is a registry that could have been packed");

    let mut pack = command("pack.py");
    pack.args(["--institution", "infra/institutions/nobody", "--binaries"]).arg(binaries());
    let refused = pack.arg("--out").arg(top().join("target/tmp/nothing")).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(said.contains("infra/institutions/nobody/institution.toml is missing"), "{said}");
}

#[tokio::test]
async fn a_second_deployment_without_change_changes_nothing() {
    let (deployed, _turn) = deployed().await;
    let ran = deployed.place.run("deploy.py", &[]).ends(0);
    let said = format!("{}{}", ran.out, ran.err);
    assert!(said.contains("No changes to deploy"), "{said}");
    assert!(said.contains("site: 0 uploaded") && said.contains(" 0 removed, 0 paths invalidated"), "{said}");
    assert_eq!(deployed.outputs, deployed.place.emulator.outputs("recupmail-usms").await);
}

/// In an account of its own, and with a domain of its own, so that one deployment suffices.
#[tokio::test]
async fn a_deployment_that_is_removed_leaves_its_data_and_does_not_come_back_over_it() {
    let place = Workplace::new("removed").await;
    let certificate = certificate(&place.emulator, "recupmail.usms.ac.ma").await;
    let parameters = format!("Emulator = true\nCertificateArn = \"{certificate}\"");
    let file = place.institution.join("deployment.toml");
    std::fs::write(file, DEPLOYMENT.replace("Emulator = true", &parameters)).unwrap();
    place.run("preflight.py", &[]).ends(0);
    place.pack().ends(0);
    let ran = place.run("deploy.py", &[]).ends(0);
    assert!(!ran.out.contains("The site's name is known now"), "{}", ran.out);
    let outputs = place.emulator.outputs(STACK).await;
    assert_eq!(outputs["SiteUrl"], "https://recupmail.usms.ac.ma");
    let root = place.emulator.secret(&outputs["RegistryRootSecret"]).await;

    let refused = place.run("destroy.py", &[]).ends(1);
    assert!(refused.err.contains("nothing was removed"), "{}", refused.err);
    let said = place.run("destroy.py", &["--yes"]).ends(0).out;
    for left in [&outputs["PeopleTable"], &outputs["AccountsTable"], &outputs["KeyArn"]] {
        assert!(said.contains(left.as_str()) && said.contains("make take-back"), "{said}");
    }
    assert_eq!(place.emulator.secret(&outputs["RegistryRootSecret"]).await, root);
    let again = place.run("destroy.py", &["--yes"]).ends(1);
    assert!(again.err.contains("there is no stack recupmail-usms"), "{}", again.err);

    let ran = place.run("preflight.py", &[]).ends(1);
    assert!(ran.out.contains("but its tables: recupmail-usms-accounts"), "{}", ran.out);
    // As far as the emulator goes: it knows how to take back tables and keys, and not secrets.
    let ran = place.run("take_back.py", &[]).ends(1);
    let alone = "Resource import is not supported by this emulator for AWS::SecretsManager::Secret\n";
    assert!(ran.err.contains(alone), "{}", ran.err);
}

/// As the runbook restores a table: beside the one that is there, then back.
#[tokio::test]
async fn a_restored_tables_items_come_back_over_newer_ones_or_beside_them() {
    let (deployed, _turn) = deployed().await;
    let emulator = &deployed.place.emulator;
    let dynamodb = async |operation: &str, body: Value| -> Value {
        let target = format!("DynamoDB_20120810.{operation}");
        let headers = [("x-amz-target", target.as_str()), ("content-type", "application/x-amz-json-1.0")];
        let answer = emulator.ask("dynamodb", (Method::POST, "/"), &headers, &body.to_string()).await;
        serde_json::from_str(&answer).unwrap()
    };
    for table in ["then", "now"] {
        let key = json!({
            "TableName": table, "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
            "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
        });
        dynamodb("CreateTable", key).await;
    }
    for (table, pk, value) in
        [("then", "deleted", "1"), ("then", "changed", "1"), ("now", "changed", "2"), ("now", "new", "2")]
    {
        let item = json!({ "pk": { "S": pk }, "value": { "N": value } });
        dynamodb("PutItem", json!({ "TableName": table, "Item": item })).await;
    }
    let copy = |words: &[&str]| {
        let mut command = command("copy_table.py");
        command.env("AWS_ENDPOINT_URL", emulator.url("")).args(["then", "now", "--region", REGION]);
        Ran::of(command.args(words).output().unwrap()).ends(0).out
    };
    let now = async || {
        let items = dynamodb("Scan", json!({ "TableName": "now" })).await;
        let items = items["Items"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        items.map(|item| (text(&item["pk"]["S"]), text(&item["value"]["N"]))).collect::<BTreeMap<_, _>>()
    };
    let expected = |changed: &str| {
        let items = [("changed", changed), ("deleted", "1"), ("new", "2")];
        items.map(|(pk, value)| (pk.to_owned(), value.to_owned())).into()
    };
    assert_eq!(copy(&["--only-missing"]), "1 items copied from then to now, 1 left as they were\n");
    assert_eq!(now().await, expected("2"));
    assert_eq!(copy(&[]), "2 items copied from then to now, 0 left as they were\n");
    assert_eq!(now().await, expected("1"));
}

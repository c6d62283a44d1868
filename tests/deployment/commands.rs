//! The commands: packing, a second deployment, the end of one, and its data.

use crate::deployed::{Workplace, binaries, command, deployed};
use crate::emulator::top;
use reqwest::Method;
use std::collections::BTreeMap;
use std::path::Path;

/// The zips in a folder.
fn zips(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    entries.map(|entry| (name(&entry.path()), std::fs::read(entry.path()).unwrap())).collect()
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

#[tokio::test]
async fn a_deployment_with_a_domain_of_its_own_ends_and_leaves_its_data() {
    let place = Workplace::new("destroyed").await;
    let request = "{\"DomainName\":\"recupmail.usms.ac.ma\",\"ValidationMethod\":\"DNS\"}";
    let headers = [("x-amz-target", "CertificateManager.RequestCertificate"), ("content-type", "application/x-amz-json-1.1")];
    let _ = (&place, request, headers, Method::POST);
}

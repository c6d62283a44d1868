//! What is wrong is said with its place and remedy before anything is made.

use crate::deployed::{DEPLOYMENT, Workplace, deployed};
use crate::emulator::Emulator;
use recupmail_tests::variant;
use reqwest::Method;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A deployment that is not as it should be: what stands there and what takes its place, and what is said.
const WRONG: [(&str, &str, &str, &str); 14] = [
    ("MailIdentity = \"usms.ac.ma\"\n", "", "parameters.MailIdentity: is missing", "infra/README.md"),
    ("MailIdentity", "MailIdentiti", "the template has no such parameter", "infra/README.md"),
    ("eu-west-3", "Paris", "region: must be an AWS region", "infra/README.md"),
    ("recupmail-usms", "Recupmail_USMS", "stack: must be 1 to 32", "infra/README.md"),
    ("stack", "stak", "stak: nobody knows it", "infra/README.md"),
    ("[parameters]", "[parameters", "Expected ']'", "correct the file"),
    (
        "Emulator = true",
        "Emulator = true\nSiteDomain = \"a.example.org\"",
        "comes from institution.toml",
        "infra/README.md",
    ),
    ("Emulator = true", "Emulator = true\nLogRetentionDays = 31", "'31' is none of 1, 3", "infra/README.md"),
    (
        "Emulator = true",
        "Emulator = true\nReservedConcurrency = 2000",
        "is no number from 0 to 1000",
        "infra/README.md",
    ),
    (
        "Emulator = true",
        "Emulator = true\nWaf = \"create\"",
        "CloudFront's web ACLs live in us-east-1",
        "change these",
    ),
    (
        "usms.ac.ma",
        "recupmail@usms.ac.ma",
        "SES in eu-west-3 has no identity recupmail@usms.ac.ma",
        "verify it there",
    ),
    (
        "Emulator = true",
        "Emulator = true\nCertificateArn = \"arn:aws:acm:eu-west-3:000000000000:certificate/0a1b\"",
        "must be the ARN of a certificate in us-east-1",
        "infra/README.md",
    ),
    (
        "Emulator = true",
        "Emulator = true\nCertificateArn = \"arn:aws:acm:us-east-1:000000000000:certificate/0a1b\"",
        "there is no certificate arn:aws:acm:us-east-1:000000000000:certificate/0a1b",
        "request one in us-east-1",
    ),
    (
        "Emulator = true",
        "Emulator = true\nDirectorySecretArn = \"arn:aws:secretsmanager:eu-west-1:000000000000:secret:dirs-AbCdEf\"",
        "DirectorySecretArn is in eu-west-1, the stack in eu-west-3",
        "name one in the stack's region",
    ),
];

/// A copy of the institution whose deployment is its own to spoil.
fn copy(name: &str, changes: &[(&str, &str)], deployment: &str) -> PathBuf {
    let folder = PathBuf::from(variant("usms", &format!("preflight-{name}"), changes));
    std::fs::write(folder.join("deployment.toml"), deployment).unwrap();
    folder
}

fn refused(place: &Workplace, institution: &Path, said: &str, remedy: &str) {
    let ran = place.run_on(institution, "preflight.py", &[]).ends(1);
    let all = format!("{}{}", ran.out, ran.err);
    assert!(all.contains(said) && all.contains(remedy), "{said:?} and {remedy:?} in\n{all}");
    // What the account lacks is one error, and no warning that happens to stand beside another error.
    assert!(!all.contains("Traceback") && (!all.contains("ERROR ") || all.contains(": 1 error; ")), "{all}");
}

/// Requests a certificate, which is issued at once.
pub(crate) async fn certificate(emulator: &Emulator, domain: &str) -> String {
    let headers = [
        ("x-amz-target", "CertificateManager.RequestCertificate"),
        ("content-type", "application/x-amz-json-1.1"),
    ];
    let body = json!({"DomainName": domain, "ValidationMethod": "DNS"}).to_string();
    let answer = emulator.ask("acm", (Method::POST, "/"), &headers, &body).await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    answer["CertificateArn"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_deployment_that_cannot_go_well_is_not_begun() {
    let (deployed, _turn) = deployed().await;
    let place = &deployed.place;
    let before = place.emulator.stacks().await;
    for (stands, becomes, said, remedy) in WRONG {
        assert!(DEPLOYMENT.contains(stands));
        let spoilt = copy("spoilt", &[], &DEPLOYMENT.replace(stands, becomes));
        refused(place, &spoilt, said, remedy);
    }
    let elsewhere = certificate(&place.emulator, "autre.example.org").await;
    let with = format!("Emulator = true\nCertificateArn = \"{elsewhere}\"");
    let other = copy("certificate", &[], &DEPLOYMENT.replace("Emulator = true", &with));
    refused(
        place,
        &other,
        "the certificate is for autre.example.org, not for recupmail.usms.ac.ma",
        "correct `site`",
    );

    let invalid =
        copy("invalid", &[("short_name = \"USMS\"", "short_name = \"Université Sultan\"")], DEPLOYMENT);
    refused(
        place,
        &invalid,
        "institution.toml: short_name: must have at most 11 characters",
        "correct what is named",
    );
    let sender = copy("sender", &[("<recupmail@usms.ac.ma>", "<recupmail@elsewhere.example>")], DEPLOYMENT);
    refused(place, &sender, "recupmail@elsewhere.example, which is not of the identity", "let MailIdentity");
    let calls = [("offered = [\"email\", \"sms\"]", "offered = [\"email\", \"sms\", \"voice\"]")];
    refused(
        place,
        &copy("calls", &calls, DEPLOYMENT),
        "offers calls, but VoicePoolArn is empty",
        "take voice out",
    );
    let nowhere = copy("nowhere", &[], DEPLOYMENT);
    std::fs::remove_file(nowhere.join("deployment.toml")).unwrap();
    refused(place, &nowhere, "deployment.toml is missing", "copy infra/institutions/usms/deployment.toml");
    refused(place, Path::new("nobody"), "infra/institutions/nobody/institution.toml is missing", "there is ");
    // Whoever deploys by hand is stopped as well.
    let spoilt = copy("by-hand", &[], &DEPLOYMENT.replace("[parameters]", "[parameters]\nWaf = \"create\""));
    let ran = place.run_on(&spoilt, "deploy.py", &[]).ends(1);
    assert!(ran.out.contains("ERROR ") && ran.err.contains("1 error; nothing was made"), "{ran:?}");
    assert_eq!(place.emulator.stacks().await, before, "nothing was made");
}

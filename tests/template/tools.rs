//! What the tools for templates find: nothing that is not explained beside it.

use crate::source::{listed, read, section, top};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Output};

/// So many of checkov's checks pass. Some ways of writing a template make it skip checks without a word, so a number that
/// falls is looked into before it is changed.
const PASSED: u64 = 144;

fn tool(environment: &str, name: &str) -> Command {
    let path: PathBuf = top().join(".local").join(environment).join("bin").join(name);
    assert!(path.is_file(), "{} is missing: make template-tools", path.display());
    let mut command = Command::new(path);
    // Whoever runs the tests may have an account set; nothing here asks it.
    command.current_dir(top()).env("SAM_CLI_TELEMETRY", "0").env("AWS_DEFAULT_REGION", "eu-west-3");
    command.env("AWS_ACCESS_KEY_ID", "none").env("AWS_SECRET_ACCESS_KEY", "none").env_remove("AWS_PROFILE");
    command
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn sam_finds_nothing() {
    let output =
        tool("deploy-venv", "sam").args(["validate", "--lint", "--template", "infra/template.yaml"]).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn cfn_lint_finds_nothing_where_it_is_deployed_and_where_a_firewall_is_made() {
    let mut lint = tool("deploy-venv", "cfn-lint");
    let output = lint
        .args(["--regions", "eu-west-3", "us-east-1", "--template", "infra/template.yaml"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn checkov_finds_nothing_that_is_not_explained() {
    let report = checkov("infra/template.yaml");
    assert_eq!(failed(&report), BTreeSet::new());
    assert_eq!(report["summary"]["parsing_errors"], 0);
    assert_eq!(report["summary"]["passed"], PASSED);
}

/// Who corrects what an exception was made for takes the exception out too.
#[test]
fn every_exception_from_checkov_is_needed_and_has_its_reason() {
    let mut exceptions = BTreeSet::new();
    for (name, resource) in section("Resources") {
        let Some(skipped) = resource.pointer("/Metadata/checkov/skip") else { continue };
        for skip in listed(skipped) {
            assert!(skip["comment"].as_str().is_some_and(|reason| reason.len() > 20), "{name}: {skip}");
            let kind = resource["Type"].as_str().unwrap();
            exceptions.insert((skip["id"].as_str().unwrap().to_owned(), format!("{kind}.{name}")));
        }
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let bare = folder.join("without-exceptions.yaml");
    // Checkov reads exceptions under this name alone.
    std::fs::write(&bare, read("infra/template.yaml").replace("      checkov:\n", "      unread:\n"))
        .unwrap();
    assert_eq!(failed(&checkov(bare.to_str().unwrap())), exceptions);
}

fn checkov(template: &str) -> Value {
    let mut checkov = tool("checkov-venv", "checkov");
    checkov.args([
        "--skip-download",
        "--framework",
        "cloudformation",
        "--output",
        "json",
        "--file",
        template,
    ]);
    let output = checkov.output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)))
}

fn failed(report: &Value) -> BTreeSet<(String, String)> {
    let failed = listed(&report["results"]["failed_checks"]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    failed.into_iter().map(|check| (text(&check["check_id"]), text(&check["resource"]))).collect()
}

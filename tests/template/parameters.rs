//! What whoever deploys may say.

use crate::source::{read, section};
use regex_lite::Regex;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn the_readme_explains_every_parameter() {
    let readme = read("infra/README.md");
    let row = Regex::new(r"(?m)^\| `([A-Za-z]+)` \| ([^|]*) \|").unwrap();
    let table = readme.split("## Parameters").nth(1).unwrap().split("\n## ").next().unwrap();
    let explained: BTreeMap<_, _> = row
        .captures_iter(table)
        .map(|found| (found[1].to_owned(), found[2].trim_matches(['`', ' ']).to_owned()))
        .collect();
    let parameters = section("Parameters").iter().map(|(name, of)| {
        let default = match of.get("Default") {
            None => "required".to_owned(),
            Some(text) if text == "" => "empty".to_owned(),
            Some(default) => default.as_str().map_or_else(|| default.to_string(), str::to_owned),
        };
        (name.clone(), default)
    });
    assert_eq!(explained, parameters.collect());
}

/// A pattern refuses before anything is made; CloudFormation looks at the whole value.
#[test]
fn patterns_refuse_what_cannot_work() {
    for (name, good, bad) in [
        ("InstitutionId", vec!["usms", "aix-marseille"], vec!["", "USMS", "a/b", "-a"]),
        (
            "SiteDomain",
            vec!["", "recup.usms.ac.ma"],
            vec!["https://recup.usms.ac.ma", "usms", "a.b/", "*.usms.ma"],
        ),
        (
            "CertificateArn",
            vec!["", "arn:aws:acm:us-east-1:123456789012:certificate/0a-1b"],
            vec!["arn:aws:acm:eu-west-3:123456789012:certificate/0a-1b", "certificate/0a"],
        ),
        ("SiteOrigin", vec!["", "https://d1.cloudfront.net"], vec!["http://d1.net", "https://d1.net/", "*"]),
        (
            "ChangePasswordPath",
            vec!["/identifier/", "/en/identify/"],
            vec!["/", "//example.org/", "/a'b/", "a/"],
        ),
        ("MailIdentity", vec!["usms.ac.ma", "recup@usms.ac.ma"], vec!["", "*", "usms", "a/b.ma"]),
        ("MailSender", vec!["recup@usms.ac.ma"], vec!["", "usms.ac.ma", "*@usms.ac.ma", "A <a@usms.ma>"]),
        (
            "VoicePoolArn",
            vec!["", "arn:aws:sms-voice:eu-west-3:123456789012:pool/pool-0a"],
            vec!["pool-0a", "arn:aws:sms-voice:eu-west-3:123456789012:pool/*"],
        ),
        (
            "DirectorySecretArn",
            vec!["", "arn:aws:secretsmanager:eu-west-3:123456789012:secret:recup/dirs-AbCdEf"],
            vec!["dirs", "arn:aws:secretsmanager:eu-west-3:123456789012:secret:*"],
        ),
        (
            "WebAclArn",
            vec!["", "arn:aws:wafv2:us-east-1:123456789012:global/webacl/campus/0a-1b"],
            vec!["arn:aws:wafv2:eu-west-3:123456789012:regional/webacl/campus/0a-1b"],
        ),
    ] {
        let pattern = section("Parameters")[name]["AllowedPattern"].as_str().unwrap();
        let whole = Regex::new(&format!("^(?:{pattern})$")).unwrap();
        for value in good {
            assert!(whole.is_match(value), "{name} refuses {value:?}");
        }
        for value in bad {
            assert!(!whole.is_match(value), "{name} takes {value:?}");
        }
    }
}

#[test]
fn rules_say_what_is_wrong_and_how_to_put_it_right() {
    let rules: BTreeSet<_> = section("Rules").keys().map(String::as_str).collect();
    let expected = [
        "CreatedWaf",
        "DomainAndCertificate",
        "EmulatorOnly",
        "ExistingWaf",
        "KeyOfDirectorySecret",
        "OneOrigin",
        "OnlyExistingWafIsNamed",
    ];
    assert_eq!(rules, expected.into());
    for (name, rule) in section("Rules") {
        for assertion in crate::source::listed(&rule["Assertions"]) {
            assert!(
                assertion["AssertDescription"].as_str().is_some_and(|text| text.ends_with('.')),
                "{name}"
            );
        }
    }
}

//! The doctor on what was deployed, with nothing but what the deployment printed.

use crate::deployed::{Deployed, STACK, deployed};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What the emulator ignores of a table.
const OF_A_TABLE: [&str; 2] = ["cannot be brought back", "is sealed by no key"];
/// The tables whose items end, which the emulator ignores too.
const EXPIRING: [&str; 4] = ["challenges", "limits", "issued", "audit"];
/// What else it cannot do, or does elsewhere; what nobody told the deployment.
const OTHERS: [(&str, &str); 7] = [
    ("session root", "is not rotated by schedule"),
    ("mail configuration", "get no configuration set"),
    ("alarms", "missing: wrong-codes"),
    ("alarms", "without data"),
    ("alarm topic", "nobody subscribed"),
    // Without a domain of its own.
    ("origins", "but `site` of the institution's file is"),
    ("function URLs", ".lambda-url.eu-west-3.on.aws/ does not answer"),
];

impl Deployed {
    /// Puts right what the emulator tells wrongly: deletion protection is a text there if a template sets it, which no
    /// SDK reads, and the two versions of the mail service know different senders.
    async fn can_be_read(&self) {
        let headers = [
            ("x-amz-target", "DynamoDB_20120810.UpdateTable"),
            ("content-type", "application/x-amz-json-1.0"),
        ];
        for (_, table) in self.outputs.iter().filter(|(name, _)| name.ends_with("Table")) {
            let body = json!({ "TableName": table, "DeletionProtectionEnabled": true }).to_string();
            self.place.emulator.ask("dynamodb", (Method::POST, "/"), &headers, &body).await;
        }
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let verify = "Action=VerifyDomainIdentity&Domain=usms.ac.ma";
        self.place.emulator.ask("ses", (Method::POST, "/"), &form, verify).await;
    }
}

#[tokio::test]
async fn the_doctor_finds_no_gap_in_what_was_deployed_but_the_emulators_own() {
    let (deployed, _turn) = deployed().await;
    deployed.can_be_read().await;
    let ran = deployed.recupctl(&["doctor", "--json"]);
    let found: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"));
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let gaps = found.as_array().unwrap().iter().filter(|one| one["level"] != "ok");
    let gaps: Vec<_> = gaps.map(|one| (text(one, "what"), text(one, "said"))).collect();

    let mut expected: BTreeSet<(&str, &str)> = OTHERS.into();
    for table in ["challenges", "limits", "people", "issued", "accounts", "audit"] {
        expected.extend(OF_A_TABLE.map(|said| (table, said)));
    }
    expected.extend(EXPIRING.map(|table| (table, "keeps items after their time")));
    for (what, said) in &gaps {
        let known = expected.iter().any(|(of, part)| of == what && said.contains(part));
        assert!(known, "{what}: {said}");
    }
    for (what, part) in expected {
        assert!(gaps.iter().any(|(of, said)| of == what && said.contains(part)), "{what}: {part}\n{gaps:#?}");
    }
    let well = found.as_array().unwrap().iter().filter(|one| one["level"] == "ok");
    let well: BTreeSet<_> = well.map(|one| text(one, "what")).collect();
    for what in ["institution", "registry root", "registry", "mail", "directory"] {
        assert!(well.contains(what), "{what} of {STACK}: {well:?}");
    }
}

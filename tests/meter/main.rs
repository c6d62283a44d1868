//! How good the page's strength meter is: the script that ships against the server's policy, on passwords as people make them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

mod passwords;
mod words;

use recupmail_config::Institution;
use recupmail_domain::password::{Fault, Policy};
use recupmail_domain::person::Profile;
use recupmail_domain::secret::Confidential;
use serde_json::json;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// The meter's words, by strength: from this one on it promises that the server accepts.
const PROMISED: usize = 2;
/// The half of the list that the meter was tuned on is 0.
const ASSERTED: usize = 1;

#[test]
fn the_meter_agrees_with_the_server_where_twelve_characters_are_asked() {
    figures("usms", ASSERTED).hold();
}

#[test]
fn the_meter_agrees_with_the_server_where_eight_characters_are_asked() {
    figures("eceps", ASSERTED).hold();
}

/// What a password is, to the server and to the meter.
struct Judged {
    kind: &'static str,
    accepted: bool,
    strength: usize,
}

struct Figures(Vec<Judged>);

impl Figures {
    /// Bounds a little beyond what was measured; static-site/README.md has the figures.
    fn hold(&self) {
        let table = self.table();
        let at_most = |percent: usize, of: &dyn Fn(&Judged) -> bool, among: &dyn Fn(&Judged) -> bool| {
            let all = self.0.iter().filter(|one| among(one)).count();
            let some = self.0.iter().filter(|one| among(one) && of(one)).count();
            assert!(some * 100 <= all * percent, "{some} of {all} are more than {percent} %\n{table}");
        };
        assert!(self.0.len() > 1000);
        at_most(20, &|one| one.accepted != one.promised(), &|_| true);
        at_most(4, &|one| one.promised() && !one.accepted, &|_| true);
        at_most(6, &|one| one.accepted, &|one| one.strength == 0);
        at_most(6, &|one| !one.accepted, &|one| one.strength == 3);
    }

    fn table(&self) -> String {
        let mut table =
            "| kind | n | refused | agree | too kind | too strict |\n|---|---|---|---|---|---|\n".to_owned();
        let mut row = |name: &str, among: &dyn Fn(&Judged) -> bool| {
            let count =
                |of: &dyn Fn(&Judged) -> bool| self.0.iter().filter(|one| among(one) && of(one)).count();
            let (n, refused) = (count(&|_| true), count(&|one| !one.accepted));
            let agree = count(&|one| one.accepted == one.promised());
            let kind = count(&|one| one.promised() && !one.accepted);
            writeln!(table, "| {name} | {n} | {refused} | {agree} | {kind} | {} |", n - agree - kind)
                .unwrap();
        };
        let mut kinds: Vec<&str> = self.0.iter().map(|one| one.kind).collect();
        kinds.dedup();
        for kind in kinds {
            row(kind, &|one| one.kind == kind);
        }
        row("all", &|_| true);
        for strength in 0..=3 {
            row(&format!("strength {strength}"), &|one| one.strength == strength);
        }
        table
    }
}

impl Judged {
    fn promised(&self) -> bool {
        self.strength >= PROMISED
    }
}

/// Judges a half of the list under an institution's rules, and leaves the table in `target/`.
fn figures(institution: &str, half: usize) -> Figures {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = top.join("infra/institutions").join(institution);
    let policy = Institution::load(&folder).unwrap().rules().unwrap().password;
    let drawn = passwords::passwords(half, policy.min, |password| verdict(&policy, password).is_some());
    let passwords: Vec<&str> = drawn.iter().map(|(_, password)| password.as_str()).collect();
    let judged = drawn
        .iter()
        .zip(strengths(&policy, &passwords))
        .map(|((kind, password), strength)| Judged {
            kind,
            accepted: verdict(&policy, password) == Some(true),
            strength,
        })
        .collect();
    let figures = Figures(judged);
    std::fs::write(top.join(format!("target/meter-{institution}-{half}.md")), figures.table()).unwrap();
    figures
}

fn person() -> Profile {
    Profile {
        display_name: "Oussama Berrada".into(),
        academic_email: "oussama.berrada@usms.ac.ma".into(),
        directory_id: None,
        locale: "fr".into(),
        stand_ins: Vec::new(),
        contacts: Vec::new(),
    }
}

/// Whether the server accepts a password; nothing if it breaks a rule that the page names by itself.
fn verdict(policy: &Policy, password: &str) -> Option<bool> {
    match policy.accept(&Confidential::new(password.to_owned()), &person()) {
        Ok(_) => Some(true),
        Err(faults) => matches!(faults[..], [Fault::Common | Fault::TooGuessable]).then_some(false),
    }
}

/// What the page's script says of each password.
fn strengths(policy: &Policy, passwords: &[&str]) -> Vec<usize> {
    let person = person();
    let asked = json!({
        "account": { "display_name": person.display_name, "email": person.academic_email },
        "rules": { "min": policy.min, "max": policy.max, "classes": policy.classes, "unicode": policy.unicode },
        "passwords": passwords,
    });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("meter/meter.mjs");
    let mut node = Command::new("node")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node is installed");
    node.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "the script fails; what it said is above");
    serde_json::from_slice(&output.stdout).unwrap()
}

//! Each right that a function has is needed: without it the step breaks, and with it again it works.
//!
//! The cuts are computed from the roles as they are deployed, so that a right that somebody adds is either tried
//! here or written down in `UNCHECKED` with the reason why it cannot be.

use crate::deployed::{Deployed, STACK, deployed};
use crate::session::Session;
use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream::iter;
use recupmail_tests::{Kind, Person};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Mutex;

/// Functions, and what the template calls their roles.
const FUNCTIONS: [(&str, &str); 6] = [
    ("verify-identity", "VerifyIdentityRole"),
    ("send-code", "SendCodeRole"),
    ("confirm-code", "ConfirmCodeRole"),
    ("set-password", "SetPasswordRole"),
    ("logout", "LogoutRole"),
    ("rotate-secret", "RotateSecretRole"),
];

/// Rights that the emulator does not ask for, or not as AWS does.
const UNCHECKED: [(&str, &str); 3] = [
    ("logs:CreateLogStream", "the emulator writes logs itself"),
    ("logs:PutLogEvents", "the emulator writes logs itself"),
    (
        "ses:SendEmail",
        "the emulator knows no identities: it asks for `*`, which EmulatorMailsPolicy allows it alone",
    ),
];

const PASSWORD: &str = "Tagine-7-citrons";

/// A right on a resource that a role goes without.
#[derive(Debug)]
struct Cut {
    function: &'static str,
    role: String,
    policy: Value,
    /// As `Sid action resource`, the resource without what differs from account to account.
    right: String,
    without: Value,
}

fn listed(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_else(|| vec![value.clone()])
}

fn short(resource: &Value) -> String {
    let arn = resource.as_str().unwrap();
    let name = arn.rsplit([':', '/']).next().unwrap().trim_start_matches("recupmail-usms-");
    // Secrets Manager puts six characters behind a name.
    name.rsplit_once('-').filter(|_| arn.contains(":secret:")).map_or(name, |(name, _)| name).to_owned()
}

/// Every right that a role has on every resource, and its policy without that.
async fn cuts(deployed: &Deployed, function: &'static str, logical: &str) -> Vec<Cut> {
    let role = deployed.place.emulator.physical(STACK, logical).await;
    let policy = deployed.place.emulator.policy(&role, function).await;
    let mut cuts = Vec::new();
    for (at, statement) in policy["Statement"].as_array().unwrap().iter().enumerate() {
        for action in listed(&statement["Action"]) {
            let name = action.as_str().unwrap();
            if UNCHECKED.iter().any(|(unchecked, _)| *unchecked == name) {
                continue;
            }
            let on = if statement["Resource"].is_null() {
                vec![json!("*")]
            } else {
                listed(&statement["Resource"])
            };
            for resource in &on {
                let mut without = policy.clone();
                let statements = without["Statement"].as_array_mut().unwrap();
                let mut rest = Vec::new();
                let actions: Vec<Value> =
                    listed(&statement["Action"]).into_iter().filter(|one| one != &action).collect();
                if !actions.is_empty() {
                    let mut others = statement.clone();
                    others["Action"] = actions.into();
                    rest.push(others);
                }
                let resources: Vec<&Value> = on.iter().filter(|one| *one != resource).collect();
                if !resources.is_empty() {
                    let mut elsewhere = statement.clone();
                    elsewhere["Sid"] = json!("Elsewhere");
                    elsewhere["Action"] = action.clone();
                    elsewhere["Resource"] = json!(resources);
                    rest.push(elsewhere);
                }
                statements.splice(at..=at, rest);
                let right = format!("{} {name} {}", statement["Sid"].as_str().unwrap(), short(resource));
                cuts.push(Cut { function, role: role.clone(), policy: policy.clone(), right, without });
            }
        }
    }
    cuts
}

/// What somebody does who is at a function, so far that one call is left.
enum Ready {
    Call {
        session: Session,
        step: &'static str,
        method: Method,
        body: Value,
        status: u16,
    },
    /// What follows a change fails silently, for the password is changed already: it is looked for. Two people,
    /// for it is never repeated.
    Follows {
        people: Mutex<Vec<(Session, Person)>>,
        sid: String,
    },
    /// A call of Secrets Manager's.
    Rotate {
        version: &'static str,
        step: &'static str,
    },
}

/// The version that the rights to rotate are tried with, and the next.
const VERSIONS: [&str; 2] = ["00000000-0000-4000-8000-000000000101", "00000000-0000-4000-8000-000000000102"];

impl Ready {
    /// Comes to the point at which this right is needed.
    async fn come(deployed: &'static Deployed, function: &str, right: &str) -> Self {
        let call =
            |session, step, body| Self::Call { session, step, method: Method::POST, body, status: 200 };
        let words: Vec<&str> = right.split(' ').collect();
        let (sid, action) = (words[0], words[1]);
        let person = Person::take(if sid == "TextMessages" { Kind::NumberOnly } else { Kind::Complete });
        match (function, sid, action) {
            ("verify-identity", "Challenges", "dynamodb:GetItem") => {
                let session = Session::identified(deployed, &person).await;
                let (step, method) = ("verify-identity", Method::GET);
                Self::Call { session, step, method, body: Value::Null, status: 200 }
            }
            ("verify-identity", ..) => call(Session::new(deployed), "verify-identity", person.statement()),
            ("send-code", ..) => {
                if sid == "IssuedCodes" {
                    desk_code(deployed, &person);
                }
                let mut session = Session::identified(deployed, &person).await;
                let kinds = [("IssuedCodes", "desk"), ("TextMessages", "sms")];
                let kind = kinds.iter().find(|(one, _)| *one == sid).map_or("email", |(_, kind)| kind);
                let method = session.method(kind).await;
                call(session, "send-code", method)
            }
            ("confirm-code", ..) => {
                let (session, code) = Session::with_code(deployed, &person, "email").await;
                call(session, "confirm-code", json!({"code": code}))
            }
            ("set-password", "IssuedCodes", _) => {
                let code = desk_code(deployed, &person);
                let mut session = Session::identified(deployed, &person).await;
                let desk = session.method("desk").await;
                session.post("send-code", &desk).await.is_at("enter-code");
                session.post("confirm-code", &json!({"code": code})).await.is_at("set-password");
                call(session, "set-password", json!({"password": PASSWORD}))
            }
            ("set-password", "TextMessages" | "Starts" | "Audit", _) => {
                let (kind, of) =
                    if sid == "TextMessages" { ("sms", Kind::NumberOnly) } else { ("email", Kind::Complete) };
                let mut people = Vec::new();
                for person in [person, Person::take(of)] {
                    people.push((Session::proven(deployed, &person, kind).await, person));
                }
                Self::Follows { people: people.into(), sid: sid.to_owned() }
            }
            ("set-password", ..) => {
                let session = Session::proven(deployed, &person, "email").await;
                call(session, "set-password", json!({"password": PASSWORD}))
            }
            ("logout", ..) => {
                let session = Session::identified(deployed, &person).await;
                let (step, method, body) = ("logout", Method::POST, json!({}));
                Self::Call { session, step, method, body, status: 204 }
            }
            // In this order, as the template has them: each goes on from what the one before has done.
            ("rotate-secret", _, "secretsmanager:DescribeSecret") => {
                assert!(Self::Rotate { version: VERSIONS[0], step: "createSecret" }.works(deployed).await);
                Self::Rotate { version: VERSIONS[0], step: "finishSecret" }
            }
            ("rotate-secret", _, "secretsmanager:GetSecretValue") => {
                Self::Rotate { version: VERSIONS[0], step: "testSecret" }
            }
            ("rotate-secret", _, "secretsmanager:PutSecretValue") => {
                Self::Rotate { version: VERSIONS[1], step: "createSecret" }
            }
            ("rotate-secret", _, "secretsmanager:UpdateSecretVersionStage") => {
                Self::Rotate { version: VERSIONS[1], step: "finishSecret" }
            }
            other => panic!("nobody said how {other:?} is tried: do, or write it down as unchecked"),
        }
    }

    /// Makes the last call; whether it did what it is for.
    async fn works(&self, deployed: &Deployed) -> bool {
        match self {
            Self::Call { session, step, method, body, status } => {
                let body = if body.is_null() { String::new() } else { body.to_string() };
                let answered = session.status(step, method, &body).await;
                // 502 is AWS's own word for a function that does not start.
                assert!([*status, 502, 503].contains(&answered), "{step} answered {answered}");
                answered == *status
            }
            Self::Follows { people, sid } => {
                let (mut session, person) = people.lock().unwrap().pop().unwrap();
                let before = session.texts(person.phone()).await.len();
                session.post("set-password", &json!({"password": PASSWORD})).await.is_at("done");
                if sid == "TextMessages" {
                    return session.texts(person.phone()).await.len() > before;
                }
                let known = deployed.recupctl(&["lookup", &person["person_id"], "--json"]).ends(0).out;
                let known: Value = serde_json::from_str(&known).unwrap();
                if sid == "Audit" {
                    return known["audit"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .any(|one| one["event"] == "password-changed");
                }
                known["starts"].as_array().unwrap().iter().all(|starts| starts["since_success"] == 0)
            }
            Self::Rotate { version, step } => {
                let secret = &deployed.outputs["SessionRootSecret"];
                let event = json!({"Step": step, "SecretId": secret, "ClientRequestToken": version});
                let function = format!("{STACK}-rotate-secret");
                deployed.place.emulator.invoke(&function, &event).await.is_ok()
            }
        }
    }
}

/// A code that the help desk issues.
fn desk_code(deployed: &Deployed, person: &Person) -> String {
    let words = ["desk-code", &person["person_id"], "--reason", "carte vue"];
    deployed.recupctl(&words).ends(0).out.trim().to_owned()
}

/// Takes the right away, sees the call break, gives it back, sees it work. What did not go so.
async fn tried(deployed: &Deployed, cut: &Cut, ready: &Ready) -> Option<String> {
    let emulator = &deployed.place.emulator;
    let function = format!("{STACK}-{}", cut.function);
    // Secrets are read when a function starts.
    let at_start = cut.right.starts_with("Roots ");
    emulator.put_policy(&cut.role, cut.function, &cut.without).await;
    if at_start {
        emulator.restart(&function).await;
    }
    let works_without = ready.works(deployed).await;
    emulator.put_policy(&cut.role, cut.function, &cut.policy).await;
    if at_start {
        emulator.restart(&function).await;
    }
    let works_with = ready.works(deployed).await;
    (works_without || !works_with).then(|| {
        format!("{} {}: works without {works_without}, works with {works_with}", cut.function, cut.right)
    })
}

#[tokio::test]
async fn without_any_of_its_rights_a_function_breaks() {
    let (deployed, _turn) = deployed().await;
    let mut all = Vec::new();
    for (function, role) in FUNCTIONS {
        all.push(cuts(deployed, function, role).await);
    }
    let names: BTreeSet<String> =
        all.iter().flatten().map(|cut| format!("{} {}", cut.function, cut.right)).collect();
    assert!(names.contains("verify-identity Registry dynamodb:GetItem people"), "{names:#?}");
    assert_eq!(names.len(), 32, "{names:#?}");

    // Everybody comes first as far as all rights take them; then the functions lose theirs, one by one.
    let coming = all.iter().flatten().map(|cut| Ready::come(deployed, cut.function, &cut.right));
    let ready: Vec<Ready> = iter(coming).buffered(8).collect().await;
    let mut ready = ready.into_iter();
    let trials = all.iter().map(|cuts| {
        let ready: Vec<Ready> = ready.by_ref().take(cuts.len()).collect();
        async move {
            let mut wrong = Vec::new();
            for (cut, ready) in cuts.iter().zip(&ready) {
                wrong.extend(tried(deployed, cut, ready).await);
            }
            wrong
        }
    });
    let wrong: Vec<String> = join_all(trials).await.concat();
    deployed.restart().await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The rights that nobody can try are those of logs and of mails, and they are on single resources.
#[tokio::test]
async fn what_the_emulator_does_not_ask_for_is_on_single_resources() {
    let (deployed, _turn) = deployed().await;
    for (function, role) in FUNCTIONS {
        let role = deployed.place.emulator.physical(STACK, role).await;
        let policy = deployed.place.emulator.policy(&role, function).await;
        for statement in policy["Statement"].as_array().unwrap() {
            let actions = listed(&statement["Action"]);
            if !actions.iter().any(|action| UNCHECKED.iter().any(|(one, _)| *one == action)) {
                continue;
            }
            assert!(actions.iter().all(|action| UNCHECKED.iter().any(|(one, _)| *one == action)));
            let expected: Vec<String> = match statement["Sid"].as_str().unwrap() {
                "Log" => vec![format!(
                    "arn:aws:logs:eu-west-3:000000000000:log-group:/aws/lambda/{STACK}-{function}:*"
                )],
                "Mails" => vec![
                    "arn:aws:ses:eu-west-3:000000000000:identity/usms.ac.ma".to_owned(),
                    format!("arn:aws:ses:eu-west-3:000000000000:configuration-set/{STACK}"),
                ],
                other => panic!("{function} {other}"),
            };
            assert_eq!(
                statement["Resource"]
                    .as_array()
                    .cloned()
                    .unwrap_or_else(|| vec![statement["Resource"].clone()]),
                expected
            );
        }
    }
}

//! What an account lacks is named by the doctor with its remedy, and not once it is there.

use crate::account::{Account, REGION};
use crate::ctl::{Ran, program};
use recupmail_aws::{dynamodb, ensure_tables};
use recupmail_config::{Environment, Table};
use recupmail_inspect::ALARMS;
use recupmail_tests::stack;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

const STACK: &str = "recupmail-gaps";
const TOPIC: &str = "arn:aws:sns:eu-west-3:000000000000:recupmail-gaps-alarms";
/// Digits of the two roots.
const ROOTS: [&str; 2] = ["1a", "2b"];

/// What operators are told of a deployment.
type Variables = BTreeMap<String, String>;

fn root(at: usize) -> String {
    ROOTS[at].repeat(32)
}

fn table(table: Table) -> String {
    format!("{STACK}-{}", kind(table))
}

fn kind(table: Table) -> String {
    table.variable().trim_end_matches("_TABLE").to_lowercase()
}

fn variables(account: &Account) -> Variables {
    let institution = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/institutions/usms");
    let text = std::fs::read_to_string(institution.join("institution.toml")).unwrap();
    let site = text.parse::<toml::Table>().unwrap()["site"].as_str().unwrap().to_owned();
    let tables = Table::ALL.map(|one| (one.variable().to_owned(), table(one)));
    let others = [
        ("RECUPMAIL_INSTITUTION", institution.display().to_string()),
        ("RECUPMAIL_ORIGINS", site),
        ("AWS_ENDPOINT_URL", account.url()),
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", "local".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ("RECUPMAIL_REGISTRY_ROOT_SECRET", format!("{STACK}/registry-root")),
        ("RECUPMAIL_SESSION_ROOT_SECRET", format!("{STACK}/session-root")),
        ("RECUPMAIL_STACK", STACK.to_owned()),
        ("RECUPMAIL_MAIL_CONFIGURATION", STACK.to_owned()),
    ];
    tables.into_iter().chain(others.map(|(name, value)| (name.to_owned(), value))).collect()
}

/// An account with tables, roots and a sender, and nothing that the template gives them besides.
async fn bare() -> (Account, Variables) {
    let account = Account::new().await;
    let variables = variables(&account);
    let environment: Environment = variables.clone().into_iter().collect();
    let tables = Table::ALL.map(|one| (one, table(one)));
    ensure_tables(&dynamodb(&environment.dynamodb().unwrap()), &tables).await.unwrap();
    let session = json!({ "current": "1", "1": root(1) }).to_string();
    for (name, text) in [("registry-root", root(0)), ("session-root", session)] {
        secret(&account, "CreateSecret", json!({ "Name": format!("{STACK}/{name}"), "SecretString": text }))
            .await;
    }
    // The emulator keeps identities of each version of the service apart.
    account.form("ses", "Action=VerifyDomainIdentity&Domain=usms.ac.ma").await;
    account.post("ses", "/v2/email/identities", json!({ "EmailIdentity": "usms.ac.ma" })).await;
    (account, variables)
}

async fn secret(account: &Account, operation: &str, body: Value) {
    account.ask("secretsmanager", &format!("secretsmanager.{operation}"), body).await;
}

async fn on_table(account: &Account, operation: &str, body: Value) {
    account.ask("dynamodb", &format!("DynamoDB_20120810.{operation}"), body).await;
}

async fn alarm(account: &Account, name: &str, state: &str, topics: &[&str]) {
    let name = format!("{STACK}-{name}");
    let body = json!({
        "AlarmName": name, "AlarmDescription": "Its log names the cause.", "Namespace": "RecupMail",
        "MetricName": "Stuck", "Statistic": "Sum", "Period": 300, "EvaluationPeriods": 1, "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold", "AlarmActions": topics,
    });
    let target = "GraniteServiceVersion20100801";
    account.ask("monitoring", &format!("{target}.PutMetricAlarm"), body).await;
    let body = json!({ "AlarmName": name, "StateValue": state, "StateReason": "test" });
    account.ask("monitoring", &format!("{target}.SetAlarmState"), body).await;
}

/// What the doctor says that is not all well: level, what, what it says, and what to do.
fn examine(variables: &Variables) -> (i32, Vec<[String; 4]>) {
    let ran = Ran::of(program().env_clear().args(["doctor", "--json"]).envs(variables).output().unwrap());
    for secret in [root(0), root(1)] {
        assert!(!ran.out.contains(&secret) && !ran.err.contains(&secret), "no secret is shown");
    }
    let found = ran.json();
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    let found = found.as_array().unwrap().iter().filter(|finding| finding["level"] != "ok");
    (ran.code, found.map(|one| ["level", "what", "said", "remedy"].map(|name| text(one, name))).collect())
}

/// Fails unless these are all, in whatever order; each text holds what is expected.
#[track_caller]
fn are(found: &[[String; 4]], expected: &[[&str; 4]]) {
    let fits = |found: &[String; 4], expected: &[&str; 4]| {
        found[..2].iter().zip(expected).all(|(found, expected)| found == expected)
            && found[2..].iter().zip(&expected[2..]).all(|(found, expected)| found.contains(expected))
    };
    for expected in expected {
        let count = found.iter().filter(|found| fits(found, expected)).count();
        assert_eq!(count, 1, "{expected:?}\n{found:#?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

const EMPTY: [&str; 4] = ["error", "registry", "holds nobody", "recupctl import"];
/// The emulator keeps no configuration set of an identity.
const MAIL: [&str; 4] = [
    "warning",
    "mail configuration",
    "mails of usms.ac.ma get no configuration set",
    "--email-identity usms.ac.ma --configuration-set-name recupmail-gaps",
];

#[tokio::test]
async fn what_a_bare_account_lacks_is_named_and_what_is_mended_is_not() {
    let (account, mut variables) = bare().await;
    let mut urls = Vec::new();
    for step in ["verify-identity", "send-code", "confirm-code", "set-password", "logout"] {
        urls.push(stack().function(step));
    }
    variables.insert("RECUPMAIL_FUNCTION_URLS".to_owned(), urls.join(","));

    let gaps: Vec<[String; 4]> = Table::ALL
        .into_iter()
        .flat_map(|one| {
            let (what, name) = (kind(one), table(one));
            let days = if matches!(one, Table::Challenges | Table::Limits) { 1 } else { 35 };
            let recovery = format!(
                "--table-name {name} --point-in-time-recovery-specification \
                 PointInTimeRecoveryEnabled=true,RecoveryPeriodInDays={days}"
            );
            let protection = format!("--table-name {name} --deletion-protection-enabled");
            [
                ["warning", &what, &format!("{name} cannot be brought back"), &recovery].map(str::to_owned),
                ["warning", &what, &format!("{name} is sealed by no key"), "stack's key"].map(str::to_owned),
                ["warning", &what, &format!("{name} can be deleted by mistake"), &protection]
                    .map(str::to_owned),
            ]
        })
        .chain(urls.iter().map(|url| {
            ["error", "function URLs", &format!("{url} answers 4"), "AuthType AWS_IAM"].map(str::to_owned)
        }))
        .collect();
    let mut expected: Vec<[&str; 4]> =
        gaps.iter().map(|gap| [&gap[0], &gap[1], &gap[2], &gap[3]].map(String::as_str)).collect();
    expected.extend([
        EMPTY,
        MAIL,
        ["warning", "session root", "is not rotated by schedule", "rotate-secret --secret-id recupmail-gaps"],
        ["warning", "alarms", "recupmail-gaps has none", "deploy the template"],
    ]);
    let (code, found) = examine(&variables);
    are(&found, &expected);
    assert_eq!(code, 2);

    for one in Table::ALL {
        let recovery = json!({
            "TableName": table(one),
            "PointInTimeRecoverySpecification": { "PointInTimeRecoveryEnabled": true },
        });
        on_table(&account, "UpdateContinuousBackups", recovery).await;
        let rest = json!({
            "TableName": table(one), "DeletionProtectionEnabled": true,
            "SSESpecification": { "Enabled": true, "SSEType": "KMS" },
        });
        on_table(&account, "UpdateTable", rest).await;
    }
    let id = format!("{STACK}/session-root");
    let rules = json!({ "AutomaticallyAfterDays": 30 });
    secret(&account, "RotateSecret", json!({ "SecretId": id, "RotationRules": rules })).await;
    account.form("sns", &format!("Action=CreateTopic&Name={STACK}-alarms")).await;
    let subscriber = format!("Action=Subscribe&TopicArn={TOPIC}&Protocol=sms&Endpoint=%2B212600000000");
    account.form("sns", &subscriber).await;
    for name in ALARMS {
        alarm(&account, name, "OK", &[TOPIC]).await;
    }
    let mut urls = Vec::new();
    for step in ["verify-identity", "send-code", "confirm-code", "set-password", "logout"] {
        urls.push(account.function(&format!("{STACK}-{step}")).await);
    }
    variables.insert("RECUPMAIL_FUNCTION_URLS".to_owned(), urls.join(","));
    are(&examine(&variables).1, &[EMPTY, MAIL]);
}

#[tokio::test]
async fn alarms_that_ring_or_that_nobody_hears_are_named() {
    let (account, variables) = bare().await;
    let alarms = |found: Vec<[String; 4]>| -> Vec<[String; 4]> {
        found.into_iter().filter(|found| found[1].starts_with("alarm")).collect()
    };
    for name in ALARMS.into_iter().filter(|name| !["limits", "wrong-codes"].contains(name)) {
        alarm(&account, name, "OK", &[TOPIC]).await;
    }
    alarm(&account, "stuck-changes", "ALARM", &[TOPIC]).await;
    alarm(&account, "sms-spend", "INSUFFICIENT_DATA", &[TOPIC]).await;
    alarm(&account, "logout-errors", "OK", &[]).await;
    alarm(&account, "trial-limits", "ALARM", &[TOPIC]).await;
    let nobody = ["warning", "alarm topic", "nobody subscribed to recupmail-gaps-alarms", "set AlarmEmail"];
    let missing = ["warning", "alarms", "missing: limits, wrong-codes", "deploy the template"];
    let others = [
        ["warning", "alarms", "told to nobody: recupmail-gaps-logout-errors", "enable-alarm-actions"],
        ["warning", "alarms", "without data: recupmail-gaps-sms-spend", "after a deployment wait"],
        [
            "warning",
            "alarms",
            "recupmail-gaps-stuck-changes rings. Its log names",
            "dashboard recupmail-gaps",
        ],
    ];
    let gone = ["warning", "alarm topic", "recupmail-gaps-alarms does not exist", "deploy the template"];
    are(&alarms(examine(&variables).1), &[&others[..], &[gone, missing]].concat());

    account.form("sns", &format!("Action=CreateTopic&Name={STACK}-alarms")).await;
    are(&alarms(examine(&variables).1), &[&others[..], &[nobody, missing]].concat());

    // The emulator takes mail addresses for confirmed.
    let unheard = "Action=Subscribe&Protocol=http&Endpoint=http%3A%2F%2F127.0.0.1%3A9%2F&TopicArn=";
    account.form("sns", &format!("{unheard}{TOPIC}")).await;
    let pending = ["warning", "alarm topic", "has not confirmed it", "AWS Notifications"];
    are(&alarms(examine(&variables).1), &[&others[..], &[pending, missing]].concat());

    account
        .form("sns", &format!("Action=Subscribe&TopicArn={TOPIC}&Protocol=sms&Endpoint=%2B212600000000"))
        .await;
    for name in ["limits", "wrong-codes", "stuck-changes", "sms-spend", "logout-errors"] {
        alarm(&account, name, "OK", &[TOPIC]).await;
    }
    are(&alarms(examine(&variables).1), &[]);
}

#[tokio::test]
async fn roots_that_are_gone_or_broken_or_wrongly_rotated_are_named() {
    let (account, variables) = bare().await;
    let roots = |variables: &Variables| -> Vec<[String; 4]> {
        let found = examine(variables).1.into_iter();
        found.filter(|found| found[1].contains("root")).collect()
    };
    let unrotated = ["warning", "session root", "is not rotated by schedule", "every 30 days"];
    are(&roots(&variables), &[unrotated]);

    let (registry, session) = (format!("{STACK}/registry-root"), format!("{STACK}/session-root"));
    let rules = json!({ "AutomaticallyAfterDays": 30 });
    for id in [&registry, &session] {
        secret(&account, "RotateSecret", json!({ "SecretId": id, "RotationRules": rules })).await;
    }
    let rotated = ["error", "registry root", "is rotated by schedule", "cancel-rotate-secret"];
    are(&roots(&variables), &[rotated]);

    let broken = json!({ "current": "2", "1": root(1) }).to_string();
    secret(&account, "PutSecretValue", json!({ "SecretId": session, "SecretString": broken })).await;
    let broken = ["error", "session root", "one of which is current", "update-secret-version-stage"];
    are(&roots(&variables), &[rotated, broken]);

    secret(&account, "DeleteSecret", json!({ "SecretId": session, "RecoveryWindowInDays": 7 })).await;
    let deleted = ["error", "session root", "is marked for deletion", "restore-secret --secret-id"];
    are(&roots(&variables), &[rotated, deleted]);

    let mut elsewhere = variables.clone();
    elsewhere.insert("RECUPMAIL_REGISTRY_ROOT_SECRET".to_owned(), "nowhere".to_owned());
    elsewhere.remove("RECUPMAIL_SESSION_ROOT_SECRET");
    let absent = ["error", "registry root", "nowhere does not exist", "is the region right?"];
    let unnamed = ["warning", "session root", "RECUPMAIL_SESSION_ROOT_SECRET is not set", "an output"];
    are(&roots(&elsewhere), &[absent, unnamed]);
}

#[tokio::test]
async fn what_operators_are_not_told_of_is_not_taken_for_well() {
    let (account, mut variables) = bare().await;
    variables.remove("RECUPMAIL_STACK");
    let told = |variables: &Variables| -> Vec<[String; 4]> {
        let found = examine(variables).1.into_iter();
        found.filter(|found| ["alarms", "function URLs"].contains(&found[1].as_str())).collect()
    };
    let alarms = ["warning", "alarms", "RECUPMAIL_STACK is not set: nobody looked", "deployment.toml"];
    let unnamed = ["warning", "function URLs", "RECUPMAIL_FUNCTION_URLS is not set: nobody looked", "five"];
    are(&told(&variables), &[alarms, unnamed]);

    let url = account.function("one").await;
    variables.insert("RECUPMAIL_FUNCTION_URLS".to_owned(), format!("{url},http://127.0.0.1:9/"));
    let few = ["warning", "function URLs", "names 2, of 5", "all of them"];
    let silent = ["error", "function URLs", "http://127.0.0.1:9/ does not answer", "network"];
    are(&told(&variables), &[alarms, few, silent]);
}

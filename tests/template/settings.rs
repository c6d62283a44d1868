//! How tables, secrets, functions and logs are set.

use crate::source::{STEPS, listed, of_type, properties, section, template};
use recupmail_aws::should_expire;
use recupmail_config::Table;
use recupmail_domain::challenge::writes::applying::LEASE;
use recupmail_inspect::recovery_days;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const fn resource(table: Table) -> &'static str {
    match table {
        Table::Challenges => "ChallengesTable",
        Table::Limits => "LimitsTable",
        Table::People => "PeopleTable",
        Table::Issued => "IssuedTable",
        Table::Accounts => "AccountsTable",
        Table::Audit => "AuditTable",
    }
}

fn attribute(name: &str, kind: &str) -> Value {
    json!({ "AttributeName": name, "AttributeType": kind })
}

fn key(name: &str, kind: &str) -> Value {
    json!({ "AttributeName": name, "KeyType": kind })
}

#[test]
fn there_is_one_table_per_kind_with_the_keys_that_the_stores_use() {
    let made: BTreeSet<_> = of_type("AWS::DynamoDB::Table").into_keys().collect();
    assert_eq!(made, Table::ALL.map(resource).into());
    for table in Table::ALL {
        let (mut attributes, mut keys) = (vec![attribute("pk", "S")], vec![key("pk", "HASH")]);
        if table == Table::Audit {
            attributes.push(attribute("at", "N"));
            keys.push(key("at", "RANGE"));
        }
        let of = properties(resource(table));
        assert_eq!(of["AttributeDefinitions"], json!(attributes), "{table:?}");
        assert_eq!(of["KeySchema"], json!(keys), "{table:?}");
        assert_eq!(of["BillingMode"], "PAY_PER_REQUEST", "{table:?}");
    }
}

#[test]
fn what_is_short_lived_is_deleted_and_not_brought_back_much_later() {
    for table in Table::ALL {
        let of = properties(resource(table));
        let lives = should_expire(table).then(|| json!({ "AttributeName": "ttl", "Enabled": true }));
        assert_eq!(of.get("TimeToLiveSpecification"), lives.as_ref(), "{table:?}");
        let days = if matches!(table, Table::Challenges | Table::Limits) { 1 } else { 35 };
        assert_eq!(recovery_days(table), days, "{table:?}: what the doctor expects");
        let recovery = json!({ "PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": days });
        assert_eq!(of["PointInTimeRecoverySpecification"], recovery, "{table:?}");
    }
}

#[test]
fn tables_are_sealed_by_our_key_and_outlive_the_stack() {
    let key = json!({ "Fn::GetAtt": ["Key", "Arn"] });
    for table in Table::ALL {
        let of = properties(resource(table));
        let sealed = json!({ "SSEEnabled": true, "SSEType": "KMS", "KMSMasterKeyId": key });
        assert_eq!(of["SSESpecification"], sealed, "{table:?}");
        assert_eq!(of["DeletionProtectionEnabled"]["Ref"], "DeletionProtection", "{table:?}");
    }
    assert_eq!(section("Parameters")["DeletionProtection"]["Default"], "true");
    // Of a first creation that fails nothing stays, or the next one would find its names taken: while it lasts,
    // make deploy leaves the tables unprotected.
    for kept in Table::ALL.map(resource).into_iter().chain(["Key", "RegistryRoot"]) {
        let of = &section("Resources")[kept];
        assert_eq!(of["DeletionPolicy"], "RetainExceptOnCreate", "{kept}");
        assert_eq!(of["UpdateReplacePolicy"], "Retain", "{kept}");
    }
    assert_eq!(properties("Key")["EnableKeyRotation"], true);
    for secret in ["RegistryRoot", "SessionRoot"] {
        assert_eq!(properties(secret)["KmsKeyId"], key, "{secret}");
    }
}

/// Who uses the key, and by which service alone.
#[test]
fn the_key_serves_this_account_by_the_services_that_keep_its_data() {
    let caller = json!({ "Ref": "AWS::AccountId" });
    let service = |name: &str| json!({ "Fn::Sub": format!("{name}.${{AWS::Region}}.amazonaws.com") });
    let policy = &properties("Key")["KeyPolicy"]["Statement"];
    let statements = listed(policy).into_iter().map(|one| (one["Sid"].as_str().unwrap(), one));
    let statements: BTreeMap<_, _> = statements.collect();
    let names: Vec<_> = statements.keys().copied().collect();
    assert_eq!(names, ["Administration", "Alarms", "Logs", "TablesAndSecrets", "TablesLastingUse"]);

    let account = json!({ "AWS": { "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root" } });
    assert_eq!(statements["Administration"]["Principal"], account);
    let data = &statements["TablesAndSecrets"]["Condition"]["StringEquals"];
    assert_eq!(data["kms:CallerAccount"], caller);
    assert_eq!(data["kms:ViaService"], json!([service("dynamodb"), service("secretsmanager")]));
    let grants = statements["TablesLastingUse"];
    assert_eq!(grants["Action"], "kms:CreateGrant");
    assert_eq!(grants["Condition"]["StringEquals"]["kms:CallerAccount"], caller);
    assert_eq!(grants["Condition"]["StringEquals"]["kms:ViaService"], service("dynamodb"));
    assert_eq!(grants["Condition"]["Bool"]["kms:GrantIsForAWSResource"], true);

    assert_eq!(statements["Logs"]["Principal"]["Service"], service("logs"));
    let log = &statements["Logs"]["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]["Fn::Sub"];
    assert!(log.as_str().unwrap().ends_with(":log-group:/aws/lambda/${AWS::StackName}-*"), "{log}");
    // What tells of alarms reads and writes what the topic holds.
    assert_eq!(statements["Alarms"]["Principal"]["Service"], "cloudwatch.amazonaws.com");
    assert_eq!(statements["Alarms"]["Action"], json!(["kms:Decrypt", "kms:GenerateDataKey*"]));
    assert_eq!(statements["Alarms"]["Condition"]["StringEquals"]["aws:SourceAccount"], caller);
    assert_eq!(properties("AlarmTopic")["KmsMasterKeyId"], json!({ "Fn::GetAtt": ["Key", "Arn"] }));
}

#[test]
fn roots_are_hexadecimal_and_only_the_sessions_is_rotated() {
    for secret in ["RegistryRoot", "SessionRoot"] {
        let of = &properties(secret)["GenerateSecretString"];
        let excluded = of["ExcludeCharacters"].as_str().unwrap();
        let drawn: String = ('!'..='~').filter(|character| !excluded.contains(*character)).collect();
        assert_eq!(drawn, "0123456789abcdef", "{secret}");
        assert_eq!(of["PasswordLength"], 64, "{secret}");
        assert_eq!(of["RequireEachIncludedType"], false, "{secret}");
    }
    let of = &properties("SessionRoot")["GenerateSecretString"];
    let first: Value = serde_json::from_str(of["SecretStringTemplate"].as_str().unwrap()).unwrap();
    assert_eq!(first["current"], of["GenerateStringKey"]);
    let rotations: Vec<_> = of_type("AWS::SecretsManager::RotationSchedule").into_values().collect();
    let [rotation] = rotations.as_slice() else { panic!("{rotations:?}") };
    assert_eq!(rotation["Properties"]["SecretId"], json!({ "Fn::GetAtt": ["SessionRoot", "Id"] }));
    assert_eq!(rotation["Properties"]["RotationRules"]["AutomaticallyAfterDays"], 30);
    assert_eq!(rotation["Condition"], "OnAws");
}

#[test]
fn a_function_ends_before_another_may_take_its_change_over() {
    for (name, step) in STEPS {
        let seconds = properties(name)["Timeout"].as_u64().unwrap();
        assert!(seconds < LEASE.as_secs(), "{step}: {seconds} s");
    }
}

#[test]
fn each_function_runs_as_it_was_built_and_its_log_is_kept_as_long_as_is_said() {
    let all = &template()["Globals"]["Function"];
    assert_eq!(all["Runtime"], "provided.al2023");
    assert_eq!(all["Handler"], "bootstrap");
    assert_eq!(all["Architectures"], json!([{ "Ref": "Architecture" }]));
    assert_eq!(of_type("AWS::Serverless::Function").len(), STEPS.len() + 1);
    for (name, step) in STEPS.into_iter().chain([("RotateSecret", "rotate-secret")]) {
        let of = properties(name);
        assert_eq!(of["CodeUri"], format!("../target/lambda/{step}.zip"));
        assert_eq!(of["FunctionName"]["Fn::Sub"], format!("${{AWS::StackName}}-{step}"));
        let log = properties(&format!("{name}Log"));
        assert_eq!(log["LogGroupName"]["Fn::Sub"], format!("/aws/lambda/${{AWS::StackName}}-{step}"));
        assert_eq!(log["RetentionInDays"]["Ref"], "LogRetentionDays");
        assert_eq!(log["KmsKeyId"], json!({ "Fn::GetAtt": ["Key", "Arn"] }));
    }
}

#[test]
fn the_emulator_is_spared_three_things_and_nothing_else() {
    let under = |condition: &str| {
        let resources =
            section("Resources").iter().filter(|(_, resource)| resource["Condition"] == condition);
        resources.map(|(name, _)| name.as_str()).collect::<BTreeSet<_>>()
    };
    assert_eq!(under("OnAws"), ["SessionRootRotation", "WrongCodesAlarm"].into());
    assert_eq!(under("InEmulator"), ["EmulatorMailsPolicy"].into());
    let text = template().to_string();
    let uses = |text: &str, name: &str| text.matches(&format!("\"{name}\"")).count();
    assert_eq!(uses(&text, "OnAws"), 3, "its definition, and two resources");
    assert_eq!(uses(&text, "InEmulator"), 2, "its definition, and one resource");
}

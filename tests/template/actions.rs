//! What each function may do, by its role and by the policies that are added under a condition.

use crate::source::{STEPS, listed, of_type, properties, read};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One statement's permission.
struct Grant {
    function: &'static str,
    actions: BTreeSet<String>,
    on: String,
    only: String,
}

const SIX: [(&str, &str); 6] = {
    let [verify, send, confirm, set, logout] = STEPS;
    [verify, send, confirm, set, logout, ("RotateSecret", "rotate-secret")]
};

#[test]
fn each_function_may_do_what_the_readme_lists() {
    let rows = grants().into_iter().map(|Grant { function, actions, on, only }| {
        let actions = actions.iter().map(|action| format!("`{action}`")).collect::<Vec<_>>().join(", ");
        format!("| {function} | {actions} | {on} | {only} |\n")
    });
    let head = "| function | actions | on | only |\n|---|---|---|---|\n".to_owned();
    let computed: String = std::iter::once(head).chain(rows).collect();
    let written = read("infra/README.md");
    assert!(written.contains(&computed), "infra/README.md should have:\n\n{computed}");
}

#[test]
fn every_action_is_named_and_none_looks_through_a_table() {
    for grant in grants() {
        for action in &grant.actions {
            assert!(!action.contains('*'), "{}: {action}", grant.function);
            let reads_many = ["Scan", "Query", "BatchGetItem", "PartiQL"];
            assert!(!reads_many.iter().any(|many| action.contains(many)), "{}: {action}", grant.function);
            let everywhere = grant.on.contains("`*`");
            let known = action.starts_with("xray:") || grant.only.contains("`InEmulator`");
            assert!(!everywhere || known, "{}: {action} on everything", grant.function);
        }
    }
}

#[test]
fn a_table_is_open_to_the_steps_that_need_it_alone() {
    let mut by_table: BTreeMap<(String, bool), BTreeSet<&str>> = BTreeMap::new();
    for grant in grants() {
        for action in grant.actions.iter().filter(|action| action.starts_with("dynamodb:")) {
            let writes = action != "dynamodb:GetItem";
            by_table.entry((grant.on.clone(), writes)).or_default().insert(grant.function);
        }
    }
    let of = |table: &str, writes| {
        let functions = by_table.get(&(format!("`{table}`"), writes)).cloned().unwrap_or_default();
        functions.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(of("PeopleTable", false), ["verify-identity"]);
    assert!(of("PeopleTable", true).is_empty());
    assert!(of("AccountsTable", false).is_empty());
    assert_eq!(of("AccountsTable", true), ["set-password"]);
    assert_eq!(of("AuditTable", true), ["set-password"]);
    assert_eq!(of("IssuedTable", true), ["set-password"]);
    let tables = |step: &str| {
        let touched = by_table.iter().filter(|(_, functions)| functions.contains(step));
        touched.map(|((table, _), _)| table.as_str()).collect::<BTreeSet<_>>()
    };
    for step in ["confirm-code", "logout"] {
        assert_eq!(tables(step), ["`ChallengesTable`"].into());
        let of_challenges =
            grants().into_iter().filter(|grant| grant.function == step && grant.on == "`ChallengesTable`");
        let may: Vec<_> = of_challenges.flat_map(|grant| grant.actions).collect();
        assert_eq!(may, ["dynamodb:UpdateItem"], "{step} can only update challenges");
    }
    assert!(tables("rotate-secret").is_empty());
}

#[test]
fn each_function_has_a_role_and_variables_of_its_own() {
    for (name, function) in SIX {
        let of = properties(name);
        assert_eq!(of["Role"]["Fn::GetAtt"][0], format!("{name}Role"), "{function}");
        let variables = of["Environment"]["Variables"].as_object();
        let tables = variables.into_iter().flatten().filter(|(variable, _)| variable.ends_with("_TABLE"));
        let told: BTreeSet<_> =
            tables.map(|(_, table)| format!("`{}`", table["Ref"].as_str().unwrap())).collect();
        let open = grants().into_iter().filter(|grant| grant.function == function);
        let open: BTreeSet<_> = open.map(|grant| grant.on).filter(|on| on.ends_with("Table`")).collect();
        assert_eq!(told, open, "{function} is told of the tables that it may use, and of no other");
    }
}

/// Contacts are sealed, and people found, with what the registry's root gives: who only leaves cannot read it.
#[test]
fn each_function_reads_the_roots_that_it_is_told_of_and_logout_one() {
    for (name, function) in SIX {
        let variables = properties(name)["Environment"]["Variables"].as_object();
        let roots =
            variables.into_iter().flatten().filter(|(variable, _)| variable.ends_with("_ROOT_SECRET"));
        let told: Vec<_> =
            roots.map(|(_, secret)| format!("`{}`", secret["Fn::GetAtt"][0].as_str().unwrap())).collect();
        let reads =
            |grant: &Grant| grant.actions.iter().any(|action| action == "secretsmanager:GetSecretValue");
        let may: Vec<_> = grants()
            .into_iter()
            .filter(|grant| grant.function == function && reads(grant) && grant.on.contains("Root`"))
            .map(|grant| grant.on)
            .collect();
        let expected = match function {
            "logout" => vec!["`SessionRoot`"],
            "rotate-secret" => Vec::new(),
            _ => vec!["`RegistryRoot`", "`SessionRoot`"],
        };
        assert_eq!(told, expected, "{function}");
        let of_itself = if function == "rotate-secret" { vec!["`SessionRoot`"] } else { expected };
        assert_eq!(may, [of_itself.join(", ")], "{function}");
    }
}

/// Every grant of every function, in the order of the functions.
fn grants() -> Vec<Grant> {
    let mut grants = Vec::new();
    for (name, function) in SIX {
        let role = format!("{name}Role");
        for policy in listed(&properties(&role)["Policies"]) {
            grants.extend(statements(function, &policy["PolicyDocument"], None));
        }
        let attached = &properties(&role)["ManagedPolicyArns"]["Fn::If"][1];
        for (policy, resource) in
            of_type("AWS::IAM::Policy").into_iter().chain(of_type("AWS::IAM::ManagedPolicy"))
        {
            let of = &resource["Properties"];
            if listed(&of["Roles"]).iter().any(|of| of["Ref"] == role) || attached[0]["Ref"] == policy {
                grants.extend(statements(function, &of["PolicyDocument"], resource["Condition"].as_str()));
            }
        }
    }
    assert_eq!(of_type("AWS::IAM::Role").len(), SIX.len(), "each role is a function's");
    assert_eq!(of_type("AWS::IAM::ManagedPolicy").len(), 1, "that of the traces");
    grants
}

fn statements(function: &'static str, document: &Value, condition: Option<&str>) -> Vec<Grant> {
    let statements = listed(&document["Statement"]);
    let grants = statements.into_iter().map(|statement| {
        assert_eq!(statement["Effect"], "Allow");
        let on = match statement.get("Resource") {
            Some(resources) => listed(resources)
                .into_iter()
                .map(|on| format!("`{}`", shown(on)))
                .collect::<Vec<_>>()
                .join(", "),
            None => format!("all but `{}`", shown(&statement["NotResource"])),
        };
        let narrowed = statement.get("Condition").and_then(Value::as_object);
        let narrowed = narrowed.into_iter().flatten().flat_map(|(_, tests)| tests.as_object().unwrap());
        let narrowed = narrowed.map(|(key, value)| format!("`{key}` is `{}`", shown(value)));
        let only = condition.map(|name| format!("where `{name}`")).into_iter().chain(narrowed);
        Grant {
            function,
            actions: listed(&statement["Action"]).into_iter().map(shown).collect(),
            on,
            only: only.collect::<Vec<_>>().join(", "),
        }
    });
    grants.collect()
}

/// What a value names, in a word.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text,
        _ => value
            .get("Ref")
            .or_else(|| value.get("Fn::Sub"))
            .unwrap_or(&value["Fn::GetAtt"][0])
            .as_str()
            .unwrap(),
    };
    text.replace("arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:", "")
        .replace("${AWS::Partition}", "aws")
}

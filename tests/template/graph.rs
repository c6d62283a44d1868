//! What waits for what. CloudFormation finds a cycle only when it deploys, and the linters not every one.

use crate::source::section;
use regex_lite::Regex;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

type Graph = BTreeMap<&'static str, BTreeSet<&'static str>>;

#[test]
fn no_resource_waits_for_itself() {
    let graph = graph();
    assert!(graph["Distribution"].contains("Logout"), "by the function's URL: {:?}", graph["Distribution"]);
    for start in graph.keys() {
        let mut path = vec![*start];
        assert!(!returns(&graph, start, start, &mut path, &mut BTreeSet::new()), "{}", path.join(" → "));
    }
}

#[test]
fn whatever_is_named_exists() {
    let resources = section("Resources");
    let known = |name: &str| resource(name).is_some() || section("Parameters").contains_key(name);
    for (name, resource) in resources {
        for named in names(resource) {
            assert!(known(named) || named.starts_with("AWS::"), "{name} names {named}");
        }
        if let Some(condition) = resource.get("Condition") {
            assert!(section("Conditions").contains_key(condition.as_str().unwrap()), "{name}: {condition}");
        }
    }
}

/// Lambda refuses a function that traces before its role may.
#[test]
fn roles_may_trace_from_their_beginning() {
    for (role, of) in crate::source::of_type("AWS::IAM::Role") {
        let policies = &of["Properties"]["ManagedPolicyArns"];
        assert_eq!(policies["Fn::If"][0], "Traces", "{role}");
        assert!(graph()[role].contains("TracingPolicy"), "{role}");
    }
}

fn graph() -> Graph {
    let waits = |of: &'static Value| names(of).into_iter().filter_map(resource).collect();
    section("Resources").iter().map(|(name, of)| (name.as_str(), waits(of))).collect()
}

fn returns(
    graph: &Graph,
    from: &'static str,
    to: &str,
    path: &mut Vec<&'static str>,
    seen: &mut BTreeSet<&'static str>,
) -> bool {
    for next in &graph[from] {
        path.push(next);
        if *next == to || (seen.insert(next) && returns(graph, next, to, path, seen)) {
            return true;
        }
        path.pop();
    }
    false
}

/// The resource that a name means: itself, or the function whose URL it is.
fn resource(name: &str) -> Option<&'static str> {
    let resources = section("Resources");
    let (known, of) = resources.get_key_value(name).or_else(|| {
        let (known, of) = resources.get_key_value(name.strip_suffix("Url")?)?;
        of["Properties"].get("FunctionUrlConfig").map(|_| (known, of))
    })?;
    of.is_object().then_some(known.as_str())
}

/// Everything that a value names.
fn names(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(values) => values.iter().flat_map(names).collect(),
        Value::Object(members) => members.iter().flat_map(|(member, value)| named(member, value)).collect(),
        _ => Vec::new(),
    }
}

fn named<'a>(member: &str, value: &'a Value) -> Vec<&'a str> {
    match (member, value) {
        ("Ref", Value::String(name)) => vec![name],
        ("Fn::GetAtt", Value::Array(path)) => vec![path[0].as_str().unwrap()],
        ("Fn::Sub", Value::String(text)) => {
            let variable = Regex::new(r"\$\{([A-Za-z0-9:]+)[^}]*\}").unwrap();
            variable.captures_iter(text).map(|found| found.get(1).unwrap().as_str()).collect()
        }
        ("DependsOn", names) => {
            crate::source::listed(names).into_iter().map(|name| name.as_str().unwrap()).collect()
        }
        _ => names(value),
    }
}

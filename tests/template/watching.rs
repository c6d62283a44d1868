//! What is watched is what the functions count.

use crate::source::{STEPS, of_type, properties, read};
use recupmail_inspect::ALARMS;
use serde_json::Value;
use std::collections::BTreeSet;

/// The application's metrics that an alarm looks at, in whatever form.
fn watched(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if members.get("Namespace").is_some_and(|space| space == "RecupMail") {
                found.insert(members["MetricName"].as_str().unwrap().to_owned());
            }
            members.values().for_each(|member| watched(member, found));
        }
        Value::Array(values) => values.iter().for_each(|value| watched(value, found)),
        _ => {}
    }
}

#[test]
fn alarms_look_at_metrics_that_the_functions_count() {
    let mut names = BTreeSet::new();
    for alarm in of_type("AWS::CloudWatch::Alarm").into_values() {
        watched(alarm, &mut names);
    }
    let expected = ["Confirmed", "Limited", "Sent", "Stuck", "WrongCode"];
    assert_eq!(names, expected.map(str::to_owned).into());
    let code = read("shared/http/src/metrics.rs");
    let code = code.split("#[cfg(test)]").next().unwrap();
    for name in names {
        assert!(code.contains(&format!("\"{name}\"")), "{name} is counted by nobody");
    }
    assert!(code.contains("NAMESPACE: &str = \"RecupMail\""));
}

#[test]
fn every_function_that_is_called_counts() {
    for (name, step) in STEPS {
        assert_eq!(properties(name)["Environment"]["Variables"]["RECUPMAIL_METRICS"], "true", "{step}");
    }
}

#[test]
fn the_doctor_looks_for_each_alarm() {
    let alarms = of_type("AWS::CloudWatch::Alarm");
    let names = alarms.values().map(|alarm| alarm["Properties"]["AlarmName"]["Fn::Sub"].as_str().unwrap());
    let names: BTreeSet<&str> = names.map(|name| name.strip_prefix("${AWS::StackName}-").unwrap()).collect();
    assert_eq!(names, BTreeSet::from(ALARMS));
}

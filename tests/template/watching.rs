//! What is watched is what the functions count.

use crate::source::{STEPS, listed, of_type, properties, read, section};
use recupmail_inspect::ALARMS;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How codes reach people.
const METHODS: [&str; 5] = ["email", "sms", "voice", "letter", "desk"];

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
    for name in names {
        assert!(is_counted(&name), "{name} is counted by nobody");
    }
    assert!(read("shared/http/src/metrics.rs").contains("NAMESPACE: &str = \"RecupMail\""));
}

/// CloudWatch finds a metric by all of its dimensions, or not at all.
#[test]
fn alarms_and_dashboard_name_the_dimensions_that_metrics_have() {
    let text = json!(of_type("AWS::CloudWatch::Alarm")).to_string();
    let whole = json!({ "Name": "Institution", "Value": { "Ref": "InstitutionId" } });
    for alarm in of_type("AWS::CloudWatch::Alarm").into_values() {
        for metric in metrics(&alarm["Properties"]) {
            let dimensions = &metric["Dimensions"];
            match metric["Namespace"].as_str().unwrap() {
                "RecupMail" if metric["MetricName"] == "Sent" => {
                    assert_eq!(dimensions[0], whole);
                    assert!(
                        ["sms", "voice"]
                            .iter()
                            .any(|one| dimensions[1] == json!({ "Name": "Method", "Value": one }))
                    );
                }
                "RecupMail" => assert_eq!(*dimensions, json!([whole])),
                "AWS/Lambda" => {
                    let function = dimensions[0]["Value"]["Ref"].as_str().unwrap();
                    assert_eq!(section("Resources")[function]["Type"], "AWS::Serverless::Function");
                    assert_eq!(dimensions[0]["Name"], "FunctionName");
                }
                "AWS/SNS" => assert!(dimensions.is_null(), "the account's own"),
                other => panic!("nobody counts in {other}"),
            }
        }
        assert_eq!(alarm["Properties"]["AlarmActions"], json!([{ "Ref": "AlarmTopic" }]));
    }
    assert!(text.contains("\"sms\"") && text.contains("\"voice\""), "both that cost are watched");

    let body = properties("Dashboard")["DashboardBody"]["Fn::Sub"].as_str().unwrap();
    let body: Value = serde_json::from_str(body).expect("a dashboard is JSON");
    let mut shown = 0;
    for widget in body["widgets"].as_array().unwrap() {
        for metric in widget["properties"]["metrics"].as_array().unwrap() {
            let words: Vec<_> = metric.as_array().unwrap().iter().filter_map(Value::as_str).collect();
            match words.as_slice() {
                ["RecupMail", "Sent", "Institution", "${InstitutionId}", "Method", method] => {
                    assert!(METHODS.contains(method), "{method}");
                }
                ["RecupMail", name, "Institution", "${InstitutionId}"] => assert!(is_counted(name), "{name}"),
                ["AWS/Lambda", _, "FunctionName", function] => {
                    let function = function.trim_start_matches("${").trim_end_matches('}');
                    assert_eq!(section("Resources")[function]["Type"], "AWS::Serverless::Function");
                }
                ["AWS/SNS", "SMSMonthToDateSpentUSD"]
                | ["AWS/CloudFront", _, "DistributionId", "${Distribution}", "Region", "Global"] => {}
                other => panic!("nobody counts {other:?}"),
            }
            shown += 1;
        }
    }
    assert!(shown > 30, "{shown}");
}

/// The metrics that an alarm looks at.
fn metrics(alarm: &Value) -> Vec<&Value> {
    match alarm.get("Metrics") {
        Some(several) => {
            listed(several).into_iter().filter_map(|one| one.pointer("/MetricStat/Metric")).collect()
        }
        None => vec![alarm],
    }
}

fn is_counted(name: &str) -> bool {
    let code = read("shared/http/src/metrics.rs");
    code.split("#[cfg(test)]").next().unwrap().contains(&format!("\"{name}\""))
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

//! The stack's alarms, and whether somebody hears them.

use super::Findings;
use super::unasked::unasked;
use recupmail_config::Environment;
use recupmail_inspect::{ALARMS, Alarm, AlarmState, Asked, Subscribers, inspect_alarms, inspect_topic};
use std::collections::BTreeSet;

const WHAT: &str = "alarms";
const TOPIC: &str = "alarm topic";

pub(super) async fn check(environment: &Environment, findings: &mut Findings) {
    let stack = match environment.stack() {
        Ok(stack) => stack,
        Err(cause) => {
            let said = format!("{cause}: nobody looked at them");
            return findings.warn(WHAT, said, "set it to the stack's name, as in deployment.toml");
        }
    };
    let (Ok(cloudwatch), Ok(topics)) = (environment.cloudwatch(), environment.topics()) else { return };
    let prefix = format!("{stack}-");
    let ours = |alarm: &Alarm| alarm.name.strip_prefix(&prefix).is_some_and(|name| ALARMS.contains(&name));
    let alarms: Vec<Alarm> = match inspect_alarms(&cloudwatch, &prefix).await {
        // Another stack's name may begin like this one's.
        Asked::Told(alarms) => alarms.into_iter().filter(ours).collect(),
        other => return unasked(WHAT, other, "cloudwatch:DescribeAlarms", findings),
    };
    let whole = judge(stack, &alarms, findings);
    let told: BTreeSet<&String> = alarms.iter().flat_map(|alarm| &alarm.topics).collect();
    let mut heard = true;
    for topic in told {
        match inspect_topic(&topics, topic).await {
            Asked::Told(subscribers) => heard &= judge_topic(topic, subscribers, findings),
            Asked::Refused(code) if code.starts_with("NotFound") => {
                let said = format!("{} does not exist: nobody hears the alarms", name_of(topic));
                findings.warn(TOPIC, said, "deploy the template: it makes it");
                heard = false;
            }
            other => {
                unasked(TOPIC, other, "sns:GetTopicAttributes", findings);
                heard = false;
            }
        }
    }
    if whole && heard {
        findings.ok(WHAT, format!("all {} are there, silent, and heard", ALARMS.len()));
    }
}

/// Tells whether nothing is wrong with them.
fn judge(stack: &str, alarms: &[Alarm], findings: &mut Findings) -> bool {
    if alarms.is_empty() {
        let remedy = "deploy the template; is RECUPMAIL_STACK the stack's name, and the region its own?";
        findings.warn(WHAT, format!("{stack} has none: nobody is told when something breaks"), remedy);
        return false;
    }
    let named = |names: Vec<&str>| Some(names.join(", ")).filter(|names| !names.is_empty());
    let those = |which: fn(&Alarm) -> bool| {
        named(alarms.iter().filter(|alarm| which(alarm)).map(|alarm| alarm.name.as_str()).collect())
    };
    let there = |name: &str| alarms.iter().any(|alarm| alarm.name.strip_prefix(stack) == Some(name));
    let missing = named(ALARMS.into_iter().filter(|name| !there(&format!("-{name}"))).collect());
    if let Some(missing) = &missing {
        findings.warn(WHAT, format!("missing: {missing}"), "deploy the template: it makes them");
    }
    let deaf = those(|alarm| alarm.topics.is_empty());
    if let Some(deaf) = &deaf {
        findings.warn(
            WHAT,
            format!("told to nobody: {deaf}"),
            "deploy the template: they tell its topic; if somebody silenced them: aws cloudwatch \
             enable-alarm-actions --alarm-names …",
        );
    }
    let unknown = those(|alarm| alarm.state == AlarmState::Unknown);
    if let Some(unknown) = &unknown {
        let remedy = "after a deployment wait a quarter of an hour; if it stays, compare their metrics with \
                      CloudWatch's";
        findings.warn(WHAT, format!("without data: {unknown}"), remedy);
    }
    let ringing: Vec<_> = alarms.iter().filter(|alarm| alarm.state == AlarmState::Rings).collect();
    for Alarm { name, description, .. } in &ringing {
        let remedy = format!("look at the dashboard {stack}, then at the runbook in infra/README.md");
        findings.warn(WHAT, format!("{name} rings. {description}"), remedy);
    }
    ringing.is_empty() && [missing, deaf, unknown].iter().all(Option::is_none)
}

/// A topic's name, of its ARN.
fn name_of(topic: &str) -> &str {
    topic.rsplit(':').next().unwrap_or(topic)
}

/// Tells whether somebody hears it.
fn judge_topic(topic: &str, subscribers: Subscribers, findings: &mut Findings) -> bool {
    let name = name_of(topic);
    match subscribers {
        Subscribers { confirmed: 1.., .. } => return true,
        Subscribers { pending: 1.., .. } => findings.warn(
            TOPIC,
            format!("who subscribed to {name} has not confirmed it: nobody hears the alarms"),
            "open the mail of AWS Notifications in AlarmEmail's mailbox and confirm; deploy again if it is lost",
        ),
        Subscribers { .. } => findings.warn(
            TOPIC,
            format!("nobody subscribed to {name}: nobody hears the alarms"),
            "set AlarmEmail in deployment.toml and deploy",
        ),
    }
    false
}

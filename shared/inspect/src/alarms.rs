//! Alarms, and whom they tell.

use crate::asked::Asked;
use aws_sdk_cloudwatch::types::StateValue;
use recupmail_aws::sdk_config;
use recupmail_config::Store;

/// The alarms of a stack, without the stack's name and a hyphen before them.
pub const ALARMS: [&str; 22] = [
    "verify-identity-errors",
    "verify-identity-throttles",
    "verify-identity-latency",
    "send-code-errors",
    "send-code-throttles",
    "send-code-latency",
    "confirm-code-errors",
    "confirm-code-throttles",
    "confirm-code-latency",
    "set-password-errors",
    "set-password-throttles",
    "set-password-latency",
    "logout-errors",
    "logout-throttles",
    "logout-latency",
    "rotate-secret-errors",
    "sms-spend",
    "sms-of-the-day",
    "calls-of-the-day",
    "stuck-changes",
    "limits",
    "wrong-codes",
];

/// How an alarm is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmState {
    /// All is well.
    Well,
    /// It rings.
    Rings,
    /// It knows nothing yet.
    Unknown,
}

/// An alarm.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// What its text says.
    pub description: String,
    /// How it is.
    pub state: AlarmState,
    /// The topics that it tells; none where its actions are off.
    pub topics: Vec<String>,
}

/// The alarms whose names begin like this.
pub async fn inspect_alarms(store: &Store, prefix: &str) -> Asked<Vec<Alarm>> {
    let client = aws_sdk_cloudwatch::Client::new(&sdk_config(store));
    let mut alarms = Vec::new();
    let mut page = None;
    loop {
        let request = client.describe_alarms().alarm_name_prefix(prefix).set_next_token(page);
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => return Asked::not("CloudWatch", error),
        };
        alarms.extend(answer.metric_alarms.unwrap_or_default().into_iter().map(|alarm| Alarm {
            name: alarm.alarm_name.unwrap_or_default(),
            description: alarm.alarm_description.unwrap_or_default(),
            state: match alarm.state_value {
                Some(StateValue::Ok) => AlarmState::Well,
                Some(StateValue::Alarm) => AlarmState::Rings,
                _ => AlarmState::Unknown,
            },
            topics: alarm.alarm_actions.filter(|_| alarm.actions_enabled != Some(false)).unwrap_or_default(),
        }));
        page = answer.next_token;
        if page.is_none() {
            return Asked::Told(alarms);
        }
    }
}

/// Who hears of what a topic is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscribers {
    /// Those who confirmed.
    pub confirmed: u64,
    /// Those who have not confirmed yet.
    pub pending: u64,
}

/// Who hears of what a topic is told.
pub async fn inspect_topic(store: &Store, topic: &str) -> Asked<Subscribers> {
    let client = aws_sdk_sns::Client::new(&sdk_config(store));
    match client.get_topic_attributes().topic_arn(topic).send().await {
        Ok(answer) => {
            let attributes = answer.attributes.unwrap_or_default();
            let count =
                |name: &str| attributes.get(name).and_then(|count| count.parse().ok()).unwrap_or_default();
            Asked::Told(Subscribers {
                confirmed: count("SubscriptionsConfirmed"),
                pending: count("SubscriptionsPending"),
            })
        }
        Err(error) => Asked::not("SNS", error),
    }
}

//! All that the day assumes, read from `assumptions.toml`.

use crate::spread::Spread;
use serde::Deserialize;
use toml::{Table, Value};

/// The assumptions that are shipped.
pub(crate) const SHIPPED: &str = include_str!("../assumptions.toml");

/// The values; units and reasons stand in the file. What ends in `_s` is in seconds, in `_ms` in milliseconds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assumptions {
    pub(crate) people: u32,
    pub(crate) rush_share: f64,
    pub(crate) rush_begins_hour: u32,
    pub(crate) rush_hours: u32,
    pub(crate) hours: [u32; 24],
    pub(crate) page_s: Spread,
    pub(crate) identifying_s: Spread,
    pub(crate) choosing_s: Spread,
    pub(crate) mail_s: Spread,
    pub(crate) typing_code_s: Spread,
    pub(crate) password_s: Spread,
    pub(crate) leaving_s: Spread,
    pub(crate) wrong_identity_share: f64,
    pub(crate) wrong_code_share: f64,
    pub(crate) refused_password_share: f64,
    pub(crate) attempts: u32,
    pub(crate) resend_share: f64,
    pub(crate) resend_after_s: Spread,
    pub(crate) gives_up_share: f64,
    pub(crate) sms_share: f64,
    pub(crate) phone_share: f64,
    pub(crate) logout_share: f64,
    pub(crate) throttled_pause_s: Spread,
    pub(crate) throttled_retries: u32,
    pub(crate) sandbox_ms: Spread,
    pub(crate) secrets_ms: Spread,
    pub(crate) idle_minutes: u64,
    pub(crate) account_concurrency: usize,
    pub(crate) new_account_concurrency: usize,
    pub(crate) scaling: usize,
    pub(crate) processor: f64,
    pub(crate) dynamodb_ms: Spread,
    pub(crate) message_ms: Spread,
    pub(crate) site_requests: u64,
    pub(crate) log_line_bytes: u64,
}

impl Assumptions {
    /// Those of a file in which each has a value, a unit and a reason.
    pub(crate) fn read(file: &str) -> Result<Self, toml::de::Error> {
        let table: Table = file.parse()?;
        let values = table.into_iter().filter_map(|(name, one)| Some((name, one.get("value")?.clone())));
        values.collect::<Table>().try_into()
    }
}

/// The same file as a table in Markdown.
pub(crate) fn table(file: &str) -> Result<String, toml::de::Error> {
    let lines = file.parse::<Table>()?.iter().map(line).collect::<Vec<_>>().join("\n");
    Ok(format!("| assumption | value | unit | why |\n|---|---|---|---|\n{lines}"))
}

fn line((name, one): (&String, &Value)) -> String {
    let text = |key| one.get(key).and_then(Value::as_str).unwrap_or_default();
    let name = name.trim_end_matches("_ms").trim_end_matches("_s").replace('_', " ");
    let value = one.get("value").map(shown).unwrap_or_default();
    format!("| {name} | {value} | {} | {} |", text("unit"), text("why"))
}

fn shown(value: &Value) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Array(many) => many.iter().map(shown).collect::<Vec<_>>().join(" "),
        Value::Table(spread) => {
            spread.iter().map(|(name, one)| format!("{name} {}", shown(one))).collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_assumption_has_a_unit_and_a_reason_and_is_used() {
        Assumptions::read(SHIPPED).unwrap();
        for (name, one) in SHIPPED.parse::<Table>().unwrap() {
            assert!(one["unit"].is_str() && one["why"].is_str(), "{name}");
        }
    }

    #[test]
    fn an_assumption_that_nothing_uses_is_refused() {
        let file = format!("{SHIPPED}\n[luck]\nvalue = 1\nunit = \"\"\nwhy = \"\"\n");
        assert!(Assumptions::read(&file).is_err());
    }
}

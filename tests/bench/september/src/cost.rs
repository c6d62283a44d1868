//! What a day costs.

use crate::usage::Usage;

/// An item of the bill.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    /// What is paid for.
    pub(crate) what: &'static str,
    /// How much of it, in the price's unit.
    pub(crate) amount: f64,
    /// What the price is for.
    pub(crate) unit: &'static str,
    /// US dollars for one unit.
    pub(crate) price: f64,
}

impl Item {
    /// In US dollars.
    pub(crate) fn dollars(&self) -> f64 {
        self.amount * self.price
    }
}

/// What SMS are called on the bill: they are added apart.
pub(crate) const SMS: &str = "SNS, SMS";

/// The bill of a day, without what is fixed. Prices are those of `infra/README.md`: the lists of us-east-1 as known in November
/// 2026; European regions are up to a fifth dearer. An SMS costs 0.05 to 0.15 country by country; here the middle.
pub(crate) fn bill(usage: &Usage) -> Vec<Item> {
    let item =
        |what, number: u64, per: f64, unit, price| Item { what, amount: float(number) / per, unit, price };
    vec![
        item("Lambda requests", usage.requests, 1e6, "million", 0.20),
        Item { what: "Lambda time", amount: usage.gb_seconds, unit: "GB-s", price: 0.000_016_7 },
        item("DynamoDB writes", usage.write_units, 1e6, "million units", 0.625),
        item("DynamoDB reads", usage.read_units, 1e6, "million units", 0.125),
        item("Secrets Manager", usage.secrets_read, 1e4, "ten thousand calls", 0.05),
        item("KMS", usage.secrets_read, 1e4, "ten thousand calls", 0.03),
        item("SES", usage.mails, 1e3, "thousand mails", 0.10),
        item("CloudFront", usage.site_requests, 1e6, "million requests, the month's first 10 free", 0.0),
        item("logs", usage.log_bytes, 1e9, "GB", 0.50),
        item(SMS, usage.sms, 1.0, "messages", 0.10),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "a day's counts are far below 2^53")]
fn float(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `infra/README.md`, "What 1,000 recoveries cost", whose Lambda time and secrets are its upper bounds.
    #[test]
    fn a_thousand_recoveries_cost_what_the_deployments_readme_says() {
        let usage = Usage {
            requests: 8_000,
            gb_seconds: 55.0,
            read_units: 4_000,
            write_units: 14_000,
            secrets_read: 15_000,
            mails: 2_000,
            sms: 0,
            site_requests: 20_000,
            log_bytes: 5_200_000,
        };
        let bill = bill(&usage);
        let of = |what| bill.iter().find(|item| item.what == what).unwrap().dollars();
        for (what, dollars) in [
            ("Lambda requests", 0.0016),
            ("Lambda time", 0.000_918_5),
            ("DynamoDB writes", 0.00875),
            ("DynamoDB reads", 0.0005),
            ("Secrets Manager", 0.075),
            ("KMS", 0.045),
            ("SES", 0.2),
            ("CloudFront", 0.0),
            ("logs", 0.0026),
            (SMS, 0.0),
        ] {
            assert!((of(what) - dollars).abs() < 1e-9, "{what}: {}", of(what));
        }
    }
}

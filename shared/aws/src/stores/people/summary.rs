//! What the registry is like as a whole, `SUMMARY`.

use super::{People, hash_value};
use recupmail_domain::conditional::{Item, Value};
use recupmail_domain::keys::RegistryKeys;
use recupmail_domain::person::{Initials, RegistrySummary, Shapes};
use recupmail_domain::ports::{DescribeRegistry, Unavailable};
use std::collections::BTreeMap;
use tokio::time::Instant;

const SUMMARY: &str = "SUMMARY";
const MADE_WITH: &str = "root";

/// Tells one registry root from another, and says nothing of it.
fn made_with(keys: &RegistryKeys) -> Value {
    hash_value(keys.counter("root", "registry"))
}

impl DescribeRegistry for People {
    async fn describe_registry(&self) -> Result<RegistrySummary, Unavailable> {
        if let Some(summary) = self.summary.get(Instant::now()) {
            return Ok(summary);
        }
        let summary = summary_of(&self.table.get(SUMMARY).await?.unwrap_or_default());
        // Nobody is known before the first import ends, and then at once.
        if summary.people > 0 {
            self.summary.keep(&summary, Instant::now());
        }
        Ok(summary)
    }
}

/// With which registry root the registry was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// Nobody was imported yet.
    None,
    /// With this one.
    This,
    /// With another one, without which nothing in it can be read.
    Another,
}

impl People {
    /// Marks a registry that has yet to be imported as made with these keys. It knows nobody.
    pub async fn begin(&self, keys: &RegistryKeys) -> Result<(), Unavailable> {
        self.summarise(&RegistrySummary::default(), keys).await
    }

    /// Says what the registry is like and with which root it was made, after an import.
    pub async fn summarise(&self, summary: &RegistrySummary, keys: &RegistryKeys) -> Result<(), Unavailable> {
        let mut item = summary_item(summary);
        item.insert(MADE_WITH.to_owned(), made_with(keys));
        self.table.put(SUMMARY, &item).await
    }

    /// Whether the registry was made with these keys.
    pub async fn made_with(&self, keys: &RegistryKeys) -> Result<Root, Unavailable> {
        let Some(summary) = self.table.get(SUMMARY).await? else { return Ok(Root::None) };
        let this = summary.get(MADE_WITH).is_none_or(|mark| *mark == made_with(keys));
        Ok(if this { Root::This } else { Root::Another })
    }
}

fn counted(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn summary_item(summary: &RegistrySummary) -> Item {
    let counts = |map: &BTreeMap<String, u64>| {
        Value::Numbers(map.iter().map(|(name, count)| (name.clone(), counted(*count))).collect())
    };
    let Shapes { email, phone, both } = summary.shapes;
    [
        ("people", Value::Number(counted(summary.people))),
        ("domains", counts(&summary.common_domains)),
        ("rare", Value::Number(counted(summary.rare_domains))),
        ("initials", counts(&summary.initials.others)),
        ("given", Value::Number(counted(summary.initials.given))),
        ("family", Value::Number(counted(summary.initials.family))),
        ("email", Value::Number(counted(email))),
        ("phone", Value::Number(counted(phone))),
        ("both", Value::Number(counted(both))),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn summary_of(item: &Item) -> RegistrySummary {
    let count = |name: &str| match item.get(name) {
        Some(Value::Number(count)) => u64::try_from(*count).unwrap_or_default(),
        _ => 0,
    };
    let counts = |name: &str| match item.get(name) {
        Some(Value::Numbers(counts)) => counts
            .iter()
            .map(|(name, count)| (name.clone(), u64::try_from(*count).unwrap_or_default()))
            .collect(),
        _ => BTreeMap::new(),
    };
    RegistrySummary {
        people: count("people"),
        common_domains: counts("domains"),
        rare_domains: count("rare"),
        initials: Initials { given: count("given"), family: count("family"), others: counts("initials") },
        shapes: Shapes { email: count("email"), phone: count("phone"), both: count("both") },
    }
}

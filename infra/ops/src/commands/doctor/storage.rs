//! The tables, and whether the registry is in them.

use super::unasked::said;
use super::{Findings, protection};
use recupmail_aws::{DynamoClient, DynamoTable, People, Root, dynamodb, should_expire};
use recupmail_config::{Environment, Table};
use recupmail_domain::keys::RegistryKeys;
use recupmail_domain::ports::DescribeRegistry;
use recupmail_inspect::{Asked, TableState, inspect_table};

pub(super) async fn check(environment: &Environment, findings: &mut Findings) {
    let client = match environment.dynamodb() {
        Ok(store) => dynamodb(&store),
        Err(cause) => {
            let remedy = "set the usual AWS variables: `aws configure export-credentials --format env`";
            return findings.error("AWS", cause.to_string(), remedy);
        }
    };
    let mut registry = None;
    for table in Table::ALL {
        if check_table(&client, environment, table, findings).await && table == Table::People {
            registry = environment.table(table).ok();
        }
    }
    if let Some(name) = registry {
        let people = People::from(DynamoTable::new(client, name));
        check_registry(&people, findings).await;
        if let Ok(keys) = environment.registry_keys() {
            check_root(&people, &keys, findings).await;
        }
    }
}

/// Tells whether it can be read.
async fn check_table(
    client: &DynamoClient,
    environment: &Environment,
    table: Table,
    findings: &mut Findings,
) -> bool {
    let what = table.variable().trim_end_matches("_TABLE").to_lowercase();
    let name = match environment.table(table) {
        Ok(name) => name,
        Err(cause) => {
            findings.error(what, cause.to_string(), "set it to the table's name, an output of the template");
            return false;
        }
    };
    match inspect_table(client, table, &name).await {
        Asked::Silent(cause) => {
            let remedy = "look whether region and network are right, and DynamoDB answers";
            findings.error(what, said(&cause), remedy);
            false
        }
        Asked::Refused(code) => {
            let remedy = "run this with credentials that may ask: dynamodb:Describe*; is the region right?";
            findings.error(what, format!("DynamoDB does not tell how {name} is: {code}"), remedy);
            false
        }
        Asked::Told(None) => {
            findings.error(
                what,
                format!("{name} does not exist"),
                "deploy the template, or correct the name",
            );
            false
        }
        Asked::Told(Some(state)) => {
            let sound = judge(&what, &name, table, state, findings);
            // What lies on this machine is kept by nobody.
            let kept = environment.is_local()
                || protection::check(client, (&what, &name, table), state, findings).await;
            if sound && kept {
                findings.ok(what, name);
            }
            true
        }
    }
}

/// Tells whether it can be used as it should.
fn judge(what: &str, name: &str, table: Table, state: TableState, findings: &mut Findings) -> bool {
    let TableState { active, key_fits, expires, .. } = state;
    if !key_fits {
        findings.error(
            what,
            format!("{name} has another key"),
            "deploy the template; is it another table's name?",
        );
    } else if !active {
        findings.error(what, format!("{name} is not active"), "wait until it is, and look again");
    } else if expires && !should_expire(table) {
        let remedy = "disable its time to live: what it holds must last";
        findings.error(what, format!("{name} loses items after their time"), remedy);
    } else if !expires && should_expire(table) {
        let remedy =
            "enable its time to live on the attribute `ttl`: nothing relies on it, but data stays too long";
        findings.warn(what, format!("{name} keeps items after their time"), remedy);
    } else {
        return true;
    }
    false
}

async fn check_registry(people: &People, findings: &mut Findings) {
    const WHAT: &str = "registry";
    match people.describe_registry().await {
        Err(cause) => findings.error(WHAT, said(&cause), "look whether DynamoDB answers"),
        Ok(summary) if summary.people == 0 => {
            findings.error(WHAT, "holds nobody, or its import did not end", "recupctl import registry.csv");
        }
        Ok(summary) => {
            let shapes = summary.shapes;
            let reachable = shapes.email + shapes.phone + shapes.both;
            findings
                .ok(WHAT, format!("{} people, {reachable} with a contact that codes go to", summary.people));
        }
    }
}

/// With another root than the registry's, nobody in it is found any more.
async fn check_root(people: &People, keys: &RegistryKeys, findings: &mut Findings) {
    if let Ok(Root::Another) = people.made_with(keys).await {
        findings.error(
            "registry",
            "was made with another RECUPMAIL_REGISTRY_ROOT: nobody in it can be found",
            "restore the root that the registry was made with: without it every sealed record, issued code and \
             password of the embedded directory is lost. A new root is for a new deployment alone",
        );
    }
}

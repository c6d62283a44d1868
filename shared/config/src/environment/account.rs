//! What operators' tools are told of the account besides.

use super::{Environment, EnvironmentError, LOOPBACK_LIMIT, Store};

impl Environment {
    /// Whether this is the stack of one machine, which keeps nothing as AWS does: its database is here, and it
    /// sets what deployments have not.
    pub fn is_local(&self) -> bool {
        let database = self.dynamodb().ok().and_then(|store| store.endpoint);
        self.find(LOOPBACK_LIMIT).is_some() && database.is_some_and(|url| is_here(&url))
    }

    /// The stack's name, `RECUPMAIL_STACK`: names of alarms begin with it.
    pub fn stack(&self) -> Result<&str, EnvironmentError> {
        self.require("RECUPMAIL_STACK")
    }

    /// How CloudWatch is reached.
    pub fn cloudwatch(&self) -> Result<Store, EnvironmentError> {
        self.store("AWS_ENDPOINT_URL_CLOUDWATCH")
    }

    /// How topics are reached.
    pub fn topics(&self) -> Result<Store, EnvironmentError> {
        self.store("AWS_ENDPOINT_URL_SNS")
    }

    /// The functions' own URLs, `RECUPMAIL_FUNCTION_URLS`, separated by commas.
    pub fn function_urls(&self) -> Result<Vec<String>, EnvironmentError> {
        const NAME: &str = "RECUPMAIL_FUNCTION_URLS";
        let urls: Vec<String> = self.require(NAME)?.split(',').map(|url| url.trim().to_owned()).collect();
        let sound = urls.iter().all(|url| url.starts_with("https://") || is_here(url));
        if sound {
            Ok(urls)
        } else {
            Err(EnvironmentError::Malformed(NAME, "https://…, separated by commas"))
        }
    }

    /// The configuration set that mails should get, `RECUPMAIL_MAIL_CONFIGURATION`.
    pub fn mail_configuration(&self) -> Option<&str> {
        self.find("RECUPMAIL_MAIL_CONFIGURATION")
    }
}

fn is_here(url: &str) -> bool {
    ["http://127.0.0.1:", "http://localhost:"].iter().any(|start| url.starts_with(start))
}

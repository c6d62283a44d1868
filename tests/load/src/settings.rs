//! What the environment says; goose's own flags say how many, how fast and how long.

use std::env::var;

/// Where the functions are, and whose recoveries are tried.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// What stands before a step's name: `/lambda-url/` of the local stack, `/api/` of a deployed site.
    pub(crate) prefix: String,
    /// Whether a path ends with a slash: function URLs of the local stack do.
    pub(crate) slash: &'static str,
    /// The origin that the functions know as their site's.
    pub(crate) origin: String,
    /// Where mails can be read, of the local stack.
    pub(crate) outbox: Option<String>,
    /// The registry file.
    pub(crate) registry: String,
    /// A file of issued desk codes (`person_id,code`), where no mail can be read.
    pub(crate) desk_codes: Option<String>,
}

impl Settings {
    /// Reads them.
    pub(crate) fn read() -> Self {
        let text = |name: &str| var(name).ok().filter(|value| !value.is_empty());
        let prefix = text("RECUPMAIL_LOAD_PREFIX").unwrap_or_else(|| "/lambda-url/".to_owned());
        Self {
            slash: if prefix == "/lambda-url/" { "/" } else { "" },
            prefix,
            origin: text("RECUPMAIL_LOAD_ORIGIN").unwrap_or_else(|| "http://localhost:8000".to_owned()),
            outbox: text("RECUPMAIL_LOAD_OUTBOX"),
            registry: text("RECUPMAIL_LOAD_REGISTRY")
                .unwrap_or_else(|| "target/load/institution/registry.csv".to_owned()),
            desk_codes: text("RECUPMAIL_LOAD_DESK_CODES"),
        }
    }

    /// The path of a step.
    pub(crate) fn path(&self, step: &str) -> String {
        format!("{}{step}{}", self.prefix, self.slash)
    }
}

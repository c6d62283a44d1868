//! The environment that the functions get here, and the tools with them.

use crate::run_folder::RunFolder;
use crate::settings::Settings;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rand::Rng;
use recupmail_config::{Environment, Table, machine_rng};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Variables and their values.
pub(crate) type Variables = Vec<(String, String)>;

/// Where the services' gates stand.
#[derive(Debug)]
pub(crate) struct Endpoints {
    pub(crate) dynamodb: String,
    pub(crate) ses: String,
    pub(crate) sns: String,
    pub(crate) voice: String,
    pub(crate) secrets: String,
}

/// What calls come from here.
pub(crate) const VOICE_ORIGINATION: &str = "local-pool";

/// The folder of an institution.
pub(crate) fn institution_folder(settings: &Settings) -> PathBuf {
    Path::new("infra/institutions").join(&settings.institution)
}

/// The origins of the site: both loopback names.
pub(crate) fn origins(settings: &Settings) -> [String; 2] {
    ["localhost", "127.0.0.1"].map(|name| format!("http://{name}:{}", settings.port))
}

/// Everything a function of the deployment would get from the template.
pub(crate) fn variables(
    settings: &Settings,
    run: &RunFolder,
    endpoints: &Endpoints,
) -> io::Result<Variables> {
    let absolute = |path: PathBuf| std::path::absolute(path).map(|path| path.display().to_string());
    let loopback = settings.network_limit.map_or_else(|| "lifted".to_owned(), |limit| limit.to_string());
    let (registry_root, session_root) = roots(settings)?;
    let mut variables: Variables = [
        ("RECUPMAIL_INSTITUTION", absolute(institution_folder(settings))?),
        ("RECUPMAIL_ORIGINS", origins(settings).join(",")),
        ("RECUPMAIL_LOOPBACK_LIMIT", loopback),
        ("RECUPMAIL_CLOCK_OFFSET_FILE", absolute(run.clock_offset())?),
        ("RECUPMAIL_REGISTRY_ROOT", registry_root),
        ("RECUPMAIL_SESSION_ROOT", session_root),
        ("AWS_ENDPOINT_URL_DYNAMODB", endpoints.dynamodb.clone()),
        ("AWS_ENDPOINT_URL_SES", endpoints.ses.clone()),
        ("AWS_ENDPOINT_URL_SNS", endpoints.sns.clone()),
        ("AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2", endpoints.voice.clone()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", endpoints.secrets.clone()),
        ("RECUPMAIL_VOICE_ORIGINATION", VOICE_ORIGINATION.to_owned()),
        ("AWS_REGION", "eu-west-3".to_owned()),
        ("AWS_ACCESS_KEY_ID", "local".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    if !cfg!(debug_assertions) {
        variables.retain(|(name, _)| name != "RECUPMAIL_CLOCK_OFFSET_FILE");
    }
    variables.extend(Environment::of_process().of_directories());
    variables.extend(Table::ALL.map(|table| (table.variable().to_owned(), table_name(table).to_owned())));
    Ok(variables)
}

const fn table_name(table: Table) -> &'static str {
    match table {
        Table::Challenges => "recupmail-challenges",
        Table::Limits => "recupmail-limits",
        Table::People => "recupmail-people",
        Table::Issued => "recupmail-issued",
        Table::Accounts => "recupmail-accounts",
        Table::Audit => "recupmail-audit",
    }
}

/// The two roots: new ones at each start, or those that lie with the data that was made with them.
fn roots(settings: &Settings) -> io::Result<(String, String)> {
    let Some(data) = &settings.data else { return Ok((new_root(), format!("1:{}", new_root()))) };
    let file = data.join("roots");
    if let Ok(kept) = fs::read_to_string(&file)
        && let Some((registry, session)) = kept.trim().split_once('\n')
    {
        return Ok((registry.to_owned(), session.to_owned()));
    }
    let roots = (new_root(), format!("1:{}", new_root()));
    write_private(&file, &format!("{}\n{}\n", roots.0, roots.1))?;
    Ok(roots)
}

fn new_root() -> String {
    let mut root = [0; 32];
    machine_rng().fill_bytes(&mut root);
    BASE64_STANDARD.encode(root)
}

/// Writes a file that its owner alone can read.
pub(crate) fn write_private(path: &Path, contents: &str) -> io::Result<()> {
    use std::io::Write;
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(contents.as_bytes())
}

/// The same variables as this process itself reads them.
pub(crate) fn environment(variables: &Variables) -> Environment {
    variables.iter().cloned().collect()
}

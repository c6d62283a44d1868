//! Reading people from a directory into a registry file without a name.

use crate::ending::Failure;
use crate::place::Whereabouts;
use crate::terminal::progress;
use recupmail_aws::Secrets;
use recupmail_config::Institution;
use recupmail_directory::LdapRegistry;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Seek;

/// Everybody whom the directory of `[registry]` knows, as a registry file that nobody else can open and that is
/// gone with this process.
pub(crate) async fn from_directory(at: &Whereabouts) -> Result<File, Failure> {
    let (folder, environment) = (at.institution()?, at.environment()?);
    let institution = Institution::load(&folder)?;
    let Some(source) = &institution.registry else {
        return Err(
            "the institution's file names no directory to read people from: add [registry.ldap]".into()
        );
    };
    let secrets = Secrets::of(environment.directory_secrets().map_err(|cause| at.hint(cause))?);
    let ldap = LdapRegistry::new(&source.ldap, institution.folder(), secrets)?;
    let columns: Vec<&str> = columns(&institution);
    let mut file = csv::Writer::from_writer(tempfile::tempfile()?);
    file.write_record(&columns)?;
    let bar = progress("Reading people", 0);
    let read = ldap.read(|row: BTreeMap<String, String>| {
        bar.inc(1);
        let row = columns.iter().map(|name| row.get(*name).map_or("", String::as_str));
        file.write_record(row).map_err(std::io::Error::other)
    });
    let read = read.await;
    bar.finish_and_clear();
    read?;
    let mut file = file.into_inner().map_err(|error| error.to_string())?;
    file.rewind()?;
    Ok(file)
}

/// All columns of a registry file of this institution.
fn columns(institution: &Institution) -> Vec<&str> {
    let fields = institution.schemes.values().flat_map(|scheme| &scheme.fields);
    let mut columns: Vec<&str> =
        recupctl::import::COLUMNS.into_iter().chain(fields.map(|field| field.id.as_str())).collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

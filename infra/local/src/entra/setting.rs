//! Whether an institution writes passwords to Entra ID, and with what its application proves itself here.

use crate::environment::Variables;
use rand::RngExt;
use recupmail_config::{
    Credential, DirectoryFile, DirectorySecrets, Entra, Environment, Institution, machine_rng,
};
use recupmail_domain::secret::Confidential;

/// An institution's Entra ID.
pub(crate) struct Setting {
    pub(super) file: Entra,
    pub(super) secret: Confidential<String>,
    variable: String,
}

/// The Entra ID that is to be stood in for: the first of the institution's directories, unless the environment
/// names where one answers.
pub(crate) fn setting(
    institution: &Institution,
    environment: &Environment,
) -> Result<Option<Setting>, String> {
    let outer = environment.entra_endpoint().map_err(|error| error.to_string())?;
    let mut directories = institution.directories.iter();
    let found = directories.find_map(|(name, file)| match file {
        DirectoryFile::Entra(file) => Some((name, file)),
        _ => None,
    });
    let (Some((name, file)), None) = (found, outer) else { return Ok(None) };
    let variable = format!("RECUPMAIL_DIRECTORY_SECRET_{}", name.to_uppercase().replace('-', "_"));
    let secrets = environment.directory_secrets().map_err(|error| error.to_string())?;
    let DirectorySecrets::Given(mut given) = secrets else {
        return Err(format!("the stand-in of Entra ID takes its secret from {variable} alone"));
    };
    let secret = match (given.remove(name), file.credential) {
        (Some(secret), _) => secret,
        (None, Credential::Secret) => Confidential::new(format!("{:032x}", machine_rng().random::<u128>())),
        (None, Credential::Certificate) => {
            return Err(format!(
                "{variable} must hold a certificate and its key in PEM, as from: openssl req -x509 -newkey \
                 rsa:2048 -nodes -subj /CN=recupmail -keyout - -out -"
            ));
        }
    };
    Ok(Some(Setting { file: file.clone(), secret, variable }))
}

impl Setting {
    /// What the functions are told of it, besides what they know already.
    pub(crate) fn tell(&self, origin: &str, variables: &mut Variables) {
        let told = [("RECUPMAIL_ENTRA_ENDPOINT", origin), (&self.variable, self.secret.reveal())];
        for (name, value) in told {
            if !variables.iter().any(|(known, _)| known == name) {
                variables.push((name.to_owned(), value.to_owned()));
            }
        }
    }
}

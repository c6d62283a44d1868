//! The one application that is registered: who it is, how it proves itself, and what it may do.

use super::assertion::Registered;
use super::setting::Setting;
use recupmail_config::{Cloud, Credential};
use recupmail_domain::secret::Confidential;
use serde::Deserialize;

/// What a change of a password needs, and what the end of all sessions needs.
pub(super) const SET_PASSWORD: &str = "User-PasswordProfile.ReadWrite.All";
pub(super) const REVOKE_SESSIONS: &str = "User.RevokeSessions.All";

/// The application.
pub(super) struct Application {
    pub(super) tenant: String,
    pub(super) client: String,
    /// The one scope that it may ask for.
    pub(super) scope: &'static str,
    pub(super) proof: Proof,
    pub(super) standing: Standing,
    pub(super) permissions: Vec<String>,
}

/// How it proves itself.
pub(super) enum Proof {
    Secret(Confidential<String>),
    Certificate(Registered),
}

/// Whether its proof still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Standing {
    Good,
    /// It is past its end.
    Expired,
    /// Another took its place.
    Replaced,
}

impl Application {
    /// As the institution's file names it, with all that it needs.
    pub(super) fn registered(setting: &Setting) -> Result<Self, &'static str> {
        let file = &setting.file;
        let proof = match file.credential {
            Credential::Secret => Proof::Secret(setting.secret.clone()),
            Credential::Certificate => Proof::Certificate(Registered::from_pem(setting.secret.reveal())?),
        };
        Ok(Self {
            tenant: file.tenant.clone(),
            client: file.client.clone(),
            scope: match file.cloud {
                Cloud::Global => "https://graph.microsoft.com/.default",
                Cloud::UsGovernment => "https://graph.microsoft.us/.default",
                Cloud::UsGovernmentDod => "https://dod-graph.microsoft.us/.default",
                Cloud::China => "https://microsoftgraph.chinacloudapi.cn/.default",
            },
            proof,
            standing: Standing::Good,
            permissions: [SET_PASSWORD, REVOKE_SESSIONS].map(str::to_owned).into(),
        })
    }
}

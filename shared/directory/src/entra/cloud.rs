//! Where Microsoft Entra ID and Microsoft Graph answer.

use crate::remote::SetupError;
use recupmail_config::Cloud;
use reqwest::Url;

/// The addresses of one cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Places {
    /// Where tokens are had.
    pub(super) login: String,
    /// Where accounts are changed.
    pub(super) graph: String,
    /// Which service tokens are asked for, whatever address it answers at.
    pub(super) scope: String,
}

/// Login and Graph of a cloud. Sources: <https://learn.microsoft.com/graph/deployments>; for the login in China,
/// which has two names, that of <https://docs.azure.cn/entra/identity-platform/certificate-credentials>.
const fn hosts(cloud: Cloud) -> (&'static str, &'static str) {
    match cloud {
        Cloud::Global => ("https://login.microsoftonline.com", "https://graph.microsoft.com"),
        Cloud::UsGovernment => ("https://login.microsoftonline.us", "https://graph.microsoft.us"),
        Cloud::UsGovernmentDod => ("https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
        Cloud::China => {
            ("https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn")
        }
    }
}

impl Places {
    /// Those of a cloud, or both behind one endpoint: encrypted, or on this machine.
    pub(super) fn of(cloud: Cloud, directory: &str, endpoint: Option<&str>) -> Result<Self, SetupError> {
        let (login, graph) = hosts(cloud);
        let scope = format!("{graph}/.default");
        let Some(endpoint) = endpoint else {
            return Ok(Self { login: login.to_owned(), graph: graph.to_owned(), scope });
        };
        let origin = origin_of(endpoint).ok_or_else(|| SetupError::Client {
            directory: directory.to_owned(),
            cause: "its endpoint must be an https:// origin, or http:// on this machine".to_owned(),
        })?;
        Ok(Self { login: origin.clone(), graph: origin, scope })
    }

    /// Whether connections are encrypted.
    pub(super) fn encrypted(&self) -> bool {
        [&self.login, &self.graph].iter().all(|place| place.starts_with("https://"))
    }
}

/// The origin that an endpoint is, if it is one and passwords may travel there.
fn origin_of(endpoint: &str) -> Option<String> {
    let url = Url::parse(endpoint).ok()?;
    let here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none();
    let allowed = url.scheme() == "https" || (url.scheme() == "http" && here);
    (plain && allowed).then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cloud_has_its_own_login_graph_and_scope() {
        let places = |cloud| Places::of(cloud, "m365", None).unwrap();
        let table = [
            (Cloud::Global, "login.microsoftonline.com", "graph.microsoft.com"),
            (Cloud::UsGovernment, "login.microsoftonline.us", "graph.microsoft.us"),
            (Cloud::UsGovernmentDod, "login.microsoftonline.us", "dod-graph.microsoft.us"),
            (Cloud::China, "login.partner.microsoftonline.cn", "microsoftgraph.chinacloudapi.cn"),
        ];
        for (cloud, login, graph) in table {
            let places = places(cloud);
            assert_eq!(places.login, format!("https://{login}"));
            assert_eq!(places.graph, format!("https://{graph}"));
            assert_eq!(places.scope, format!("https://{graph}/.default"));
            assert!(places.encrypted());
        }
    }

    #[test]
    fn an_endpoint_takes_the_place_of_both_and_the_scope_stays() {
        let places = Places::of(Cloud::Global, "m365", Some("http://127.0.0.1:4000")).unwrap();
        assert_eq!(
            (places.login.as_str(), places.graph.as_str()),
            ("http://127.0.0.1:4000", places.login.as_str())
        );
        assert_eq!(places.scope, "https://graph.microsoft.com/.default");
        assert!(!places.encrypted());
    }

    #[test]
    fn passwords_travel_in_the_clear_on_this_machine_alone() {
        for refused in [
            "http://graph.example",
            "http://127.0.0.1:80@graph.example",
            "http://localhost:80@graph.example/",
            "http://localhost.example",
            "https://graph.example/path",
            "https://graph.example/?query",
            "ftp://127.0.0.1",
            "graph.example",
        ] {
            assert!(Places::of(Cloud::Global, "m365", Some(refused)).is_err(), "{refused}");
        }
        for taken in ["https://proxy.example:8443", "http://localhost:1", "http://[::1]:1/"] {
            assert!(Places::of(Cloud::Global, "m365", Some(taken)).is_ok(), "{taken}");
        }
    }
}

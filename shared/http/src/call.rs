//! One request, read in the contract's order: cross-site, method, content type, size, JSON, members.

use crate::problem::{Problem, ProblemCode};
use crate::serve::Edge;
use crate::session::{Presented, leaving, presented};
use lambda_http::http::header::{CONTENT_TYPE, ORIGIN};
use lambda_http::http::{HeaderMap, Method};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt};
use recupmail_config::Network;
use recupmail_domain::clock::Timestamp;
use recupmail_domain::recovery::session::Session;
use serde::de::{DeserializeOwned, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

/// Longest body, in bytes.
const LONGEST_BODY: usize = 8 * 1024;

/// A request that passed the checks before its body.
#[derive(Debug)]
pub struct Call<'a> {
    request: &'a Request,
    edge: &'a Edge,
    now: Timestamp,
}

impl<'a> Call<'a> {
    pub(crate) fn admit(
        request: &'a Request,
        edge: &'a Edge,
        allowed: &[Method],
        now: Timestamp,
    ) -> Result<Self, Problem> {
        if !same_site(request.headers(), &edge.network) {
            return Err(Problem::new(ProblemCode::CrossSite));
        }
        if !allowed.contains(request.method()) {
            return Err(Problem::new(ProblemCode::MethodNotAllowed));
        }
        Ok(Self { request, edge, now })
    }

    /// Whether this only asks for the state.
    pub fn is_get(&self) -> bool {
        self.request.method() == Method::GET
    }

    /// The body's members.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        if !is_json(self.request.headers()) {
            return Err(Problem::new(ProblemCode::UnsupportedMediaType));
        }
        let bytes: &[u8] = match self.request.body() {
            Body::Text(text) => text.as_bytes(),
            Body::Binary(bytes) => bytes,
            _ => &[],
        };
        if bytes.len() > LONGEST_BODY {
            return Err(Problem::new(ProblemCode::TooLarge));
        }
        // An array would be read as an object's members in order.
        if bytes.trim_ascii_start().first() != Some(&b'{') {
            return Err(Problem::new(ProblemCode::Malformed));
        }
        serde_json::from_slice(bytes).map_err(|_| Problem::new(ProblemCode::Malformed))
    }

    /// The session that the cookie carries.
    pub fn session(&self) -> Result<Presented, Problem> {
        Ok(presented(self.request.headers(), &self.edge.tokens, self.now)?)
    }

    /// The session to end, however old its cookie is.
    pub fn leaving(&self) -> Option<Session> {
        leaving(self.request.headers(), &self.edge.tokens, self.now)
    }

    /// The address that the request comes from: what CloudFront says where it stands in front, else what
    /// the platform saw. Without either all share one network, which is the careful way round.
    pub fn viewer(&self) -> IpAddr {
        let unknown = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        if self.edge.network.behind_cloudfront {
            let header = self.request.headers().get("cloudfront-viewer-address");
            let address =
                header.and_then(|value| value.to_str().ok()).and_then(|value| value.rsplit_once(':'));
            return address.and_then(|(ip, _)| ip.trim_matches(['[', ']']).parse().ok()).unwrap_or(unknown);
        }
        match self.request.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => {
                context.http.source_ip.as_deref().and_then(|ip| ip.parse().ok()).unwrap_or(unknown)
            }
            _ => unknown,
        }
    }
}

/// Whether a browser says that our own page, or no page, makes this call; a caller without either header is
/// no browser.
fn same_site(headers: &HeaderMap, network: &Network) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => network.origins.iter().any(|own| own == origin),
        (None, None) => true,
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}

/// An optional member that, when present, has a value; `null` is none.
#[derive(Debug)]
pub struct Present<T>(pub Option<T>);

impl<T> Default for Present<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Present<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(|value| Self(Some(value)))
    }
}

/// Random characters that make a body's hash in a proxy's log say nothing. Its shape is checked, no more.
#[derive(Debug)]
pub struct Nonce;

impl<'de> Deserialize<'de> for Nonce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let sound =
            text.len() == 22 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if sound { Ok(Self) } else { Err(D::Error::custom("not a nonce")) }
    }
}

/// Text members by name, none of them twice.
#[derive(Debug, Default)]
pub struct UniqueFields(pub BTreeMap<String, String>);

impl<'de> Deserialize<'de> for UniqueFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = UniqueFields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<UniqueFields, A::Error> {
                let mut fields = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, String>()? {
                    if fields.insert(name, value).is_some() {
                        return Err(A::Error::custom("a member twice"));
                    }
                }
                Ok(UniqueFields(fields))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

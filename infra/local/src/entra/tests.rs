//! The stand-in refuses whatever is not as the reference says; and the adapter that a deployment has, against it.

use super::{EntraService, Setting, setting};
use recupmail_config::{Environment, Institution, system_clock};
use recupmail_directory::{How, RemoteDirectory, remote_directories};
use recupmail_domain::challenge::writes::applying::DIRECTORIES;
use recupmail_domain::clock::{Clock, Timestamp};
use recupmail_domain::person::Profile;
use recupmail_domain::ports::{ReadSecret, Unavailable, WriteFailure, WritePassword};
use recupmail_domain::secret::Confidential;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const TENANT: &str = "tenant.example";
const CLIENT: &str = "11111111-2222-3333-4444-555555555555";
const SCOPE: &str = "https://graph.microsoft.com/.default";
const SOMEBODY: &str = "oussama.berrada@usms.ac.ma";

/// A clock that tests set ahead.
#[derive(Clone, Default)]
struct Ahead(Arc<AtomicI64>);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        let millis = system_clock(None).now().as_millis();
        Timestamp::from_millis(millis + self.0.load(Ordering::Relaxed) * 1000)
    }
}

/// The one secret there is.
#[derive(Clone)]
struct Known(String);

impl ReadSecret for Known {
    async fn read_secret(&self, _name: &str) -> Result<Confidential<String>, Unavailable> {
        Ok(Confidential::new(self.0.clone()))
    }

    async fn read_secret_anew(&self, name: &str) -> Result<Confidential<String>, Unavailable> {
        self.read_secret(name).await
    }
}

/// The stand-in, and what speaks to it.
struct House {
    service: Arc<EntraService>,
    origin: String,
    http: reqwest::Client,
    institution: Institution,
    setting: Setting,
    clock: Ahead,
}

impl House {
    /// With a client secret.
    async fn open() -> Self {
        Self::with("secret", None).await
    }

    /// With a certificate.
    async fn with_certificate() -> Self {
        Self::with("certificate", Some(&certificate())).await
    }

    async fn with(credential: &str, secret: Option<&str>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let usms = Path::new(env!("CARGO_MANIFEST_DIR")).join("../institutions/usms");
        let mut institution = Institution::load(&usms).unwrap();
        let entra = json!({"entra": {"tenant": TENANT, "client": CLIENT, "credential": credential, "accounts": "academic-email"}});
        institution.directories.clear();
        institution.directories.insert("m365".to_owned(), serde_json::from_value(entra).unwrap());
        let variables =
            secret.map(|secret| ("RECUPMAIL_DIRECTORY_SECRET_M365".to_owned(), secret.to_owned()));
        let setting = setting(&institution, &variables.into_iter().collect()).unwrap().unwrap();
        let clock = Ahead::default();
        let registry = usms.join("registry.csv");
        let (service, port) =
            EntraService::start(&setting, &registry, Box::new(clock.clone())).await.unwrap();
        let origin = format!("http://127.0.0.1:{port}");
        service.reached_at(origin.clone());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { service, origin, http, institution, setting, clock }
    }

    fn secret(&self) -> String {
        self.setting.secret.reveal().clone()
    }

    /// An instance of the adapter, as a deployment has it.
    fn directory(&self, secret: &str) -> RemoteDirectory<Known> {
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let known = Known(secret.to_owned());
        remote_directories(&self.institution, &known, Some(&self.origin), &clock).unwrap().remove(0)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.origin))
    }

    /// What the token endpoint answers to these parameters.
    async fn token(&self, parameters: &[(&str, &str)]) -> (u16, Value) {
        let pairs: Vec<String> = parameters
            .iter()
            .map(|(name, value)| format!("{name}={}", value.replace("://", "%3A%2F%2F")))
            .collect();
        let request = self.request(Method::POST, &format!("/{TENANT}/oauth2/v2.0/token"));
        answer(request.header("content-type", "application/x-www-form-urlencoded").body(pairs.join("&")))
            .await
    }

    async fn bearer(&self) -> String {
        let secret = self.secret();
        let (status, body) = self.token(&asking(&secret)).await;
        assert_eq!(
            (status, body["token_type"].as_str(), body["expires_in"].as_u64()),
            (200, Some("Bearer"), Some(3599))
        );
        body["access_token"].as_str().unwrap().to_owned()
    }

    fn counted(&self) -> (u32, u32) {
        let counted = self.service.with(|state| state.accounts.counted(SOMEBODY)).unwrap();
        (counted.password_set, counted.sessions_revoked)
    }

    fn tokens(&self) -> u32 {
        self.service.with(|state| state.issued.requests)
    }
}

/// The parameters of a request for a token.
fn asking(secret: &str) -> [(&str, &str); 4] {
    [("client_id", CLIENT), ("scope", SCOPE), ("grant_type", "client_credentials"), ("client_secret", secret)]
}

async fn answer(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
}

fn certificate() -> String {
    let words = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=recupmail",
        "-keyout",
        "-",
        "-out",
        "-",
    ];
    let output = Command::new("openssl").args(words).output().expect("Debian's package openssl is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Why certainly nothing was written.
async fn not_written(directory: &RemoteDirectory<Known>) -> String {
    let failure = directory.write_password(&somebody(SOMEBODY), &password(), DIRECTORIES).await.unwrap_err();
    assert!(matches!(failure, WriteFailure::NotWritten(_)), "{failure}");
    let causes = std::iter::successors(failure.source(), |cause| (*cause).source());
    causes.last().map(ToString::to_string).unwrap_or_default()
}

fn somebody(academic_email: &str) -> Profile {
    Profile { academic_email: academic_email.to_owned(), ..Profile::nobody(Vec::new()) }
}

fn password() -> Confidential<String> {
    Confidential::new("Tagine-7-citrons".to_owned())
}

#[tokio::test]
async fn a_token_is_granted_to_who_asks_for_it_in_every_detail_as_the_reference_says() {
    let house = House::open().await;
    let secret = house.secret();
    house.bearer().await;
    let good = asking(&secret);
    let with = |place: usize, value: &'static str| {
        let mut changed = good;
        changed[place].1 = value;
        changed
    };
    let table = [
        (with(0, "22222222-2222-3333-4444-555555555555").to_vec(), 400, 700_016),
        (with(1, "https://graph.microsoft.us/.default").to_vec(), 400, 70_011),
        (with(2, "password").to_vec(), 400, 70_003),
        (with(3, "wrong").to_vec(), 401, 7_000_215),
        (good[..3].to_vec(), 401, 7_000_218),
        (good[..2].to_vec(), 400, 900_144),
        ([good.as_slice(), &[("resource", "x")]].concat(), 400, 900_144),
        ([good.as_slice(), &good[3..]].concat(), 400, 900_144),
    ];
    for (parameters, status, number) in table {
        let (answered, body) = house.token(&parameters).await;
        assert_eq!((answered, body["error_codes"][0].as_u64()), (status, Some(number)), "{body}");
        let description = body["error_description"].as_str().unwrap();
        assert!(description.starts_with(&format!("AADSTS{number}: ")), "{description}");
    }
    let json = house.request(Method::POST, &format!("/{TENANT}/oauth2/v2.0/token")).json(&json!({}));
    assert_eq!(answer(json).await.0, 400);
    let elsewhere = house.request(Method::POST, "/elsewhere/oauth2/v2.0/token").form(&good);
    assert_eq!(answer(elsewhere).await.1["error_codes"][0], 90_002);
}

#[tokio::test]
async fn a_password_is_set_by_who_asks_for_it_in_every_detail_as_the_reference_says() {
    let house = House::open().await;
    let bearer = house.bearer().await;
    let path = format!("/v1.0/users/{SOMEBODY}");
    let body = |password: &str| json!({"passwordProfile": {"forceChangePasswordNextSignIn": false, "password": password}});
    let ask = |path: &str| house.request(Method::PATCH, path).bearer_auth(&bearer);
    let code = |(status, body): (u16, Value)| {
        (status, body["error"]["code"].as_str().unwrap_or_default().to_owned())
    };

    let nobody = answer(ask("/v1.0/users/nobody@usms.ac.ma").json(&body("Tagine-7-citrons"))).await;
    assert!(nobody.1["error"]["innerError"]["request-id"].is_string());
    assert_eq!(code(nobody), (404, "Request_ResourceNotFound".to_owned()));
    let without = house.request(Method::PATCH, &path).json(&body("Tagine-7-citrons"));
    assert_eq!(code(answer(without).await), (401, "InvalidAuthenticationToken".to_owned()));
    let other = house.request(Method::PATCH, &path).bearer_auth("other").json(&body("Tagine-7-citrons"));
    assert_eq!(answer(other).await.0, 401);
    assert_eq!(answer(ask(&path).body(body("Tagine-7-citrons").to_string())).await.0, 415);
    let mut unknown = body("Tagine-7-citrons");
    unknown["accountEnabled"] = json!(true);
    let mut missing = body("Tagine-7-citrons");
    missing["passwordProfile"].as_object_mut().unwrap().remove("forceChangePasswordNextSignIn");
    for wrong in [unknown, missing, body("Short-7"), json!([])] {
        assert_eq!(
            code(answer(ask(&path).json(&wrong)).await),
            (400, "Request_BadRequest".to_owned()),
            "{wrong}"
        );
    }
    assert_eq!(house.counted(), (0, 0));

    assert_eq!(answer(ask(&path).json(&body("Tagine-7-citrons"))).await.0, 204);
    assert!(house.service.accepts(SOMEBODY, "Tagine-7-citrons"));
    let revoke = || house.request(Method::POST, &format!("{path}/revokeSignInSessions")).bearer_auth(&bearer);
    assert_eq!(answer(revoke().json(&json!({}))).await.0, 400);
    assert_eq!(answer(revoke().header("content-length", 0)).await.1["value"], true);
    assert_eq!(house.counted(), (1, 1));

    house.clock.0.store(3600, Ordering::Relaxed);
    assert_eq!(answer(ask(&path).json(&body("Tagine-7-citrons"))).await.0, 401, "an hour later");
}

#[tokio::test]
async fn an_instance_uses_one_token_for_everybody_until_shortly_before_its_end() {
    for house in [House::open().await, House::with_certificate().await] {
        let directory = house.directory(&house.secret());
        for _ in 0..2 {
            directory.write_password(&somebody(SOMEBODY), &password(), DIRECTORIES).await.unwrap();
        }
        assert_eq!((house.counted(), house.tokens()), ((2, 2), 1));
        house.clock.0.store(3200, Ordering::Relaxed);
        directory.write_password(&somebody(SOMEBODY), &password(), DIRECTORIES).await.unwrap();
        assert_eq!(house.tokens(), 1);
        house.clock.0.store(3300, Ordering::Relaxed);
        directory.write_password(&somebody(SOMEBODY), &password(), DIRECTORIES).await.unwrap();
        assert_eq!(house.tokens(), 2, "five minutes before its end it is replaced");
    }
}

#[tokio::test]
async fn a_certificate_of_another_or_a_clock_that_is_off_gets_no_token() {
    let house = House::with_certificate().await;
    let write = async |secret: &str| not_written(&house.directory(secret)).await;
    assert_eq!(write(&certificate()).await, "granted no token: 401 AADSTS700027");
    assert!(write("no certificate").await.contains("holds no PEM certificate"));
    let clock: Arc<dyn Clock> = Arc::new(Ahead(Arc::new(AtomicI64::new(-900))));
    let known = Known(house.secret());
    let late = remote_directories(&house.institution, &known, Some(&house.origin), &clock).unwrap().remove(0);
    assert_eq!(not_written(&late).await, "granted no token: 401 AADSTS700024");
    let signs = late.inspect(clock.now()).await;
    let told = signs.iter().any(|sign| sign.how == How::Broken && sign.said.contains("ahead of ours"));
    assert!(told, "{signs:?}");
    assert_eq!(house.counted(), (0, 0));
}

#[tokio::test]
async fn who_has_no_account_gets_no_password() {
    let house = House::open().await;
    for nobody in ["nobody@usms.ac.ma", ""] {
        let written = house
            .directory(&house.secret())
            .write_password(&somebody(nobody), &password(), DIRECTORIES)
            .await;
        assert!(matches!(written, Err(WriteFailure::NotWritten(_))), "{nobody}: {written:?}");
    }
}

#[tokio::test]
async fn a_look_at_it_tells_what_the_application_lacks_and_changes_nobody() {
    let house = House::open().await;
    let broken = async |secret: &str| {
        let signs = house.directory(secret).inspect(house.clock.now()).await;
        signs.into_iter().filter(|sign| sign.how == How::Broken).map(|sign| sign.said).collect::<Vec<_>>()
    };
    assert!(broken(&house.secret()).await.is_empty());
    assert_eq!(broken("wrong").await, ["granted no token: 401 AADSTS7000215"]);
    house.service.with(|state| state.application.permissions.truncate(1));
    assert_eq!(broken(&house.secret()).await, ["the application lacks User.RevokeSessions.All"]);
    assert_eq!(house.counted(), (0, 0));
}

#[test]
fn an_institution_without_entra_id_or_with_its_own_endpoint_has_no_stand_in() {
    let usms = Path::new(env!("CARGO_MANIFEST_DIR")).join("../institutions/usms");
    let mut institution = Institution::load(&usms).unwrap();
    let nothing = Environment::from_iter([]);
    assert!(setting(&institution, &nothing).unwrap().is_none());
    let entra = json!({"entra": {"tenant": TENANT, "client": CLIENT, "credential": "certificate"}});
    institution.directories.clear();
    institution.directories.insert("m365".to_owned(), serde_json::from_value(entra).unwrap());
    let elsewhere = ("RECUPMAIL_ENTRA_ENDPOINT".to_owned(), "https://entra.example".to_owned());
    assert!(setting(&institution, &Environment::from_iter([elsewhere])).unwrap().is_none());
    let wanted = setting(&institution, &nothing).err().unwrap();
    assert!(wanted.starts_with("RECUPMAIL_DIRECTORY_SECRET_M365 must hold a certificate"), "{wanted}");
}

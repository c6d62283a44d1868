//! An emulator of AWS, and calls to it that are signed as AWS wants them.

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use recupmail_tests::http;
use reqwest::{Method, RequestBuilder, Response};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

/// Where everything is deployed.
pub(crate) const REGION: &str = "eu-west-3";
/// The account's own key, which may do everything.
pub(crate) const KEY: (&str, &str) = ("test", "test");
/// How long it may take to start.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running emulator. It ends with the process that started it.
#[derive(Debug)]
pub(crate) struct Emulator {
    port: u16,
    _child: Child,
}

/// The repository's top folder.
pub(crate) fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

impl Emulator {
    /// Starts one whose log and files lie in this folder.
    pub(crate) async fn start(folder: &Path) -> Self {
        let program = top().join(".local/emulator-venv/bin/ministack");
        assert!(program.is_file(), "{} is missing: make template-tools", program.display());
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let log = std::fs::File::create(folder.join("emulator.log")).unwrap();
        // A shell that outlives this process by a moment ends the emulator: what is static is never dropped.
        let child = Command::new("/bin/sh")
            .args(["-c", r#""$@" & cat > /dev/null; kill $!; wait"#, "sh"])
            .arg(program)
            .env("AUTH", "true")
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("MINISTACK_REGION", REGION)
            // Functions are told that AWS is here.
            .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"))
            // These two would listen beyond this machine.
            .env("SFTP_ENABLED", "false")
            .env("IOT_MTLS_ENABLED", "false")
            .env("TMPDIR", folder)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let emulator = Self { port, _child: child };
        let mut waited = Duration::ZERO;
        let ready = emulator.url("/_ministack/ready");
        while !http().get(&ready).send().await.is_ok_and(|answer| answer.status().is_success()) {
            let said = || std::fs::read_to_string(folder.join("emulator.log")).unwrap_or_default();
            assert!(waited < PATIENCE, "the emulator did not start:\n{}", said());
            tokio::time::sleep(Duration::from_millis(50)).await;
            waited += Duration::from_millis(50);
        }
        emulator
    }

    /// A path of the emulator.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What the emulator tells of itself.
    pub(crate) async fn told(&self, path: &str) -> serde_json::Value {
        let answer = http().get(self.url(path)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    /// A request that nobody signed, to a host that the emulator stands for.
    pub(crate) fn unsigned(&self, method: &Method, host: &str, path: &str) -> RequestBuilder {
        let request = http().request(method.clone(), self.url(path));
        request.header("host", host).timeout(Duration::from_mins(1))
    }

    /// A request to a service that is signed by this key, with headers that are signed too.
    pub(crate) fn signed(
        &self,
        key: (&str, &str),
        (service, host): (&str, &str),
        (method, path): (&Method, &str),
        headers: &[(&str, &str)],
        body: &str,
    ) -> RequestBuilder {
        let identity = Credentials::from_keys(key.0, key.1, None).into();
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        // Roles are everywhere, and CloudFront takes certificates from there alone.
        let region = if ["iam", "acm"].contains(&service) { "us-east-1" } else { REGION };
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(service)
            .time(now())
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let url = format!("http://{host}{path}");
        let body_bytes = SignableBody::Bytes(body.as_bytes());
        let signable =
            SignableRequest::new(method.as_str(), url, headers.iter().copied(), body_bytes).unwrap();
        let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
        let request = self.unsigned(method, host, path).body(body.to_owned());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        instructions.headers().fold(request, |request, (name, value)| request.header(name, value))
    }

    /// The same to one of AWS's own services, as the account; its answer's text, which must be a good one.
    pub(crate) async fn ask(
        &self,
        service: &str,
        (method, path): (Method, &str),
        headers: &[(&str, &str)],
        body: &str,
    ) -> String {
        let host = format!("{service}.{REGION}.amazonaws.com");
        let request = self.signed(KEY, (service, &host), (&method, path), headers, body);
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{service} {path} {body}: {status}\n{text}");
        text
    }

    /// What the site's visitors get of a distribution.
    pub(crate) async fn visit(&self, domain: &str, path: &str) -> Response {
        let request = self.unsigned(&Method::GET, domain, path);
        request.header("x-forwarded-proto", "https").send().await.unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "signatures name the present moment")]
fn now() -> SystemTime {
    SystemTime::now()
}

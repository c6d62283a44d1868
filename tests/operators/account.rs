//! An emulated AWS account, for what the local stack has no part of.

use recupmail_tests::http;
use reqwest::Method;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub(crate) const REGION: &str = "eu-west-3";
/// How long it may take to start.
const PATIENCE: Duration = Duration::from_mins(1);
/// An archive without a file.
const EMPTY_ZIP: &str = "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==";

/// It ends with the process that started it.
#[derive(Debug)]
pub(crate) struct Account {
    port: u16,
    _child: Child,
}

impl Account {
    pub(crate) async fn new() -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .unwrap()
            .join(".local/emulator-venv/bin/ministack");
        assert!(program.is_file(), "{} is missing: make template-tools", program.display());
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let child = Command::new("/bin/sh")
            .args(["-c", r#""$@" & cat > /dev/null; kill $!; wait"#, "sh"])
            .arg(program)
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("LOG_LEVEL", "WARNING")
            // These two would listen beyond this machine.
            .env("SFTP_ENABLED", "false")
            .env("IOT_MTLS_ENABLED", "false")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let account = Self { port, _child: child };
        let mut waited = Duration::ZERO;
        let ready = format!("{}/_ministack/ready", account.url());
        while !http().get(&ready).send().await.is_ok_and(|answer| answer.status().is_success()) {
            assert!(waited < PATIENCE, "the emulator did not start");
            tokio::time::sleep(Duration::from_millis(50)).await;
            waited += Duration::from_millis(50);
        }
        account
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Asks a service that takes JSON, by its operation's full name.
    pub(crate) async fn ask(&self, service: &str, operation: &str, body: Value) -> Value {
        let kind = [("x-amz-target", operation), ("content-type", "application/x-amz-json-1.0")];
        self.send(service, "/", &kind, body.to_string()).await
    }

    /// Asks one that has paths.
    pub(crate) async fn post(&self, service: &str, path: &str, body: Value) -> Value {
        self.send(service, path, &[("content-type", "application/json")], body.to_string()).await
    }

    /// Asks one that takes forms and answers in XML.
    pub(crate) async fn form(&self, service: &str, fields: &str) {
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        self.send(service, "/", &kind, fields.to_owned()).await;
    }

    async fn send(&self, service: &str, path: &str, headers: &[(&str, &str)], body: String) -> Value {
        let scope = format!("local/20260101/{REGION}/{service}/aws4_request");
        let signed =
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={}", "0".repeat(64));
        let request = http().request(Method::POST, format!("{}{path}", self.url()));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = request.header("authorization", signed).body(body.clone()).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{service} {path} {body}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// A function that only who signs may call; its URL.
    pub(crate) async fn function(&self, name: &str) -> String {
        let function = json!({
            "FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap",
            "Role": "arn:aws:iam::000000000000:role/nobody", "Code": { "ZipFile": EMPTY_ZIP },
        });
        self.post("lambda", "/2015-03-31/functions", function).await;
        let path = format!("/2021-10-31/functions/{name}/url");
        let made = self.post("lambda", &path, json!({ "AuthType": "AWS_IAM" })).await;
        let host = made["FunctionUrl"].as_str().unwrap().split("://").nth(1).unwrap();
        format!("{}/_aws/lambda-url/{}/", self.url(), host.split('.').next().unwrap())
    }
}

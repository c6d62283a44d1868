//! A local stack for one test binary: the program that `make run` starts, on free ports.

use reqwest::redirect::Policy;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

/// How long a stack may take to start, where nothing has to be compiled.
const PATIENCE: Duration = Duration::from_mins(4);

/// The seconds of a day.
const DAY: u64 = 86_400;

/// The institutions that ship.
const INSTITUTIONS: [&str; 3] = ["usms", "eceps", "aix-marseille"];

/// A running local stack.
#[derive(Debug)]
pub struct Stack {
    /// Port of the site.
    pub port: u16,
    /// Port of the function URLs.
    pub lambda_port: u16,
    /// Whose stack it is.
    pub institution: &'static str,
    run: PathBuf,
    /// How far the functions' clock is ahead of the machine's from the start.
    ahead: u64,
    /// Its standard input closes with this process, and then it stops.
    _child: Child,
}

/// The stack of this test binary, started when first asked for.
pub fn stack() -> &'static Stack {
    stack_of("usms")
}

/// This test binary's stack of an institution, started when first asked for.
pub fn stack_of(institution: &'static str) -> &'static Stack {
    static STACKS: [OnceLock<Stack>; 3] = [const { OnceLock::new() }; 3];
    let place = INSTITUTIONS.iter().position(|id| *id == institution);
    STACKS[place.expect("one of the three institutions")]
        .get_or_init(|| Stack::start(&[("INSTITUTION", institution)]))
}

/// The repository's top folder.
pub(crate) fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

impl Stack {
    /// Starts a stack with these variables besides the ports.
    pub fn start(variables: &[(&str, &str)]) -> Self {
        let (port, lambda_port) = (free_port(), free_port());
        let binaries = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned();
        let run = top().join(format!(".local/run-{port}"));
        let _ = std::fs::remove_dir_all(&run);
        std::fs::create_dir_all(&run).unwrap();
        let output = std::fs::File::create(run.join("stack.log")).unwrap();
        let mut child = Command::new(binaries.join("recupmail-local"))
            .arg("--until-stdin-closes")
            .current_dir(top())
            .env("RECUPMAIL_PORT", port.to_string())
            .env("RECUPMAIL_LAMBDA_PORT", lambda_port.to_string())
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .expect("`make test` builds recupmail-local first");
        let log = run.join("stack.log");
        let mut waited = Duration::ZERO;
        while !healthy(port) {
            let ended = child.try_wait().unwrap();
            let said = || std::fs::read_to_string(&log).unwrap_or_default();
            assert!(ended.is_none() && waited < PATIENCE, "the local stack did not start:\n{}", said());
            std::thread::sleep(Duration::from_millis(100));
            waited += Duration::from_millis(100);
        }
        let asked = variables.iter().find(|(name, _)| *name == "INSTITUTION");
        let institution = INSTITUTIONS.into_iter().find(|id| asked.is_some_and(|(_, asked)| asked == id));
        let institution = institution.unwrap_or("usms");
        let stack =
            Self { port, lambda_port, institution, run, ahead: seconds_to_a_quiet_time(), _child: child };
        std::fs::write(stack.run.join("clock-offset"), stack.ahead.to_string()).unwrap();
        stack
    }

    /// The origin of the site.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// A function's own URL.
    pub fn function(&self, step: &str) -> String {
        format!("http://localhost:{}/lambda-url/{step}/", self.lambda_port)
    }

    /// Everything that the functions logged so far.
    pub fn functions_log(&self) -> String {
        std::fs::read_to_string(self.run.join("functions.log")).unwrap()
    }

    /// A variable as the functions of this stack have it.
    pub fn variable(&self, name: &str) -> String {
        let file = std::fs::read_to_string(self.run.join("environment")).unwrap();
        let prefix = format!("{name}='");
        let line =
            file.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_else(|| panic!("{name}"));
        line.trim_end_matches('\'').to_owned()
    }

    /// All variables as the functions of this stack have them.
    pub fn variables(&self) -> Vec<(String, String)> {
        let file = std::fs::read_to_string(self.run.join("environment")).unwrap();
        file.lines()
            .map(|line| line.split_once('=').unwrap())
            .map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned()))
            .collect()
    }

    /// Whether the mail service's sign-in takes this password.
    pub async fn signs_in(&self, email: &str, password: &str) -> bool {
        let credentials = json!({"email": email, "password": password});
        let answer =
            http().post(format!("{}/local/sign-in", self.origin())).json(&credentials).send().await.unwrap();
        match answer.status().as_u16() {
            204 => true,
            401 => false,
            other => panic!("sign-in answered {other}"),
        }
    }

    /// A page or file of the site.
    pub async fn page(&self, path: &str) -> String {
        let answer = http().get(format!("{}{path}", self.origin())).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }

    /// What a person reads on a page: its text, without markup.
    pub async fn text_of(&self, path: &str) -> String {
        let html = self.page(path).await;
        let mut text = String::new();
        for part in html.split('<') {
            let (tag, words) = part.split_once('>').unwrap_or(("", part));
            let inline = ["b", "/b", "strong", "/strong"].iter().any(|name| tag.starts_with(name));
            text.push_str(if inline && !tag.starts_with("br") && !tag.starts_with("button") {
                ""
            } else {
                " "
            });
            text.push_str(words);
        }
        let text =
            text.replace("&#39;", "'").replace("&#x27;", "'").replace("&amp;", "&").replace('\u{a0}', " ");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Runs `recupctl` on this stack, with these words; it must succeed. What it printed.
    pub fn recupctl(&self, words: &[&str]) -> String {
        let binaries = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned();
        let output = Command::new(binaries.join("recupctl"))
            .arg(format!("--local={}", self.port))
            .args(words)
            .env("USER", "tests")
            .current_dir(top())
            .output()
            .expect("`make test` builds recupctl first");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "recupctl {words:?}: {}\n{said}", output.status);
        String::from_utf8(output.stdout).unwrap()
    }

    /// The messages that reached a contact, newest first.
    pub async fn outbox(&self, to: &str) -> Vec<serde_json::Value> {
        let url = format!("{}/outbox.json", self.origin());
        let answer = http().get(url).query(&[("to", to)]).send().await.unwrap();
        answer.json().await.unwrap()
    }

    /// Sets the functions' clock so many seconds ahead of where it was at the start.
    pub async fn set_clock_ahead(&self, seconds: u64) {
        self.control("clock", &json!({"offset_seconds": self.ahead + seconds})).await;
    }

    /// Seconds from then to a minute past the next midnight (UTC), where the functions' days begin.
    pub fn seconds_to_next_day(&self, ahead: u64) -> u64 {
        DAY + 60 - (machine_seconds() + self.ahead + ahead) % DAY
    }

    /// The same as [`Self::variables`], but with both roots in Secrets Manager, under this name, as the template keeps them.
    pub async fn variables_with_root_secrets(&self, name: &str) -> Vec<(String, String)> {
        let session = format!("{{\"current\":\"1\",\"1\":\"{}\"}}", "5e".repeat(32));
        let registry = self.variable("RECUPMAIL_REGISTRY_ROOT");
        let secrets = [(format!("{name}/session"), session), (format!("{name}/registry"), registry)];
        for (name, text) in &secrets {
            self.secrets_manager("CreateSecret", &json!({"Name": name, "SecretString": text})).await;
        }
        let given = |name: &str| ["RECUPMAIL_REGISTRY_ROOT", "RECUPMAIL_SESSION_ROOT"].contains(&name);
        let variables = self.variables().into_iter().filter(|(name, _)| !given(name));
        let named = ["RECUPMAIL_SESSION_ROOT_SECRET", "RECUPMAIL_REGISTRY_ROOT_SECRET"].map(str::to_owned);
        variables.chain(named.into_iter().zip(secrets.map(|(name, _)| name))).collect()
    }

    /// Asks Secrets Manager, as its command line would.
    pub async fn secrets_manager(&self, action: &str, body: &Value) -> Value {
        let answer = http()
            .post(self.variable("AWS_ENDPOINT_URL_SECRETS_MANAGER"))
            .header("x-amz-target", format!("secretsmanager.{action}"))
            .header("content-type", "application/x-amz-json-1.1")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=local/20261122/eu-west-3/secretsmanager/aws4_request",
            )
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, 200, "{action}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// What the local stack tells below `/local/`.
    pub async fn told(&self, what: &str) -> serde_json::Value {
        let answer = http().get(format!("{}/local/{what}", self.origin())).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{what}");
        answer.json().await.unwrap()
    }

    /// Takes a service away (`dynamodb`, `ses`, `sns`, `entra`).
    pub async fn take_away(&self, service: &str) {
        self.control("faults", &json!({"service": service, "away": true})).await;
    }

    /// Brings a service back.
    pub async fn bring_back(&self, service: &str) {
        self.control("faults", &json!({"service": service, "away": false})).await;
    }

    /// Tells the local stack something below `/local/`.
    pub async fn control(&self, what: &str, body: &serde_json::Value) {
        let answer = http().post(format!("{}/local/{what}", self.origin())).json(body).send().await.unwrap();
        assert_eq!(answer.status(), 204, "{what} {body}");
    }
}

/// Counters begin anew every ten minutes, hour and day. A stack's clock is set ahead to a minute past the next
/// full hour, so that no test sees a window end.
fn seconds_to_a_quiet_time() -> u64 {
    3660 - machine_seconds() % 3600
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test looks at the machine's clock to keep away from its hours"
)]
fn machine_seconds() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// Whether the stack says that everything answers.
fn healthy(port: u16) -> bool {
    use std::io::{Read, Write};
    let Ok(mut stream) = std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return false };
    let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let mut answer = String::new();
    stream.write_all(request.as_bytes()).is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.1 200")
}

/// An HTTP client that goes straight to its server and takes no redirect for an answer.
pub fn http() -> reqwest::Client {
    // The directory adapter's features make every client ask for one, though these speak plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap()
}

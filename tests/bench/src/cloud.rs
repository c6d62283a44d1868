//! What the functions reach by TLS: DynamoDB (dynoxide, in memory), Secrets Manager, SES and SNS, on this machine.

use crate::instance::Failed;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use dynoxide::Database;
use recupctl::import::{Import, Scope};
use recupmail_aws::{DynamoTable, People, dynamodb, ensure_tables};
use recupmail_config::{Environment, Institution, Table, system_clock};
use recupmail_domain::clock::Clock;
use recupmail_tests::pki::{Authority, Validity};
use recupmail_tests::{Charging, Invented, USMS_HEADER};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{CipherSuite, ServerConfig};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::future::pending;
use std::io::Cursor;
use std::net::Ipv4Addr;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Where the institution's file is.
const INSTITUTION: &str = "infra/institutions/usms";
/// Where the site would live.
pub(crate) const ORIGIN: &str = "https://recupmail.usms.ac.ma";
/// The variable that says where DynamoDB is.
const DYNAMODB: &str = "AWS_ENDPOINT_URL_DYNAMODB";
const REGISTRY_ROOT_SECRET: &str = "RECUPMAIL_REGISTRY_ROOT_SECRET";
/// The table of the plain functions, which have one for all.
const PEERS_TABLE: &str = "peers";
const ACCOUNT: [(&str, &str); 3] =
    [("AWS_REGION", "eu-west-3"), ("AWS_ACCESS_KEY_ID", "bench"), ("AWS_SECRET_ACCESS_KEY", "bench")];

/// The services, and what functions must be told of them.
pub(crate) struct Cloud {
    /// The environment of a function.
    pub(crate) variables: Vec<(String, String)>,
    /// What is in DynamoDB's tables.
    pub(crate) database: Database,
    /// Where DynamoDB is without TLS.
    plain: String,
    acceptor: TlsAcceptor,
    mails: Mails,
    /// With the certificate, and the institution as functions read it.
    _folder: TempDir,
}

/// The last mail to each address.
type Mails = Arc<Mutex<HashMap<String, String>>>;

impl Cloud {
    /// All services, with so many people in the registry, known to the plain functions too.
    pub(crate) async fn start(people: u32) -> Result<Self, Failed> {
        let folder = tempfile::tempdir()?;
        let authority = Authority::new(folder.path());
        let server = authority.issue("services", Validity::Good);
        let chain = vec![CertificateDer::from_pem_file(&server.certificate)?];
        let mut config = ServerConfig::builder_with_provider(Arc::new(as_at_aws()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::from_pem_file(&server.key)?)?;
        config.ignore_client_order = true;
        let acceptor: TlsAcceptor = Arc::new(config).into();

        let database = Database::memory()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let plain = listener.local_addr()?.port();
        tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database.clone(), pending()));
        let mails = Mails::default();
        let services = serve(Router::new().fallback(secret)).await?;
        let post = serve(Router::new().fallback(send_mail).with_state(mails.clone())).await?;
        let phones = serve(Router::new().fallback(send_sms)).await?;

        let mut variables = vec![
            ("RECUPMAIL_INSTITUTION".to_owned(), packed(folder.path())?),
            (DYNAMODB.to_owned(), tls(&acceptor, plain).await?),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER".to_owned(), tls(&acceptor, services).await?),
            ("AWS_ENDPOINT_URL_SES".to_owned(), tls(&acceptor, post).await?),
            ("AWS_ENDPOINT_URL_SNS".to_owned(), tls(&acceptor, phones).await?),
        ];
        let trusted = authority.certificate.display().to_string();
        // As our functions, Python's SDK and Node have it.
        for name in ["AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"] {
            variables.push((name.to_owned(), trusted.clone()));
        }
        for (name, value) in ACCOUNT.into_iter().chain([
            ("RECUPMAIL_ORIGINS", ORIGIN),
            ("RECUPMAIL_BEHIND_CLOUDFRONT", "true"),
            ("RECUPMAIL_METRICS", "true"),
            (REGISTRY_ROOT_SECRET, "registry-root"),
            ("RECUPMAIL_SESSION_ROOT_SECRET", "session-root"),
            ("PEERS_TABLE", PEERS_TABLE),
            // AWS's SDK tells at each start that it will want another Node one day.
            ("NODE_NO_WARNINGS", "1"),
        ]) {
            variables.push((name.to_owned(), value.to_owned()));
        }
        for table in Table::ALL {
            variables.push((table.variable().to_owned(), name(table)));
        }
        let plain = format!("http://127.0.0.1:{plain}");
        import(&variables, &plain, people).await?;
        tell_peers(&plain, people).await?;
        Ok(Self { variables, database, plain, acceptor, mails, _folder: folder })
    }

    /// What a step is told: logout not where the registry's root is, as in the template.
    pub(crate) fn variables_of(&self, step: &str) -> Vec<(String, String)> {
        let told = |name: &str| step != "logout" || name != REGISTRY_ROOT_SECRET;
        self.variables.iter().filter(|(name, _)| told(name)).cloned().collect()
    }

    /// Another way to DynamoDB, on which calls are counted, and what functions must be told to take it.
    pub(crate) async fn charging(&self) -> Result<(Charging, (String, String)), Failed> {
        let (charging, url) = Charging::before(self.plain.clone()).await;
        let port = url.rsplit(':').next().ok_or("no port")?.parse()?;
        Ok((charging, (DYNAMODB.to_owned(), tls(&self.acceptor, port).await?)))
    }

    /// The code in the last mail to an address.
    pub(crate) fn code(&self, address: &str) -> Option<String> {
        let mails = self.mails.lock().ok()?;
        let text = mails.get(address)?;
        text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 8).map(str::to_owned)
    }
}

/// AWS's services choose the cipher, and 128-bit AES with SHA-256 before all (its security policies list
/// `TLS_AES_128_GCM_SHA256` first), whatever a client would like best.
fn as_at_aws() -> CryptoProvider {
    let mut provider = ring::default_provider();
    provider.cipher_suites.sort_by_key(|suite| suite.suite() != CipherSuite::TLS13_AES_128_GCM_SHA256);
    provider
}

/// What a table is called here.
pub(crate) fn name(table: Table) -> String {
    format!("{table:?}").to_lowercase()
}

/// The institution's folder as `pack.py` packs it.
fn packed(folder: &Path) -> Result<String, Failed> {
    let file: toml::Table =
        std::fs::read_to_string(Path::new(INSTITUTION).join("institution.toml"))?.parse()?;
    std::fs::write(folder.join("institution.json"), serde_json::to_string(&file)?)?;
    Ok(folder.display().to_string())
}

/// A service without TLS; its port.
async fn serve(router: Router) -> Result<u16, Failed> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(port)
}

/// TLS before a service; where that is.
async fn tls(acceptor: &TlsAcceptor, service: u16) -> Result<String, Failed> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("https://localhost:{}", listener.local_addr()?.port());
    let acceptor = acceptor.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                client.set_nodelay(true)?;
                let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, service)).await?;
                server.set_nodelay(true)?;
                copy_bidirectional(&mut acceptor.accept(client).await?, &mut server).await
            });
        }
    });
    Ok(url)
}

/// Both roots, each as the deployment's template makes it.
async fn secret(body: String) -> Response {
    let asked: Value = serde_json::from_str(&body).unwrap_or_default();
    let (registry, session) =
        ("5a".repeat(32), format!("{{\"current\":\"1\",\"1\":\"{}\"}}", "a5".repeat(32)));
    let text = if asked["SecretId"] == "registry-root" { registry } else { session };
    Json(json!({"Name": asked["SecretId"], "SecretString": text})).into_response()
}

/// Keeps the text of a mail by who gets it.
async fn send_mail(State(mails): State<Mails>, Form(members): Form<HashMap<String, String>>) -> Response {
    let member = |name| members.get(name).cloned().unwrap_or_default();
    if let Ok(mut mails) = mails.lock() {
        mails.insert(member("Destination.ToAddresses.member.1"), member("Message.Body.Text.Data"));
    }
    let answer = "<SendEmailResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"><SendEmailResult>\
         <MessageId>1</MessageId></SendEmailResult></SendEmailResponse>";
    ([("content-type", "text/xml")], answer).into_response()
}

/// Takes a text message, as a notice of a change is one too.
async fn send_sms() -> Response {
    let answer = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>\
         <MessageId>1</MessageId></PublishResult></PublishResponse>";
    ([("content-type", "text/xml")], answer).into_response()
}

/// Makes the tables and imports invented people, as an operator would.
async fn import(variables: &[(String, String)], database: &str, people: u32) -> Result<(), Failed> {
    let here = [(DYNAMODB.to_owned(), database.to_owned()), roots()];
    let environment: Environment = variables.iter().cloned().chain(here).collect();
    let client = dynamodb(&environment.dynamodb()?);
    let tables: Vec<_> = Table::ALL
        .map(|table| environment.table(table).map(|name| (table, name)))
        .into_iter()
        .collect::<Result<_, _>>()?;
    ensure_tables(&client, &tables).await?;
    let institution = Institution::load(Path::new(INSTITUTION))?;
    let (rules, keys) = (institution.rules()?, environment.registry_keys()?);
    let table = People::from(DynamoTable::new(client, environment.table(Table::People)?));
    let mut file = format!("{USMS_HEADER}\n");
    for number in 0..people {
        writeln!(file, "{}", Invented(number))?;
    }
    let import = Import {
        rules: &rules,
        keys: &keys,
        people: Some(&table),
        now: system_clock(None).now(),
        from_line: 0,
        scope: Scope::Whole,
        new_root: false,
    };
    let report = import.run(Cursor::new(file), |_| ControlFlow::Continue(())).await?;
    if report.written == u64::from(people) { Ok(()) } else { Err(format!("{report:?}").into()) }
}

fn roots() -> (String, String) {
    ("RECUPMAIL_REGISTRY_ROOT".to_owned(), "5a".repeat(32))
}

/// The table of the plain functions, and the first of the people in it.
async fn tell_peers(database: &str, people: u32) -> Result<(), Failed> {
    ask(
        database,
        "CreateTable",
        &json!({
            "TableName": PEERS_TABLE,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        }),
    )
    .await?;
    for number in 0..people.min(5000) {
        let row = Invented(number).to_string();
        let columns: Vec<&str> = row.split(',').collect();
        let digest = Sha256::digest(columns[9..12].join("|"));
        let key = digest.iter().fold("person#".to_owned(), |key, byte| format!("{key}{byte:02x}"));
        let item = json!({"pk": {"S": key}, "name": {"S": columns[2]}, "address": {"S": columns[3]}, "email": {"S": columns[7]}});
        ask(database, "PutItem", &json!({"TableName": PEERS_TABLE, "Item": item})).await?;
    }
    Ok(())
}

/// A call to DynamoDB; dynoxide looks for a signature, and not at it.
async fn ask(database: &str, operation: &str, body: &Value) -> Result<(), Failed> {
    let request = recupmail_tests::http()
        .post(database)
        .header("x-amz-target", format!("DynamoDB_20120810.{operation}"));
    let request = request.header("content-type", "application/x-amz-json-1.0").body(body.to_string());
    let request = request.header("x-amz-date", "20261122T000000Z").header(
        "authorization",
        "AWS4-HMAC-SHA256 Credential=bench/20261122/eu-west-3/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
    );
    let answer = request.send().await?;
    if answer.status().is_success() { Ok(()) } else { Err(answer.text().await?.into()) }
}

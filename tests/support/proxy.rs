//! A proxy that ends TLS before an LDAP server, reads what passes, and fails as servers and networks fail.

use crate::pki::ServerCertificate;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// The server behind the proxy, on this machine.
#[derive(Clone, Debug)]
pub enum Target {
    /// On a port that speaks LDAP in the clear.
    Plain(u16),
    /// On a port that speaks TLS, with a certificate for `localhost` of the authority in this PEM file.
    Tls(u16, PathBuf),
}

/// What goes wrong. A write is a modification or a Password Modify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// Whatever comes is swallowed, on old connections and new ones.
    Silent,
    /// Whatever comes on connections that stand is swallowed; new ones are served. So it is after a firewall
    /// has forgotten a connection.
    Forgotten,
    /// A write breaks the connection off before the server has it.
    LoseRequest,
    /// The server has answered a write; the answer is lost and the connection broken off.
    LoseAnswer,
    /// Half of the answer to a write, and the connection is broken off.
    HalfAnswer,
    /// The answer to a write is not LDAP.
    GarbledAnswer,
    /// The answer to a write is held back until the client has gone.
    HoldAnswer,
}

/// A running proxy.
pub struct Proxy {
    /// Where clients reach it by TLS, on loopback.
    pub port: u16,
    shared: Arc<Shared>,
    /// Its own, for it serves the tests of many runtimes.
    runtime: Option<Runtime>,
    accepting: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    target: Target,
    fault: Mutex<Fault>,
    acceptor: Mutex<TlsAcceptor>,
    requests: Mutex<Vec<Vec<u8>>>,
    accepted: AtomicUsize,
    /// Connections that began before the last change of it are hung up.
    hang_up: watch::Sender<usize>,
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Proxy {
    /// Starts one that presents this certificate.
    pub fn start(target: Target, certificate: &ServerCertificate) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            target,
            fault: Mutex::new(Fault::None),
            acceptor: Mutex::new(acceptor(certificate)),
            requests: Mutex::default(),
            accepted: AtomicUsize::new(0),
            hang_up: watch::Sender::new(0),
        });
        let accepting = runtime.spawn(accept(shared.clone(), listener));
        Self { port, shared, runtime: Some(runtime), accepting: Some(accepting).into() }
    }

    /// Fails so from now on.
    pub fn set(&self, fault: Fault) {
        *self.shared.fault.lock().unwrap() = fault;
    }

    /// Presents another certificate to new connections, and hangs up on those that stand.
    pub fn present(&self, certificate: &ServerCertificate) {
        *self.shared.acceptor.lock().unwrap() = acceptor(certificate);
        self.hang_up();
    }

    /// Hangs up on every client.
    pub fn hang_up(&self) {
        self.shared.hang_up.send_modify(|generation| *generation += 1);
    }

    /// Refuses connections from now on, and hangs up on those that stand.
    pub async fn refuse(&self) {
        if let Some(accepting) = self.accepting.lock().await.take() {
            accepting.abort();
            let _ = accepting.await;
        }
        self.hang_up();
    }

    /// Accepts connections again.
    pub async fn accept(&self) {
        let mut accepting = self.accepting.lock().await;
        assert!(accepting.is_none(), "it refused connections before");
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        let runtime = self.runtime.as_ref().unwrap();
        *accepting = Some(runtime.spawn(accept(self.shared.clone(), listener)));
    }

    /// How many connections it accepted so far.
    pub fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::SeqCst)
    }

    /// The LDAP messages that clients sent since the last call, each whole.
    pub fn take_requests(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.shared.requests.lock().unwrap())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn accept(shared: Arc<Shared>, listener: std::net::TcpListener) {
    listener.set_nonblocking(true).unwrap();
    let listener = TcpListener::from_std(listener).unwrap();
    loop {
        let (client, _): (_, SocketAddr) = listener.accept().await.unwrap();
        shared.accepted.fetch_add(1, Ordering::SeqCst);
        let shared = shared.clone();
        tokio::spawn(async move {
            let mut hang_up = shared.hang_up.subscribe();
            tokio::select! {
                () = serve(&shared, client) => {}
                _ = hang_up.changed() => {}
            }
        });
    }
}

async fn serve(shared: &Shared, client: TcpStream) {
    let began = *shared.fault.lock().unwrap();
    if began == Fault::Silent {
        return std::future::pending().await;
    }
    let acceptor = shared.acceptor.lock().unwrap().clone();
    let (Ok(mut client), Ok(mut server)) = (acceptor.accept(client).await, connect(&shared.target).await)
    else {
        return;
    };
    let (mut asked, mut answered) = (Vec::new(), Vec::new());
    loop {
        let (message, from_client) = tokio::select! {
            message = next(&mut client, &mut asked) => (message, true),
            message = next(&mut server, &mut answered) => (message, false),
        };
        let Some(message) = message else { return };
        let fault = *shared.fault.lock().unwrap();
        let write = is_write(&message);
        if from_client {
            shared.requests.lock().unwrap().push(message.clone());
        }
        let passed = match fault {
            Fault::Silent => Ok(()),
            Fault::Forgotten if began != Fault::Forgotten => Ok(()),
            Fault::LoseRequest if write && from_client => return,
            Fault::LoseAnswer if write && !from_client => return,
            Fault::HalfAnswer if write && !from_client => {
                let _ = client.write_all(&message[..message.len() / 2]).await;
                let _ = client.flush().await;
                return;
            }
            Fault::HoldAnswer if write && !from_client => {
                while next(&mut client, &mut asked).await.is_some() {}
                return;
            }
            Fault::GarbledAnswer if write && !from_client => pass(&mut client, &garbled(message)).await,
            _ if from_client => pass(&mut server, &message).await,
            _ => pass(&mut client, &message).await,
        };
        if passed.is_err() {
            return;
        }
    }
}

async fn pass(to: &mut (impl AsyncWrite + Unpin), message: &[u8]) -> std::io::Result<()> {
    to.write_all(message).await?;
    to.flush().await
}

/// The next whole message, or none at the end. What was read of it stays in the buffer if nobody waits for it
/// to the end.
async fn next(from: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    loop {
        if let Some((start, length)) = element(buffer)
            && buffer.len() >= start + length
        {
            let rest = buffer.split_off(start + length);
            return Some(std::mem::replace(buffer, rest));
        }
        if !matches!(from.read_buf(buffer).await, Ok(1..)) {
            return None;
        }
    }
}

/// Where the content of a BER element begins, and how long it is (ITU-T X.690 section 8.1.3).
fn element(bytes: &[u8]) -> Option<(usize, usize)> {
    match *bytes.get(1)? {
        short @ 0..0x80 => Some((2, short.into())),
        long => {
            let digits = bytes.get(2..2 + usize::from(long & 0x7f))?;
            Some((2 + digits.len(), digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit))))
        }
    }
}

/// Where the operation of a message begins: after its id (RFC 4511 section 4.1.1).
fn operation(message: &[u8]) -> usize {
    let (id, _) = element(message).unwrap();
    let (start, length) = element(&message[id..]).unwrap();
    id + start + length
}

/// Whether a message is a ModifyRequest, an ExtendedRequest or the answer to one.
fn is_write(message: &[u8]) -> bool {
    [0x66, 0x77, 0x67, 0x78].contains(&message[operation(message)])
}

/// The message with a result code that is none: a text in its place.
fn garbled(mut message: Vec<u8>) -> Vec<u8> {
    let operation = operation(&message);
    let (start, _) = element(&message[operation..]).unwrap();
    message[operation + start] = 0x0c;
    message
}

fn acceptor(certificate: &ServerCertificate) -> TlsAcceptor {
    let chain = vec![CertificateDer::from_pem_file(&certificate.certificate).unwrap()];
    let key = PrivateKeyDer::from_pem_file(&certificate.key).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    Arc::new(config).into()
}

async fn connect(target: &Target) -> std::io::Result<Box<dyn Stream>> {
    let (Target::Plain(port) | Target::Tls(port, _)) = target;
    let plain = TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).await?;
    let Target::Tls(_, authority) = target else { return Ok(Box::new(plain)) };
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    Ok(Box::new(TlsConnector::from(Arc::new(config)).connect(name, plain).await?))
}

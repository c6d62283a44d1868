//! A gate before a service: while it is shut the service is away, as on a bad day.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// Passes connections through to a service, or refuses them.
#[derive(Debug)]
pub(crate) struct Gate {
    address: SocketAddr,
    target: SocketAddr,
    passing: Mutex<Option<JoinHandle<()>>>,
}

impl Gate {
    /// An open gate on a free loopback port.
    pub(crate) async fn open(target: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (address, target) = (listener.local_addr()?, SocketAddr::from((Ipv4Addr::LOCALHOST, target)));
        let passing = Mutex::new(Some(tokio::spawn(pass(listener, target))));
        Ok(Self { address, target, passing })
    }

    /// Where the gate stands.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Refuses new connections and breaks those there are.
    pub(crate) async fn shut(&self) {
        let passing = self.passing.lock().ok().and_then(|mut passing| passing.take());
        if let Some(passing) = passing {
            passing.abort();
            let _ = passing.await;
        }
    }

    /// Lets connections through again.
    pub(crate) async fn reopen(&self) -> std::io::Result<()> {
        self.shut().await;
        let listener = TcpListener::bind(self.address).await?;
        if let Ok(mut passing) = self.passing.lock() {
            *passing = Some(tokio::spawn(pass(listener, self.target)));
        }
        Ok(())
    }
}

/// Passes connections until aborted; all of them end with it.
async fn pass(listener: TcpListener, target: SocketAddr) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((mut client, _)) = accepted {
                connections.spawn(async move {
                    if let Ok(mut service) = TcpStream::connect(target).await {
                        let _ = client.set_nodelay(true);
                        let _ = service.set_nodelay(true);
                        let _ = copy_bidirectional(&mut client, &mut service).await;
                    }
                });
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

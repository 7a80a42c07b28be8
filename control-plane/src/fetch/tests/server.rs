//! A server that does what a test tells it, well or badly, and remembers who came.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What a connection gets, once its request has come.
pub(in crate::fetch) enum Reply {
    /// These bytes, then the end.
    Bytes(Vec<u8>),
    /// These bytes, then nothing, for ever.
    Stall(Vec<u8>),
    /// The first, then the second again and again, with a pause each time.
    Drip(Vec<u8>, &'static [u8]),
    /// The first, then the second again and again, as fast as they are taken.
    Flood(Vec<u8>, &'static [u8]),
    /// These bytes, then a reset.
    Reset(Vec<u8>),
}

impl Reply {
    /// A whole answer.
    pub(in crate::fetch) fn answer(head: &str, body: &[u8]) -> Self {
        Self::Bytes([http(head), body.to_vec()].concat())
    }

    /// A file of known length.
    pub(in crate::fetch) fn media(body: &[u8]) -> Self {
        Self::answer(&format!("200 OK\r\ncontent-length: {}", body.len()), body)
    }

    pub(in crate::fetch) fn redirect(location: &str) -> Self {
        Self::answer(&format!("302 Found\r\ncontent-length: 0\r\nlocation: {location}"), b"")
    }
}

/// The head of an answer: status and headers.
pub(in crate::fetch) fn http(head: &str) -> Vec<u8> {
    format!("HTTP/1.1 {head}\r\n\r\n").into_bytes()
}

/// Pause of a drip.
const PAUSE: Duration = Duration::from_millis(10);

type Replies = dyn Fn(&str) -> Reply + Send + Sync;

pub(in crate::fetch) struct Server {
    address: SocketAddr,
    /// Heads of the requests, in order of arrival.
    requests: Arc<Mutex<Vec<String>>>,
    /// Ports of those who came, in order.
    visitors: watch::Receiver<Vec<u16>>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Listens on `ip`; `reply` is asked for each path.
    pub(in crate::fetch) async fn start(
        ip: &str,
        reply: impl Fn(&str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (visit, visitors) = watch::channel(Vec::new());
        let (requests, reply): (Arc<Mutex<Vec<String>>>, Arc<Replies>) = (Arc::default(), Arc::new(reply));
        let seen = Arc::clone(&requests);
        let accepting = tokio::spawn(async move {
            loop {
                let (stream, peer) = listener.accept().await.unwrap();
                visit.send_modify(|visitors| visitors.push(peer.port()));
                tokio::spawn(serve(stream, Arc::clone(&seen), Arc::clone(&reply)));
            }
        });
        Self { address, requests, visitors, accepting }
    }

    pub(in crate::fetch) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(in crate::fetch) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Connections so far. Connects itself and waits to be let in: the queue keeps its order, so that
    /// everybody who came before is counted.
    pub(in crate::fetch) async fn visitor_count(&self) -> usize {
        let own = TcpStream::connect(self.address).await.unwrap();
        let own_port = own.local_addr().unwrap().port();
        let mut visitors = self.visitors.clone();
        let visitors = visitors.wait_for(|visitors| visitors.contains(&own_port)).await.unwrap();
        visitors.iter().position(|port| *port == own_port).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(mut stream: TcpStream, requests: Arc<Mutex<Vec<String>>>, reply: Arc<Replies>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
        if head.starts_with(b"\x16\x03") {
            // A TLS hello; it gets the answer of somebody who has never heard of TLS. What is left unread would
            // turn the end of the connection into a reset.
            let hello = stream.read(&mut [0; 16 << 10]).await;
            assert!(hello.is_ok_and(|size_bytes| size_bytes > 0), "the hello is whole");
            break;
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    requests.lock().unwrap().push(head);
    let path = target.split('?').next().unwrap_or_default();
    // The other side may hang up at any time; that ends the reply.
    send(stream, reply(path)).await.ok();
}

async fn send(mut stream: TcpStream, reply: Reply) -> std::io::Result<()> {
    match reply {
        Reply::Bytes(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        }
        Reply::Stall(bytes) => {
            stream.write_all(&bytes).await?;
            std::future::pending().await
        }
        Reply::Drip(head, piece) => {
            stream.write_all(&head).await?;
            let mut beat = tokio::time::interval(PAUSE);
            loop {
                beat.tick().await;
                stream.write_all(piece).await?;
            }
        }
        Reply::Flood(head, piece) => {
            stream.write_all(&head).await?;
            loop {
                stream.write_all(piece).await?;
            }
        }
        Reply::Reset(bytes) => {
            stream.write_all(&bytes).await?;
            stream.set_zero_linger()
        }
    }
}

//! A webhook receiver on loopback, as a customer would write one: reads a request, answers 200, keeps what came.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver as Incoming, SyncSender, sync_channel};
use std::time::Duration;

/// One delivery: headers by lower-case name, and the body's bytes.
#[derive(Debug)]
pub struct Delivery {
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    /// As it came.
    pub body: Vec<u8>,
}

/// A receiver that answers as long as the test runs.
#[derive(Debug)]
pub struct Receiver {
    /// Where it listens.
    pub url: String,
    deliveries: Incoming<Delivery>,
}

impl Receiver {
    /// Listens on a free port.
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (send, deliveries) = sync_channel(16);
        std::thread::spawn(move || listener.incoming().for_each(|stream| answer(stream.unwrap(), &send)));
        Self { url, deliveries }
    }

    /// The next delivery; fails if none comes.
    #[must_use]
    #[track_caller]
    pub fn next(&self) -> Delivery {
        self.deliveries.recv_timeout(Duration::from_secs(20)).expect("a delivery comes")
    }

    /// True when nothing has come that was not asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.deliveries.try_recv().is_err()
    }
}

fn answer(stream: TcpStream, send: &SyncSender<Delivery>) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers["content-length"].parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
    send.send(Delivery { headers, body }).unwrap();
}

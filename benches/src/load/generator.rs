//! Open-loop load: requests leave on a schedule, whether or not the ones before have been answered, and each answer's
//! latency counts from the moment its request should have left. A server that stalls is charged for everything that
//! would have come in meanwhile.
//!
//! ```text
//!  schedule (a thread that sleeps) ── tickets ──▶ connections, each with one request on its way ──▶ answers
//! ```
//! What the generator itself adds is measured too: how late a request left although a connection was free.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpSocket;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Connections from one address; the server takes 512 from each.
const CONNECTIONS_OF_ONE_ADDRESS: usize = 400;
/// From the last opened connection to the first request.
const LEAD: Duration = Duration::from_millis(50);
/// Nobody waits longer for an answer; only a broken server keeps one so long.
const ANSWER_WAIT: Duration = Duration::from_secs(30);

/// How much is asked, and how fast.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    /// Requests per second.
    pub(crate) rate: u32,
    /// Requests altogether.
    pub(crate) count: usize,
    /// Requests that can be on their way at once.
    pub(crate) connections: usize,
}

impl Schedule {
    /// `rate` for `secs` seconds.
    pub(crate) fn lasting(rate: u32, secs: u32, connections: usize) -> Self {
        Self { rate, count: rate as usize * secs as usize, connections }
    }

    fn due(&self, index: usize) -> Duration {
        Duration::from_secs_f64(index as f64 / f64::from(self.rate))
    }
}

/// What became of one request.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Its place in the schedule.
    pub(crate) index: usize,
    /// From the moment it should have left to the last byte of its answer.
    pub(crate) latency: Duration,
    /// From the moment it did leave.
    pub(crate) service_time: Duration,
    /// How late it left; None where no connection was free, which is not the generator's fault.
    pub(crate) lateness: Option<Duration>,
    /// 0 where the connection broke.
    pub(crate) status: u16,
    /// True where it says when to come back.
    pub(crate) has_retry_after: bool,
    /// The body.
    pub(crate) body: Bytes,
}

/// Puts the requests that `make` makes on a server; returns all answers in the order they came, and the time from
/// the first request's due moment to the last answer.
pub(crate) async fn drive(
    address: SocketAddr,
    schedule: Schedule,
    make: impl Fn(usize) -> Request<Full<Bytes>> + Send + Sync + 'static,
) -> anyhow::Result<(Vec<Answer>, Duration)> {
    let (tickets, next, make) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(make));
    let mut lines = Vec::new();
    for index in 0..schedule.connections.min(schedule.count) {
        lines.push(Line::open(address, source(index)?).await?);
    }
    let begin = Instant::now() + LEAD;
    let clock = std::thread::spawn({
        let (tickets, connections) = (Arc::clone(&tickets), lines.len());
        move || hand_out(&tickets, begin, schedule, connections)
    });
    let mut workers = JoinSet::new();
    for mut line in lines {
        let (tickets, next, make) = (Arc::clone(&tickets), Arc::clone(&next), Arc::clone(&make));
        workers.spawn(async move {
            let mut answers = Vec::new();
            loop {
                let free_since = Instant::now();
                // An error would say that the tickets were withdrawn, which nobody does.
                let Ok(ticket) = tickets.acquire().await else { break };
                ticket.forget();
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= schedule.count {
                    break;
                }
                let due = begin + schedule.due(index);
                let sent = Instant::now();
                let lateness = (free_since < due).then(|| sent.saturating_duration_since(due));
                let mut answer = line.ask(index, make(index)).await;
                let done = Instant::now();
                (answer.latency, answer.service_time) = (done.saturating_duration_since(due), done - sent);
                answer.lateness = lateness;
                answers.push(answer);
            }
            answers
        });
    }
    let mut answers = Vec::with_capacity(schedule.count);
    while let Some(some) = workers.join_next().await {
        answers.extend(some.context("a connection's task failed")?);
    }
    let took = begin.elapsed();
    clock.join().ok().context("the schedule's thread failed")?;
    Ok((answers, took))
}

/// A ticket for each request at its moment, and one for each connection at the end, which it takes as a farewell. A
/// thread of its own, because tokio's timers are a millisecond coarse.
fn hand_out(tickets: &Semaphore, begin: Instant, schedule: Schedule, connections: usize) {
    for index in 0..schedule.count {
        std::thread::sleep((begin + schedule.due(index)).saturating_duration_since(Instant::now()));
        tickets.add_permits(1);
    }
    tickets.add_permits(connections);
}

/// The server limits what comes from one address; a crowd has several. All of 127.0.0.0/8 is the loopback.
fn source(index: usize) -> anyhow::Result<IpAddr> {
    Ok(Ipv4Addr::new(127, 0, 0, u8::try_from(1 + index / CONNECTIONS_OF_ONE_ADDRESS)?).into())
}

/// A connection that is opened again when it has broken.
pub(crate) struct Line {
    server: SocketAddr,
    source: IpAddr,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Line {
    /// Connects.
    pub(crate) async fn open(server: SocketAddr, source: IpAddr) -> anyhow::Result<Self> {
        let sender = connect(server, source).await?;
        Ok(Self { server, source, sender: Some(sender) })
    }

    /// Asks, and reads the answer to its end.
    pub(crate) async fn ask(&mut self, index: usize, request: Request<Full<Bytes>>) -> Answer {
        let answered = tokio::time::timeout(ANSWER_WAIT, self.exchange(request)).await;
        let (status, has_retry_after, body) = match answered {
            Ok(Ok(parts)) => parts,
            Ok(Err(_broken)) => (0, false, Bytes::new()),
            Err(_elapsed) => (0, false, Bytes::new()),
        };
        if status == 0 {
            self.sender = None;
        }
        let none = Duration::ZERO;
        Answer { index, latency: none, service_time: none, lateness: None, status, has_retry_after, body }
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> anyhow::Result<(u16, bool, Bytes)> {
        let mut sender = match self.sender.take() {
            Some(sender) if !sender.is_closed() => sender,
            _ => connect(self.server, self.source).await?,
        };
        sender.ready().await?;
        let response: Response<_> = sender.send_request(request).await?;
        let has_retry_after = response.headers().contains_key(hyper::header::RETRY_AFTER);
        let status = response.status().as_u16();
        let body = response.into_body().collect().await?.to_bytes();
        self.sender = Some(sender);
        Ok((status, has_retry_after, body))
    }
}

async fn connect(server: SocketAddr, source: IpAddr) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(source, 0))?;
    let stream = socket.connect(server).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // Its end is seen by the sender.
    tokio::spawn(connection);
    Ok(sender)
}

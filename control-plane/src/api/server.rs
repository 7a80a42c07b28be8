//! The server loop: connections with deadlines and a cap. `axum::serve` has neither.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_io_timeout::TimeoutWriter;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::limits;

/// Pause after a connection could not be accepted: out of file handles, most likely.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves `router` until `stop`, then lets the requests under way finish for `grace`.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken, grace: Duration) {
    let connections = Arc::new(Semaphore::new(limits::CONNECTIONS_MAX));
    let seats = Arc::new(Seats::default());
    let graceful = GracefulShutdown::new();
    let accepting = async {
        loop {
            // A full house waits in the kernel's queue.
            let Ok(permit) = Arc::clone(&connections).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, peer)) => {
                    let Some(seat) = Arc::clone(&seats).take(peer.ip()) else { continue };
                    let permits = (permit, seat);
                    tokio::spawn(serve_connection(stream, router.clone(), graceful.watcher(), permits));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    };
    stop.run_until_cancelled(accepting).await;
    drop(listener);
    if timeout(grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were cut off");
    }
}

async fn serve_connection(
    stream: TcpStream,
    router: Router,
    watcher: Watcher,
    _permits: (OwnedSemaphorePermit, Seat),
) {
    // hyper starts its header deadline with the first byte only.
    if !matches!(timeout(limits::FIRST_BYTE_WAIT, stream.peek(&mut [0])).await, Ok(Ok(1))) {
        return;
    }
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "answers may be delayed");
    }
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move {
            let answer = router.oneshot(request.map(Body::new)).await;
            Ok::<_, Infallible>(answer.unwrap_or_else(|never| match never {}))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEADER_WAIT)
        .serve_connection(TokioIo::new(Box::pin(with_write_timeout(stream))), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection broke");
    }
}

/// A client that stops to read must not keep its connection, and what is on its way, for ever.
fn with_write_timeout(stream: TcpStream) -> TimeoutWriter<TcpStream> {
    let mut stream = TimeoutWriter::new(stream);
    stream.set_timeout(Some(limits::WRITE_STALL_WAIT));
    stream
}

/// Counts the connections of each address.
#[derive(Default)]
struct Seats(Mutex<BTreeMap<IpAddr, usize>>);

impl Seats {
    fn take(self: Arc<Self>, address: IpAddr) -> Option<Seat> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(address).or_default();
        if *count >= limits::CONNECTIONS_OF_ONE_ADDRESS_MAX {
            return None;
        }
        *count += 1;
        drop(taken);
        Some(Seat { seats: self, address })
    }
}

struct Seat {
    seats: Arc<Seats>,
    address: IpAddr,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

//! The server loop: connections with deadlines and a cap. `axum::serve` has neither.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutWriter;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::tally::Tally;
use crate::limits;

/// How long clients are waited for.
#[derive(Debug, Clone, Copy)]
pub struct ClientWaits {
    /// From the connection to its first byte.
    pub first_byte: Duration,
    /// From the first byte of a request to the end of its headers.
    pub header: Duration,
    /// Between two pieces of a body.
    pub body_idle: Duration,
    /// While they take nothing of an answer.
    pub write_stall: Duration,
}

impl Default for ClientWaits {
    fn default() -> Self {
        Self {
            first_byte: limits::FIRST_BYTE_WAIT,
            header: limits::HEADER_WAIT,
            body_idle: limits::BODY_IDLE_WAIT,
            write_stall: limits::WRITE_STALL_WAIT,
        }
    }
}

/// How connections are served.
#[derive(Debug, Clone, Copy)]
pub struct ServerTiming {
    /// How long clients are waited for.
    pub waits: ClientWaits,
    /// For requests under way to finish when the server stops.
    pub grace: Duration,
}

/// Pause after a connection could not be accepted: out of file handles, most likely.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves `router` until `stop`, then lets the requests under way finish.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken, timing: ServerTiming) {
    let connections = Arc::new(Semaphore::new(limits::CONNECTIONS_MAX));
    let of_address = Arc::new(Tally::new(limits::CONNECTIONS_OF_ONE_ADDRESS_MAX));
    let graceful = GracefulShutdown::new();
    let accepting = async {
        loop {
            // A full house waits in the kernel's queue.
            let Ok(permit) = Arc::clone(&connections).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, peer)) => {
                    let Some(seat) = Arc::clone(&of_address).take(peer.ip()) else { continue };
                    let permits = (permit, seat);
                    let ends = (stop.clone(), graceful.watcher());
                    let serving = serve_connection(stream, router.clone(), ends, timing.waits);
                    tokio::spawn(async move {
                        serving.await;
                        drop(permits);
                    });
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
    if timeout(timing.grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were cut off");
    }
}

async fn serve_connection(
    stream: TcpStream,
    router: Router,
    (stop, watcher): (CancellationToken, Watcher),
    waits: ClientWaits,
) {
    // hyper starts its header deadline with the first byte only.
    // Browsers open connections ahead of need: those must not hold up a server that stops.
    let mut first = [0];
    let begun = stop.run_until_cancelled(timeout(waits.first_byte, stream.peek(&mut first))).await;
    if !matches!(begun, Some(Ok(Ok(1)))) {
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
        .header_read_timeout(waits.header)
        .serve_connection(TokioIo::new(Box::pin(with_write_timeout(stream, waits.write_stall))), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection broke");
    }
}

/// A client that stops to read must not keep its connection, and what is on its way, for ever.
fn with_write_timeout(stream: TcpStream, stall: Duration) -> TimeoutWriter<TcpStream> {
    let mut stream = TimeoutWriter::new(stream);
    stream.set_timeout(Some(stall));
    stream
}

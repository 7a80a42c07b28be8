//! A webhook receiver that answers as it is told and keeps what came.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

/// One request that came.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Delivery {
    /// A header as text.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name} in {self:?}")).to_str().unwrap()
    }
}

/// Listens on loopback.
pub(crate) struct Receiver {
    pub(crate) url: String,
    deliveries: mpsc::Receiver<Delivery>,
}

impl Receiver {
    /// Answers the first requests with `statuses`, every later one with 200.
    pub(crate) async fn answering(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (sender, deliveries) = mpsc::channel(64);
        let statuses = Arc::new(Mutex::new(statuses.to_vec()));
        let answer = move |headers: HeaderMap, body: Bytes| {
            let (sender, statuses) = (sender.clone(), Arc::clone(&statuses));
            async move {
                sender.send(Delivery { headers, body }).await.unwrap();
                let mut statuses = statuses.lock().await;
                let status = if statuses.is_empty() { 200 } else { statuses.remove(0) };
                StatusCode::from_u16(status).unwrap()
            }
        };
        tokio::spawn(axum::serve(listener, Router::new().fallback(answer)).into_future());
        Self { url, deliveries }
    }

    /// The next request; fails if none comes.
    pub(crate) async fn next(&mut self) -> Delivery {
        tokio::time::timeout(Duration::from_secs(20), self.deliveries.recv()).await.unwrap().unwrap()
    }

    /// True if nothing more comes for as long as several retries would take.
    pub(crate) async fn stays_silent(&mut self) -> bool {
        tokio::time::timeout(Duration::from_secs(1), self.deliveries.recv()).await.is_err()
    }
}

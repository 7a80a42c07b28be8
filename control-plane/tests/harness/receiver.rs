//! A webhook receiver that answers as it is told and keeps what came.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// Instead of a status: no answer, for ever.
pub(crate) const HOLD: u16 = 0;

/// One request that came.
#[derive(Debug, Clone)]
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
    all: Arc<Mutex<Vec<Delivery>>>,
}

impl Receiver {
    /// Answers the first requests with `statuses`, every later one with 200.
    pub(crate) async fn answering(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (sender, deliveries) = mpsc::channel(4096);
        let (statuses, all) =
            (Arc::new(Mutex::new(VecDeque::from(statuses.to_vec()))), Arc::<Mutex<Vec<_>>>::default());
        let kept = Arc::clone(&all);
        let answer = move |headers: HeaderMap, body: Bytes| {
            let (sender, statuses, kept) = (sender.clone(), Arc::clone(&statuses), Arc::clone(&kept));
            async move {
                let delivery = Delivery { headers, body };
                kept.lock().unwrap().push(delivery.clone());
                sender.send(delivery).await.unwrap();
                let status = statuses.lock().unwrap().pop_front();
                if status == Some(HOLD) {
                    std::future::pending::<()>().await;
                }
                StatusCode::from_u16(status.unwrap_or(200)).unwrap()
            }
        };
        tokio::spawn(axum::serve(listener, Router::new().fallback(answer)).into_future());
        Self { url, deliveries, all }
    }

    /// The next request; fails if none comes.
    pub(crate) async fn next(&mut self) -> Delivery {
        tokio::time::timeout(Duration::from_secs(20), self.deliveries.recv()).await.unwrap().unwrap()
    }

    /// True if nothing more comes for as long as several retries would take.
    pub(crate) async fn stays_silent(&mut self) -> bool {
        tokio::time::timeout(Duration::from_secs(1), self.deliveries.recv()).await.is_err()
    }

    /// Everything that has come, in order.
    pub(crate) fn all(&self) -> Vec<Delivery> {
        self.all.lock().unwrap().clone()
    }
}

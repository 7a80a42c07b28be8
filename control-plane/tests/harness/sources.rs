//! Files at URLs, on a port of 127.0.0.1 that the server under test may fetch from.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, Uri};
use tokio::net::TcpListener;

/// A file server.
pub(crate) struct Sources {
    pub(crate) port: u16,
}

impl Sources {
    /// Serves `files` by their paths.
    pub(crate) async fn serving(files: &[(&str, &[u8])]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let files = files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec()));
        let files: Arc<BTreeMap<String, Vec<u8>>> = Arc::new(files.collect());
        let answer = move |uri: Uri| {
            let found = files.get(uri.path()).cloned();
            async move { found.ok_or(StatusCode::NOT_FOUND) }
        };
        tokio::spawn(axum::serve(listener, Router::new().fallback(answer)).into_future());
        Self { port }
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

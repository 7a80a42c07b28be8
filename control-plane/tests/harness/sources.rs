//! Files at URLs, on a port of 127.0.0.1 that the server under test may fetch from.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{StatusCode, Uri};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

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

    /// Answers with what `answer` says to a path and the number of times that it was asked before: bytes, as they are,
    /// after which the connection ends. `/endless` is what it says.
    pub(crate) async fn raw(answer: impl Fn(&str, usize) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (answer, asked) = (Arc::new(answer), Arc::<Mutex<BTreeMap<String, usize>>>::default());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (answer, asked) = (Arc::clone(&answer), Arc::clone(&asked));
                tokio::spawn(async move {
                    let path = path_of_request(&mut stream).await;
                    let before = {
                        let mut asked = asked.lock().unwrap();
                        let count = asked.entry(path.clone()).or_default();
                        *count += 1;
                        *count - 1
                    };
                    stream.write_all(answer(&path, before).as_bytes()).await.ok();
                    while path == "/endless" && stream.write_all(&[0; 4096]).await.is_ok() {}
                });
            }
        });
        Self { port }
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

async fn path_of_request(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap().split(' ').nth(1).unwrap().to_owned()
}

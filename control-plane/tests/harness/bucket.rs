//! An S3 service in this process, on loopback, with one bucket in a temporary directory, and mishaps as a test wants them.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, HttpResponse};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;

const NAME: &str = "videos";
const KEY_ID: &str = "avs-test";
const KEY: &str = "unspeakable-key-of-the-bucket";

/// What befalls a request instead of its answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mishap {
    /// An answer with this status and nothing else.
    Status(u16),
    /// The connection ends in the middle of the request's body.
    Torn,
    /// No answer, for ever.
    Held,
}

/// What a test wants to befall a request, by its method and its path with the query.
type Fate = Box<dyn FnMut(&Method, &str) -> Option<Mishap> + Send>;

/// The service.
pub(crate) struct BucketServer {
    directory: TempDir,
    url: String,
    fate: Arc<Mutex<Option<Fate>>>,
}

impl BucketServer {
    /// Starts it, with an empty bucket.
    pub(crate) async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join(NAME)).unwrap();
        let mut builder = S3ServiceBuilder::new(FileSystem::new(directory.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(KEY_ID, KEY));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let fate = Arc::<Mutex<Option<Fate>>>::default();
        let fates = Arc::clone(&fate);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (service, fates) = (service.clone(), Arc::clone(&fates));
                let answer = service_fn(move |request: Request<Incoming>| {
                    let path = request.uri().path_and_query().unwrap().as_str();
                    let mishap = fates.lock().unwrap().as_mut().and_then(|fate| fate(request.method(), path));
                    answer(service.clone(), request, mishap)
                });
                tokio::spawn(async move {
                    let connection = hyper::server::conn::http1::Builder::new();
                    connection.serve_connection(TokioIo::new(stream), answer).await.ok();
                });
            }
        });
        Self { directory, url, fate }
    }

    /// From now on asks `fate` about every request first.
    pub(crate) fn interfere(&self, fate: impl FnMut(&Method, &str) -> Option<Mishap> + Send + 'static) {
        *self.fate.lock().unwrap() = Some(Box::new(fate));
    }

    /// How many parts lie about of objects that have not become whole.
    pub(crate) fn loose_parts(&self) -> usize {
        let entries = std::fs::read_dir(self.directory.path()).unwrap().map(Result::unwrap);
        entries.filter(|entry| entry.file_name().to_str().unwrap().contains(".part-")).count()
    }

    /// What a server must be told to use it.
    pub(crate) fn settings(&self) -> [(&str, &str); 4] {
        [
            ("AVS_S3_BUCKET", NAME),
            ("AVS_S3_ENDPOINT", &self.url),
            ("AVS_S3_ACCESS_KEY_ID", KEY_ID),
            ("AVS_S3_SECRET_ACCESS_KEY", KEY),
        ]
    }

    /// The keys of everything in the bucket, sorted.
    pub(crate) fn keys(&self) -> Vec<String> {
        let bucket = self.directory.path().join(NAME);
        let (mut keys, mut directories) = (Vec::new(), vec![bucket.clone()]);
        while let Some(directory) = directories.pop() {
            for entry in std::fs::read_dir(directory).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    directories.push(entry.path());
                } else {
                    keys.push(entry.path().strip_prefix(&bucket).unwrap().display().to_string());
                }
            }
        }
        keys.sort();
        keys
    }
}

async fn answer(
    service: S3Service,
    request: Request<Incoming>,
    mishap: Option<Mishap>,
) -> std::io::Result<HttpResponse> {
    match mishap {
        None => service.call(request.map(Body::from)).await.map_err(std::io::Error::other),
        Some(Mishap::Status(status)) => {
            let mut answer = HttpResponse::new(Body::empty());
            *answer.status_mut() = status.try_into().unwrap();
            Ok(answer)
        }
        Some(Mishap::Torn) => {
            let mut body = request.into_body();
            std::future::poll_fn(|ctx| Pin::new(&mut body).poll_frame(ctx)).await;
            Err(std::io::ErrorKind::ConnectionAborted.into())
        }
        Some(Mishap::Held) => std::future::pending().await,
    }
}

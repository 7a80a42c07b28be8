//! An S3 service in this process, on loopback, with one bucket in a temporary directory.

use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;

const NAME: &str = "videos";
const KEY_ID: &str = "avs-test";
const KEY: &str = "unspeakable-key-of-the-bucket";

/// The service.
pub(crate) struct BucketServer {
    directory: TempDir,
    url: String,
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
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let connection = hyper::server::conn::http1::Builder::new();
                    connection.serve_connection(TokioIo::new(stream), service).await.ok();
                });
            }
        });
        Self { directory, url }
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

//! Fetches over real sockets: 127.0.0.1 plays the internet, 127.0.0.2 a private network that nothing may reach.

mod hostile_addresses;
mod hostile_sources;
mod hostile_urls;
pub(super) mod names;
pub(super) mod server;
mod spellings;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::address::AddressPolicy;
use super::client::UrlPolicy;
use super::download::{DownloadTiming, Downloader, FetchError, FetchPolicy, Fetched};
use crate::telemetry;
use names::{Answer, Names};
use server::{Reply, Server};

/// More than any test's file, unless the test is about it.
const BYTES_MAX: u64 = 4 << 20;

/// Part of the URLs of these tests that no message may repeat.
const SIGNATURE: &str = "sig=SECRET";

/// A file that is no web page.
pub(super) const MEDIA: &[u8] = b"\x89PNG\r\n\x1a\n0123456789";

/// Two servers, a resolver that follows a script, and a downloader that may reach 127.0.0.1 only.
pub(super) struct World {
    pub(super) public: Server,
    pub(super) private: Server,
    pub(super) names: Arc<Names>,
    pub(super) downloader: Downloader,
    dir: tempfile::TempDir,
}

impl World {
    /// 127.0.0.1 replies with `reply` to each path.
    pub(super) async fn new(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self::with_timing(patient(), reply).await
    }

    pub(super) async fn with_timing(
        timing: DownloadTiming,
        reply: impl Fn(&str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let public = Server::start("127.0.0.1", reply).await;
        let private = Server::start("127.0.0.2", |_path| Reply::media(MEDIA)).await;
        let names = Arc::new(Names::default());
        let policy = policy(&["127.0.0.1/32"], &[public.port(), private.port(), 80]);
        let downloader = Downloader::with_lookup(policy, timing, names.clone()).unwrap();
        Self { public, private, names, downloader, dir: tempfile::tempdir().unwrap() }
    }

    /// A URL at 127.0.0.1.
    pub(super) fn url(&self, path: &str) -> String {
        self.url_at("127.0.0.1", path)
    }

    /// A URL at `host` and the public server's port.
    pub(super) fn url_at(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}?{SIGNATURE}", self.public.port())
    }

    pub(super) fn path(&self) -> PathBuf {
        self.dir.path().join("source")
    }

    pub(super) async fn fetch(&self, url: &str) -> Result<Fetched, FetchError> {
        self.downloader.fetch(url, &self.path(), BYTES_MAX).await
    }

    /// Fetches `url` and expects an error, after which no file is there and no message tells a secret.
    pub(super) async fn refusal(&self, url: &str) -> FetchError {
        let error = self.fetch(url).await.expect_err(url);
        self.assert_no_trace(&error);
        error
    }

    #[track_caller]
    pub(super) fn assert_no_trace(&self, error: &FetchError) {
        assert_eq!(fs::read_dir(self.dir.path()).unwrap().count(), 0, "{error:?}");
        for text in [error.to_string(), telemetry::chain(error), format!("{error:?}")] {
            assert!(!text.contains("SECRET"), "{text}");
        }
        assert!(!error.to_string().contains("127.0.0."), "{error}");
    }
}

/// A policy with `networks` besides the internet.
pub(super) fn policy(networks: &[&str], ports: &[u16]) -> FetchPolicy {
    let allowed = networks.iter().map(|network| network.parse().unwrap()).collect();
    let urls = UrlPolicy { addresses: AddressPolicy { allowed }, http_allowed: true };
    FetchPolicy { urls, ports: ports.to_vec() }
}

/// Waits that only a failing test runs into.
pub(super) fn patient() -> DownloadTiming {
    let long = Duration::from_secs(10);
    DownloadTiming {
        resolve_wait: long,
        connect_wait: long,
        answer_wait: long,
        idle_wait: long,
        pace_window: long,
        bytes_per_sec_min: 16 << 10,
        total_wait: 3 * long,
    }
}

/// The answer of a name that leads to `addresses`.
pub(super) fn leads_to(addresses: &[&str]) -> Answer {
    Answer::Addresses(addresses.iter().map(|address| address.parse().unwrap()).collect())
}

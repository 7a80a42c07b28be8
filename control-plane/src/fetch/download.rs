//! Files fetched from URLs that users name, into files of ours. The engine and FFmpeg never see a URL.
//!
//! ```text
//!  vet ──▶ look up ──▶ connect ──▶ ask ──▶ peer checked ──▶ headers ──▶ body ──▶ synced file
//!   ▲      (every answer checked)                             │          (counted, timed, sniffed)
//!   └──────────────── redirect, at most five ─────────────────┘
//! ```

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Bytes;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, HeaderName, HeaderValue, LOCATION, TRANSFER_ENCODING,
};
use reqwest::{Response, StatusCode, Url};
use tokio::time::{Instant, timeout};

use super::client::{UrlPolicy, checked_client, permits_peer};
use super::error::error_from_request;
use super::lookup::{Lookup, SystemLookup};
use super::pace::Pace;
use super::partial_file::PartialFile;
use super::web_page::is_web_page;
use crate::domain::media_kind::HEAD_BYTES;
use crate::limits;

pub use super::client::UrlError;
pub use super::error::FetchError;

/// What the operator lets users fetch from.
#[derive(Debug, Clone)]
pub struct FetchPolicy {
    /// Schemes and addresses.
    pub urls: UrlPolicy,
    /// Ports; any scheme may use any of them.
    pub ports: Vec<u16>,
}

impl Default for FetchPolicy {
    /// Public addresses, `https` and `http`, at the standard ports.
    fn default() -> Self {
        let urls = UrlPolicy { http_allowed: true, ..UrlPolicy::default() };
        Self { urls, ports: limits::FETCH_PORTS.to_vec() }
    }
}

impl FetchPolicy {
    fn vet(&self, text: &str) -> Result<Url, UrlError> {
        if text.len() > limits::FETCH_URL_BYTES_MAX {
            return Err(UrlError::TooLong { bytes_max: limits::FETCH_URL_BYTES_MAX });
        }
        let url = self.urls.vet(text)?;
        match url.port_or_known_default() {
            Some(port) if !self.ports.contains(&port) => Err(UrlError::Port(port)),
            _ => Ok(url),
        }
    }
}

/// How long a source is waited for.
#[derive(Debug, Clone, Copy)]
pub struct DownloadTiming {
    /// For its addresses.
    pub resolve_wait: Duration,
    /// For a connection, TLS included, once the addresses are known.
    pub connect_wait: Duration,
    /// From asking to the end of its headers, look-up and connection included.
    pub answer_wait: Duration,
    /// Between two pieces of its body.
    pub idle_wait: Duration,
    /// Time over which its speed is measured.
    pub pace_window: Duration,
    /// The slowest speed that will do.
    pub bytes_per_sec_min: u64,
    /// For everything, redirects included.
    pub total_wait: Duration,
}

impl Default for DownloadTiming {
    fn default() -> Self {
        Self {
            resolve_wait: limits::RESOLVE_WAIT,
            connect_wait: limits::FETCH_CONNECT_WAIT,
            answer_wait: limits::FETCH_ANSWER_WAIT,
            idle_wait: limits::FETCH_IDLE_WAIT,
            pace_window: limits::FETCH_PACE_WINDOW,
            bytes_per_sec_min: limits::FETCH_BYTES_PER_SEC_MIN,
            total_wait: limits::FETCH_TOTAL_WAIT,
        }
    }
}

/// A source that is on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// At least 1.
    pub size_bytes: u64,
    /// Its first bytes, at most [`HEAD_BYTES`].
    pub head: Vec<u8>,
    /// Of all its bytes.
    pub sha256: [u8; 32],
}

/// Fetches sources. Cheap to clone; one per process.
#[derive(Clone)]
pub struct Downloader {
    client: reqwest::Client,
    policy: Arc<FetchPolicy>,
    timing: DownloadTiming,
}

impl Downloader {
    /// Fetches what `policy` permits, with the resolver of the operating system.
    ///
    /// # Errors
    /// [`reqwest::Error`] where TLS cannot be set up.
    pub fn new(policy: FetchPolicy, timing: DownloadTiming) -> reqwest::Result<Self> {
        Self::with_lookup(policy, timing, Arc::new(SystemLookup))
    }

    /// Fetches what `policy` permits, with another resolver.
    ///
    /// # Errors
    /// [`reqwest::Error`] where TLS cannot be set up.
    pub fn with_lookup(
        policy: FetchPolicy,
        timing: DownloadTiming,
        lookup: Arc<dyn Lookup>,
    ) -> reqwest::Result<Self> {
        let client = checked_client(&policy.urls.addresses, lookup, timing.resolve_wait)
            // The name is looked up within it.
            .connect_timeout(timing.resolve_wait + timing.connect_wait)
            // No connection outlives its fetch, so that no fetch rides on another's look-up.
            .pool_max_idle_per_host(0)
            .referer(false)
            .build()?;
        Ok(Self { client, policy: Arc::new(policy), timing })
    }

    /// Checks everything about a URL that can be known without any work.
    ///
    /// # Errors
    /// [`UrlError`] names the rule that it breaks.
    pub fn vet(&self, url: &str) -> Result<(), UrlError> {
        self.policy.vet(url).map(drop)
    }

    /// Streams the file at `url` to `path`, which must not exist, and syncs it. At most `bytes_max` bytes are
    /// ever written; on any error, and when dropped halfway, nothing stays.
    ///
    /// # Errors
    /// [`FetchError`] names the rule that was broken.
    pub async fn fetch(&self, url: &str, path: &Path, bytes_max: u64) -> Result<Fetched, FetchError> {
        let fetching = async { self.store(self.follow(url).await?, path, bytes_max).await };
        let limit_secs = self.timing.total_wait.as_secs();
        timeout(self.timing.total_wait, fetching).await.unwrap_or(Err(FetchError::Overtime { limit_secs }))
    }

    /// Returns the answer at the end of all redirects.
    async fn follow(&self, text: &str) -> Result<Response, FetchError> {
        let mut url = self.policy.vet(text).map_err(FetchError::Url)?;
        for _hop in 0..=limits::FETCH_REDIRECTS_MAX {
            let answer = self.ask(url.clone()).await?;
            let Some(location) = location_of(&answer) else { return Ok(answer) };
            url = self.next_hop(&url, location)?;
        }
        Err(FetchError::TooManyRedirects { redirects_max: limits::FETCH_REDIRECTS_MAX })
    }

    /// Sends nothing but what every request has: there is nothing of one host that another could get to see.
    async fn ask(&self, url: Url) -> Result<Response, FetchError> {
        let request = self.client.get(url).header(ACCEPT_ENCODING, "identity").send();
        let answer = timeout(self.timing.answer_wait, request)
            .await
            .map_err(|_elapsed| FetchError::AnswerTimeout)?
            .map_err(error_from_request)?;
        if permits_peer(&self.policy.urls.addresses, answer.remote_addr()) {
            Ok(answer)
        } else {
            Err(FetchError::PrivatePeer)
        }
    }

    fn next_hop(&self, from: &Url, location: &[u8]) -> Result<Url, FetchError> {
        let malformed = FetchError::Redirect(UrlError::Malformed);
        let Ok(location) = std::str::from_utf8(location) else { return Err(malformed) };
        let Ok(target) = from.join(location) else { return Err(malformed) };
        let target = self.policy.vet(target.as_str()).map_err(FetchError::Redirect)?;
        if from.scheme() == "https" && target.scheme() == "http" {
            return Err(FetchError::Downgrade);
        }
        Ok(target)
    }

    async fn store(&self, answer: Response, path: &Path, bytes_max: u64) -> Result<Fetched, FetchError> {
        check_status(answer.status())?;
        check_encoding(&answer)?;
        // The layer below holds a body to its announced length: fewer bytes are an error, more are not read.
        match answer.content_length() {
            Some(0) => return Err(FetchError::Empty),
            Some(announced) if announced > bytes_max => return Err(FetchError::TooLarge { bytes_max }),
            _ => {}
        }
        let mut file = PartialFile::create(path)?;
        let mut body = Body::new(answer, self.timing);
        let mut sniffed = Vec::with_capacity(limits::FETCH_SNIFF_BYTES);
        while let Some(chunk) = body.next().await? {
            if file.size_bytes() + chunk.len() as u64 > bytes_max {
                return Err(FetchError::TooLarge { bytes_max });
            }
            let missing = limits::FETCH_SNIFF_BYTES - sniffed.len();
            if missing > 0 {
                sniffed.extend(chunk.iter().take(missing));
                refuse_web_page(&sniffed)?;
            }
            file.write(&chunk).await?;
        }
        let size_bytes = file.size_bytes();
        if size_bytes == 0 {
            return Err(FetchError::Empty);
        }
        sniffed.truncate(HEAD_BYTES);
        Ok(Fetched { size_bytes, head: sniffed, sha256: file.keep().await? })
    }
}

/// Where a redirect leads. A status of this kind without a place is an answer like any other.
fn location_of(answer: &Response) -> Option<&[u8]> {
    let redirects = matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    answer.headers().get(LOCATION).filter(|_| redirects).map(HeaderValue::as_bytes)
}

fn check_status(status: StatusCode) -> Result<(), FetchError> {
    let number = status.as_u16();
    match number {
        // 203: as 200, but a proxy on the way has changed something (RFC 9110, 15.3.4).
        200 | 203 => Ok(()),
        204 | 205 => Err(FetchError::Empty),
        404 | 410 => Err(FetchError::NotFound { status: number }),
        401 | 402 | 403 | 407 | 451 => Err(FetchError::Forbidden { status: number }),
        429 => Err(FetchError::RateLimited),
        500..=599 => Err(FetchError::Unavailable { status: number }),
        _ => Err(FetchError::Status { status: number }),
    }
}

/// `chunked` is the framing of HTTP/1.1 and is taken off below; every other coding changes the bytes.
fn check_encoding(answer: &Response) -> Result<(), FetchError> {
    let only = |name: HeaderName, harmless: &str| {
        answer.headers().get_all(name).iter().all(|value| {
            let text = value.to_str().unwrap_or("not ASCII");
            text.split(',')
                .map(str::trim)
                .all(|coding| coding.is_empty() || coding.eq_ignore_ascii_case(harmless))
        })
    };
    if only(CONTENT_ENCODING, "identity") && only(TRANSFER_ENCODING, "chunked") {
        Ok(())
    } else {
        Err(FetchError::Encoded)
    }
}

fn refuse_web_page(head: &[u8]) -> Result<(), FetchError> {
    if is_web_page(head) { Err(FetchError::WebPage) } else { Ok(()) }
}

/// The body of an answer, piece by piece, as long as it keeps coming.
struct Body {
    answer: Response,
    timing: DownloadTiming,
    pace: Pace,
}

impl Body {
    fn new(answer: Response, timing: DownloadTiming) -> Self {
        Self { answer, timing, pace: Pace::new(timing.pace_window, timing.bytes_per_sec_min) }
    }

    async fn next(&mut self) -> Result<Option<Bytes>, FetchError> {
        let mut idle_left = self.timing.idle_wait;
        loop {
            let started = Instant::now();
            let arrived = timeout(idle_left.min(self.pace.window_left()), self.answer.chunk()).await;
            let waited = started.elapsed();
            let size_bytes = match &arrived {
                Ok(Ok(Some(chunk))) => chunk.len(),
                _ => 0,
            };
            if !self.pace.keeps_up(waited, size_bytes) {
                return Err(FetchError::TooSlow { bytes_per_sec_min: self.timing.bytes_per_sec_min });
            }
            idle_left = idle_left.saturating_sub(waited);
            match arrived {
                Ok(chunk) => return chunk.map_err(|error| FetchError::Incomplete(error.without_url())),
                Err(_elapsed) if idle_left.is_zero() => return Err(FetchError::IdleTimeout),
                Err(_elapsed) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::address::AddressPolicy;
    use crate::fetch::tests::server::Reply;
    use crate::fetch::tests::{MEDIA, World, leads_to, patient, policy};

    #[track_caller]
    fn hop(from: &str, location: &str) -> Result<String, FetchError> {
        let downloader = Downloader::new(FetchPolicy::default(), patient()).unwrap();
        downloader.next_hop(&Url::parse(from).unwrap(), location.as_bytes()).map(String::from)
    }

    #[test]
    fn a_redirect_leads_up_to_https_but_not_down_from_it() {
        assert_eq!(hop("http://a.test/x", "https://b.test/y").unwrap(), "https://b.test/y");
        assert_eq!(hop("http://a.test/x", "http://b.test/y").unwrap(), "http://b.test/y");
        assert_eq!(hop("https://a.test/x/", "//b.test/y").unwrap(), "https://b.test/y");
        assert_eq!(hop("https://a.test/x/", "../y").unwrap(), "https://a.test/y");
        let error = hop("https://a.test/x", "http://a.test/x").unwrap_err();
        assert!(matches!(error, FetchError::Downgrade), "{error:?}");
        assert_eq!(error.code(), "source_url_refused");
    }

    #[test]
    fn a_redirect_that_is_no_text_is_refused() {
        let downloader = Downloader::new(FetchPolicy::default(), patient()).unwrap();
        let error = downloader.next_hop(&Url::parse("http://a.test/").unwrap(), b"/\xff").unwrap_err();
        assert!(matches!(error, FetchError::Redirect(UrlError::Malformed)), "{error:?}");
    }

    #[tokio::test]
    async fn a_connection_that_led_elsewhere_is_refused_even_if_its_name_passed() {
        let world = World::new(|_path| Reply::media(MEDIA)).await;
        world.names.script("files.test", &[leads_to(&["127.0.0.2"])]);
        let blind = AddressPolicy { allowed: vec!["127.0.0.0/8".parse().unwrap()] };
        let downloader = Downloader {
            client: checked_client(&blind, world.names.clone(), limits::RESOLVE_WAIT).build().unwrap(),
            policy: Arc::new(policy(&["127.0.0.1/32"], &[world.private.port()])),
            timing: patient(),
        };
        let url = format!("http://files.test:{}/", world.private.port());
        let error = downloader.fetch(&url, &world.path(), 100).await.unwrap_err();
        assert!(matches!(error, FetchError::PrivatePeer), "{error:?}");
        world.assert_no_trace(&error);
    }
}

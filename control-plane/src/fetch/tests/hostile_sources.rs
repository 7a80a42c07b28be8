//! Servers that are slow, broken or dishonest: each ends with its own error, and with nothing on the disk.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::net::{TcpListener, TcpSocket};

use super::names::Answer;
use super::server::{Reply, http};
use super::{BYTES_MAX, MEDIA, World, patient};
use crate::fetch::download::{DownloadTiming, FetchError};

/// Short for the wait that a test is about; the others stay long.
const SOON: Duration = Duration::from_millis(300);

/// Fetches from a server that replies with `reply`; returns code and whether a retry can help.
async fn outcome(reply: impl Fn() -> Reply + Send + Sync + 'static) -> (&'static str, bool) {
    outcome_with(patient(), reply).await
}

async fn outcome_with(
    timing: DownloadTiming,
    reply: impl Fn() -> Reply + Send + Sync + 'static,
) -> (&'static str, bool) {
    let world = World::with_timing(timing, move |_path| reply()).await;
    let error = world.refusal(&world.url("/a.png")).await;
    (error.code(), error.is_retryable())
}

#[tokio::test]
async fn a_file_arrives_whole_with_its_head_and_hash() {
    let body: Vec<u8> = MEDIA.iter().copied().cycle().take(3_000_000).collect();
    let sent = body.clone();
    let chunked = [format!("{:x}\r\n", body.len()).as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
    let world = World::new(move |path| match path {
        "/sized" => Reply::media(&sent),
        "/chunked" => Reply::answer("200 OK\r\ntransfer-encoding: chunked", &chunked),
        _ => Reply::answer("200 OK\r\nconnection: close", &sent),
    })
    .await;
    for path in ["/sized", "/chunked", "/until-the-end"] {
        let fetched = world.fetch(&world.url(path)).await.unwrap();
        assert!(fs::read(world.path()).unwrap() == body, "{path}");
        assert_eq!(fetched.size_bytes, 3_000_000);
        assert_eq!(fetched.head, &MEDIA[..12]);
        assert_eq!(fetched.sha256, <[u8; 32]>::from(Sha256::digest(&body)));
        fs::remove_file(world.path()).unwrap();
    }
}

#[tokio::test]
async fn a_file_that_is_there_is_not_touched() {
    let world = World::new(|_path| Reply::media(MEDIA)).await;
    fs::write(world.path(), "older").unwrap();
    let error = world.fetch(&world.url("/")).await.unwrap_err();
    assert_eq!(error.code(), "source_not_stored");
    assert_eq!(fs::read(world.path()).unwrap(), b"older");
}

#[tokio::test]
async fn statuses_say_whether_a_retry_can_help() {
    let table = [
        ("404 Not Found", ("source_not_found", false)),
        ("410 Gone", ("source_not_found", false)),
        ("401 Unauthorized", ("source_forbidden", false)),
        ("403 Forbidden", ("source_forbidden", false)),
        ("400 Bad Request", ("source_status_refused", false)),
        ("418 I am a teapot", ("source_status_refused", false)),
        ("206 Partial Content", ("source_status_refused", false)),
        ("304 Not Modified", ("source_status_refused", false)),
        ("302 Found", ("source_status_refused", false)),
        ("204 No Content", ("source_empty", false)),
        ("429 Too Many Requests", ("source_rate_limited", true)),
        ("500 Internal Server Error", ("source_unavailable", true)),
        ("503 Service Unavailable", ("source_unavailable", true)),
        ("599 Odd", ("source_unavailable", true)),
    ];
    for (status, expected) in table {
        let found = outcome(move || Reply::answer(&format!("{status}\r\nconnection: close"), b"")).await;
        assert_eq!(found, expected, "{status}");
    }
}

#[tokio::test]
async fn headers_that_trickle_in_run_out_of_time() {
    let timing = DownloadTiming { answer_wait: SOON, ..patient() };
    let head = b"HTTP/1.1 200 OK\r\nx-slow: ".to_vec();
    assert_eq!(outcome_with(timing, move || Reply::Drip(head.clone(), b"a")).await, ("source_timeout", true));
}

#[tokio::test]
async fn headers_without_end_are_no_http() {
    let head = b"HTTP/1.1 200 OK\r\nx-long: ".to_vec();
    assert_eq!(outcome(move || Reply::Flood(head.clone(), &[b'a'; 4096])).await, ("source_not_http", false));
    let head = b"HTTP/1.1 200 OK\r\n".to_vec();
    assert_eq!(
        outcome(move || Reply::Flood(head.clone(), b"x-many: a\r\n")).await,
        ("source_not_http", false)
    );
}

#[tokio::test]
async fn interim_answers_without_end_run_out_of_time() {
    let timing = DownloadTiming { answer_wait: SOON, ..patient() };
    let found = outcome_with(timing, || Reply::Flood(Vec::new(), b"HTTP/1.1 103 Early Hints\r\n\r\n")).await;
    assert_eq!(found, ("source_timeout", true));
}

#[tokio::test]
async fn a_body_that_stops_runs_out_of_time() {
    let timing = DownloadTiming { idle_wait: SOON, ..patient() };
    let head = [http("200 OK\r\ncontent-length: 100"), MEDIA.to_vec()].concat();
    assert_eq!(outcome_with(timing, move || Reply::Stall(head.clone())).await, ("source_timeout", true));
}

#[tokio::test]
async fn a_body_that_drips_below_the_floor_is_too_slow() {
    let timing = DownloadTiming { pace_window: SOON, ..patient() };
    let head = http("200 OK\r\ncontent-length: 100000");
    assert_eq!(
        outcome_with(timing, move || Reply::Drip(head.clone(), b"a")).await,
        ("source_too_slow", true)
    );
}

#[tokio::test]
async fn a_body_that_stops_is_too_slow_where_the_window_ends_first() {
    let timing = DownloadTiming { pace_window: SOON, ..patient() };
    let head = http("200 OK\r\ncontent-length: 100000");
    assert_eq!(outcome_with(timing, move || Reply::Stall(head.clone())).await, ("source_too_slow", true));
}

#[tokio::test]
async fn a_body_above_the_floor_is_not_too_slow() {
    let timing = DownloadTiming { pace_window: SOON, bytes_per_sec_min: 1, ..patient() };
    let head = http("200 OK\r\ncontent-length: 60");
    let world = World::with_timing(timing, move |_path| Reply::Drip(head.clone(), b"a")).await;
    assert_eq!(world.fetch(&world.url("/")).await.unwrap().size_bytes, 60, "two windows long");
}

#[tokio::test]
async fn nothing_takes_longer_than_the_total() {
    let timing = DownloadTiming { total_wait: SOON, bytes_per_sec_min: 0, ..patient() };
    let world = World::with_timing(timing, |_path| Reply::Drip(http("200 OK"), b"a")).await;
    let error = world.refusal(&world.url("/")).await;
    assert!(matches!(error, FetchError::Overtime { .. }), "{error:?}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_reset_or_an_early_end_leaves_the_file_incomplete() {
    let incomplete = ("source_incomplete", true);
    let sized = [http("200 OK\r\ncontent-length: 100"), MEDIA.to_vec()].concat();
    let cut = sized.clone();
    assert_eq!(outcome(move || Reply::Bytes(cut.clone())).await, incomplete, "fewer bytes than announced");
    assert_eq!(outcome(move || Reply::Reset(sized.clone())).await, incomplete, "reset, length known");
    let unsized_body = [http("200 OK"), MEDIA.to_vec()].concat();
    assert_eq!(
        outcome(move || Reply::Reset(unsized_body.clone())).await,
        incomplete,
        "reset, length unknown"
    );
    let chunked = [http("200 OK\r\ntransfer-encoding: chunked"), b"64\r\nabc".to_vec()].concat();
    assert_eq!(outcome(move || Reply::Bytes(chunked.clone())).await, incomplete, "within a chunk");
    let unended = [http("200 OK\r\ntransfer-encoding: chunked"), b"3\r\nabc\r\n".to_vec()].concat();
    assert_eq!(outcome(move || Reply::Bytes(unended.clone())).await, incomplete, "between chunks");
    assert_eq!(outcome(|| Reply::Bytes(Vec::new())).await, incomplete, "before the answer");
    assert_eq!(outcome(|| Reply::Bytes(b"HTTP/1.1 200 OK\r\ncont".to_vec())).await, incomplete, "within it");
}

#[tokio::test]
async fn bytes_after_the_announced_end_are_not_taken() {
    let world = World::new(|_path| Reply::answer("200 OK\r\ncontent-length: 12", MEDIA)).await;
    assert_eq!(world.fetch(&world.url("/")).await.unwrap().size_bytes, 12);
    assert_eq!(fs::read(world.path()).unwrap(), &MEDIA[..12]);
}

#[tokio::test]
async fn a_file_announced_too_large_is_refused_without_its_body() {
    let length = BYTES_MAX + 1;
    let head = http(&format!("200 OK\r\ncontent-length: {length}"));
    assert_eq!(outcome(move || Reply::Stall(head.clone())).await, ("source_too_large", false));
}

#[tokio::test]
async fn a_body_without_end_is_cut_at_the_limit() {
    let head = http("200 OK");
    let flood = move || Reply::Flood(head.clone(), &[0x47; 64 << 10]);
    assert_eq!(outcome(flood).await, ("source_too_large", false));
    let head = http("200 OK\r\ntransfer-encoding: chunked");
    let flood = move || Reply::Flood(head.clone(), b"8\r\nGGGGGGGG\r\n");
    assert_eq!(outcome(flood).await, ("source_too_large", false));
}

#[tokio::test]
async fn a_file_may_be_as_large_as_the_limit_and_no_larger() {
    let world = World::new(|_path| Reply::answer("200 OK\r\nconnection: close", MEDIA)).await;
    let (url, size_bytes) = (world.url("/"), MEDIA.len() as u64);
    let error = world.downloader.fetch(&url, &world.path(), size_bytes - 1).await.unwrap_err();
    world.assert_no_trace(&error);
    assert!(matches!(error, FetchError::TooLarge { .. }), "{error:?}");
    world.downloader.fetch(&url, &world.path(), size_bytes).await.unwrap();
}

#[tokio::test]
async fn encoded_bytes_are_refused() {
    for header in [
        "content-encoding: gzip",
        "content-encoding: br",
        "Content-Encoding: identity, zstd",
        "content-encoding: identity\r\ncontent-encoding: deflate",
        "transfer-encoding: gzip, chunked",
    ] {
        let found =
            outcome(move || Reply::answer(&format!("200 OK\r\n{header}"), b"\x1f\x8b\x08\0bomb")).await;
        assert_eq!(found, ("source_encoding_refused", false), "{header}");
    }
    let world = World::new(|_path| Reply::answer("200 OK\r\ncontent-encoding: Identity", MEDIA)).await;
    world.fetch(&world.url("/")).await.unwrap();
}

#[tokio::test]
async fn nothing_is_no_file() {
    let empty = ("source_empty", false);
    assert_eq!(outcome(|| Reply::media(b"")).await, empty);
    assert_eq!(outcome(|| Reply::answer("200 OK\r\nconnection: close", b"")).await, empty);
    assert_eq!(outcome(|| Reply::answer("200 OK\r\ntransfer-encoding: chunked", b"0\r\n\r\n")).await, empty);
}

#[tokio::test]
async fn a_web_page_is_refused_whatever_it_says_it_is() {
    let page = b"\r\n<!-- a share link -->\n<!DOCTYPE html><html><video src=a.mp4></video></html>";
    let found =
        outcome(|| Reply::answer("200 OK\r\ncontent-type: video/mp4\r\nconnection: close", page)).await;
    assert_eq!(found, ("source_is_a_web_page", false));
    // Told by its beginning, not at its end.
    let endless = || Reply::Flood(http("200 OK"), b"<html>");
    assert_eq!(outcome(endless).await, ("source_is_a_web_page", false));
    let drip = || Reply::Drip(http("200 OK"), b"<a ");
    assert_eq!(outcome(drip).await, ("source_is_a_web_page", false));
}

#[tokio::test]
async fn a_media_file_is_taken_whatever_it_says_it_is() {
    let head = format!("200 OK\r\ncontent-type: text/html\r\ncontent-length: {}", MEDIA.len());
    let world = World::new(move |_path| Reply::answer(&head, MEDIA)).await;
    world.fetch(&world.url("/index.html")).await.unwrap();
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    for garbage in [
        &b"SSH-2.0-OpenSSH_9.2\r\n"[..],
        b"\0\x01\x02\x03\x04\x05\x06\x07\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
    ] {
        let found = outcome(|| Reply::Bytes(garbage.to_vec())).await;
        assert_eq!(found, ("source_not_http", false), "{garbage:?}");
    }
    for lengths in ["1\r\ncontent-length: 2", "-1", "1e3", "99999999999999999999999"] {
        let found =
            outcome(move || Reply::answer(&format!("200 OK\r\ncontent-length: {lengths}"), b"a")).await;
        assert_eq!(found, ("source_not_http", false), "{lengths}");
    }
}

#[tokio::test]
async fn a_server_without_tls_does_not_pass_for_one_with_it() {
    let world = World::new(|_path| Reply::media(MEDIA)).await;
    let error = world.refusal(&world.url("/").replace("http:", "https:")).await;
    assert!(matches!(error, FetchError::Tls(_)), "{error:?}");
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_name_without_an_answer_and_a_closed_port_are_unreachable() {
    let world = World::new(|_path| Reply::media(MEDIA)).await;
    world.names.script("empty.test", &[Answer::Addresses(Vec::new())]);
    for name in ["dead.test", "empty.test"] {
        let error = world.refusal(&world.url_at(name, "/")).await;
        assert!(matches!(error, FetchError::UnknownName(_)), "{name}: {error:?}");
        assert_eq!((error.code(), error.is_retryable()), ("source_unreachable", true));
    }
    world.names.script("recovered.test", &[Answer::Failure, super::leads_to(&["127.0.0.1"])]);
    world.refusal(&world.url_at("recovered.test", "/")).await;
    world.fetch(&world.url_at("recovered.test", "/")).await.unwrap();
    fs::remove_file(world.path()).unwrap();

    // Bound, so that no other test gets the port, but nobody listens.
    let unused = TcpSocket::new_v4().unwrap();
    unused.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let closed = unused.local_addr().unwrap().port();
    let policy = super::policy(&["127.0.0.1/32"], &[closed]);
    let downloader = crate::fetch::download::Downloader::new(policy, patient()).unwrap();
    let url = format!("http://127.0.0.1:{closed}/");
    let error = downloader.fetch(&url, &world.path(), BYTES_MAX).await.unwrap_err();
    assert!(matches!(error, FetchError::Unreachable(_)), "{error:?}");
    world.assert_no_trace(&error);
}

#[tokio::test]
async fn a_resolver_that_does_not_answer_runs_out_of_time() {
    let timing = DownloadTiming { resolve_wait: SOON, ..patient() };
    let world = World::with_timing(timing, |_path| Reply::media(MEDIA)).await;
    world.names.script("silent.test", &[Answer::Silence]);
    let error = world.refusal(&world.url_at("silent.test", "/")).await;
    assert!(matches!(error, FetchError::ConnectTimeout), "{error:?}");
    assert_eq!((error.code(), error.is_retryable()), ("source_timeout", true));
}

#[tokio::test]
async fn a_host_that_does_not_finish_the_connection_runs_out_of_time() {
    let timing = DownloadTiming { connect_wait: SOON, resolve_wait: Duration::ZERO, ..patient() };
    // The system takes the connection into its queue; nobody ever speaks TLS on it.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let policy = super::policy(&["127.0.0.1/32"], &[port]);
    let downloader = crate::fetch::download::Downloader::new(policy, timing).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let url = format!("https://127.0.0.1:{port}/");
    let error = downloader.fetch(&url, &dir.path().join("source"), BYTES_MAX).await.unwrap_err();
    assert!(matches!(error, FetchError::ConnectTimeout), "{error:?}");
}

#[tokio::test]
async fn a_fetch_that_is_given_up_leaves_nothing_behind() {
    let head = [http("200 OK\r\ncontent-length: 100"), MEDIA.to_vec()].concat();
    let world = Arc::new(World::new(move |_path| Reply::Stall(head.clone())).await);
    let fetching = tokio::spawn({
        let world = Arc::clone(&world);
        async move { world.fetch(&world.url("/")).await }
    });
    let began = async {
        while !world.path().exists() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), began).await.expect("the file is begun");
    fetching.abort();
    assert!(fetching.await.unwrap_err().is_cancelled());
    assert!(!world.path().exists());
}

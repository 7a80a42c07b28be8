//! Clients that are slow on purpose, or many: they are cut off, and others are answered meanwhile.

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use avs::limits;
use reqwest::Client;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::{assert_completed_in_attempt, post};
use crate::harness::{Database, Receiver, Server, assert_invariants, template};

/// In place of the limits, which are some times as long.
const CLIENT_WAIT: (&str, &str) = ("AVS_CLIENT_WAIT_MILLIS", "1000");
/// Within so long everybody slow is cut off.
const CUT_OFF_WAIT: Duration = Duration::from_secs(8);
/// Within so long others are answered beside a flood; less than [`limits::FIRST_BYTE_WAIT`], after which it is gone.
const OTHERS_WAIT: Duration = Duration::from_secs(8);
/// More than the kernel buffers between two ends of a connection.
const EVENTS_MEBIBYTES_MAX: usize = 12;

fn start() -> Server {
    Server::start_with(Database::Sqlite, &[CLIENT_WAIT])
}

fn address(server: &Server) -> &str {
    server.url.trim_start_matches("http://")
}

async fn connected(server: &Server) -> TcpStream {
    TcpStream::connect(address(server)).await.unwrap()
}

/// The head of a request that the server will read the body of.
fn head(server: &Server, line: &str, headers: &str) -> String {
    format!("{line} HTTP/1.1\r\nHost: avs\r\nAuthorization: Bearer {}\r\n{headers}\r\n", server.token)
}

/// Reads until the server ends the connection, while `drip` is sent ten times a second; returns what it said.
async fn until_cut_off(mut stream: TcpStream, drip: &[u8]) -> String {
    let (mut said, mut chunk) = (Vec::new(), [0; 4096]);
    let deadline = Instant::now() + CUT_OFF_WAIT;
    loop {
        assert!(Instant::now() < deadline, "still connected");
        match tokio::time::timeout(Duration::from_millis(100), stream.read(&mut chunk)).await {
            Ok(Ok(0) | Err(_)) => return String::from_utf8_lossy(&said).into_owned(),
            Ok(Ok(count)) => said.extend_from_slice(&chunk[..count]),
            // What was cut off meanwhile shows at the next read.
            Err(_elapsed) => stream.write_all(drip).await.unwrap_or_default(),
        }
    }
}

/// Asks the server something, over and over, until `slow` is done; the answers must come soon. One that is late may be the
/// machine's doing, two in a row are the server's.
async fn assert_answers_while<T>(server: &Server, slow: impl Future<Output = T>) -> T {
    let mut slow = std::pin::pin!(slow);
    let mut was_late = false;
    loop {
        let asking = async {
            let begun = Instant::now();
            assert_eq!(server.get("/api/v1/credits").await.status, 200);
            let is_late = begun.elapsed() >= Duration::from_secs(2);
            tokio::time::sleep(Duration::from_millis(50)).await;
            is_late
        };
        tokio::select! {
            finished = &mut slow => return finished,
            is_late = asking => {
                assert!(!(was_late && is_late), "slow clients hold up others");
                was_late = is_late;
            }
        }
    }
}

/// No job, no file, no credit moved.
async fn assert_nothing_came_of_it(server: &Server) {
    assert!(server.job_ids().await.is_empty());
    assert_eq!(std::fs::read_dir(server.data_dir().join("jobs")).unwrap().count(), 0);
    assert_eq!(server.credits().await, (100, 0));
    assert_invariants(server, &[], None).await;
}

#[tokio::test]
async fn a_connection_without_a_request_is_closed() {
    let server = start();
    let stream = connected(&server).await;
    let said = assert_answers_while(&server, until_cut_off(stream, b"")).await;
    assert_eq!(said, "");
    assert_nothing_came_of_it(&server).await;
}

#[tokio::test]
async fn a_head_that_drips_is_cut_off() {
    let server = start();
    let mut stream = connected(&server).await;
    stream.write_all(b"GET /api/v1/credits HTTP/1.1\r\nX-Slow: ").await.unwrap();
    let said = assert_answers_while(&server, until_cut_off(stream, b"y")).await;
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{said}");
    assert_nothing_came_of_it(&server).await;
}

#[tokio::test]
async fn a_body_that_stops_is_refused_and_leaves_nothing() {
    let server = start();
    let mut stream = connected(&server).await;
    let headers = "Content-Type: multipart/form-data; boundary=frontier\r\nContent-Length: 9000\r\nConnection: close\r\n";
    let part =
        "--frontier\r\nContent-Disposition: form-data; name=\"files\"; filename=\"hero.mp4\"\r\n\r\npict";
    let request = head(&server, "POST /api/v1/videos/from-json", headers) + part;
    stream.write_all(request.as_bytes()).await.unwrap();
    let said = assert_answers_while(&server, until_cut_off(stream, b"")).await;
    assert!(said.starts_with("HTTP/1.1 408") && said.contains("body_too_slow"), "{said}");
    assert_nothing_came_of_it(&server).await;
}

#[tokio::test]
async fn a_body_that_drips_is_refused() {
    let server = start();
    let mut stream = connected(&server).await;
    let headers = "Content-Type: application/json\r\nContent-Length: 100000\r\nConnection: close\r\n";
    let request = head(&server, "POST /api/v1/videos/from-json", headers);
    stream.write_all(request.as_bytes()).await.unwrap();
    let said = assert_answers_while(&server, until_cut_off(stream, b" ")).await;
    assert!(said.starts_with("HTTP/1.1 408") && said.contains("body_too_slow"), "{said}");
    assert_nothing_came_of_it(&server).await;
}

#[tokio::test]
async fn a_download_that_nobody_reads_is_cut_off() {
    let server = start();
    let id = Server::accepted(&server.post_json(&json!({ "template": template("large", &[]) })).await);
    let job = server.ended(&id).await;
    let url = job["result"]["downloadUrl"].as_str().unwrap();
    let path = &url[url.find("/d/").unwrap()..];
    let mut stream = connected(&server).await;
    stream.write_all(head(&server, &format!("GET {path}"), "").as_bytes()).await.unwrap();
    server.logs("a connection broke").await;
    let mut got = Vec::new();
    let ended = stream.read_to_end(&mut got).await;
    assert!(ended.is_err() || got.len() < 32 << 20, "the whole file came: {}", got.len());
    assert_eq!(server.credits().await, (95, 0));
    assert_invariants(&server, &[id], None).await;
}

#[tokio::test]
async fn clients_that_read_no_events_hold_up_nothing_and_find_them_later() {
    let server = start();
    let receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, "slow until told", b"pictures").await;
    server.engine_that_stalls(&id, "render").await;
    let mut streams = Vec::new();
    for _ in 0..20 {
        let mut stream = connected(&server).await;
        let request = head(&server, &format!("GET /api/v1/jobs/{id}/events"), "Connection: close\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        streams.push(stream);
    }
    std::fs::write(server.data_dir().join("jobs/told"), "").unwrap();
    assert_answers_while(&server, assert_completed_in_attempt(&server, &id, 1)).await;
    for stream in streams {
        let said = until_cut_off(stream, b"").await;
        assert_eq!(said.matches("event: job.completed").count(), 1, "{said}");
    }
    assert_invariants(&server, &[id], Some(&receiver)).await;
}

#[tokio::test]
async fn an_address_that_takes_every_connection_takes_none_from_others() {
    // Patient enough that the connections of the flood stay.
    let server = Server::start();
    let mut flood = Vec::new();
    for _ in 0..600 {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.9:0".parse().unwrap()).unwrap();
        flood.push(socket.connect(address(&server).parse().unwrap()).await.unwrap());
    }
    // Closed at once: there is no seat for it.
    assert_eq!(until_cut_off(flood.pop().unwrap(), b"").await, "");
    let other = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 8));
    rustls::crypto::ring::default_provider().install_default().ok();
    let client = Client::builder().no_proxy().local_address(other).build().unwrap();
    let asked = client.get(format!("{}/api/v1/credits", server.url)).bearer_auth(&server.token);
    // Before the flood is cut off: after that there would be room anyway.
    let answer = asked.timeout(OTHERS_WAIT).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    drop(flood);
    let id = Server::accepted(&server.post_json(&json!({ "template": template("x", &[]) })).await);
    assert_completed_in_attempt(&server, &id, 1).await;
    assert_invariants(&server, &[id], None).await;
}

#[tokio::test]
async fn clients_that_never_read_their_events_are_cut_off_and_give_their_streams_back() {
    let server = start();
    let id = Server::accepted(&server.post_json(&json!({ "template": template("wordy", &[]) })).await);
    assert_eq!(server.ended(&id).await["status"], "completed");
    // Each is asked for so often that no buffer on the way holds all of it.
    let line = format!("GET /api/v1/jobs/{id}/events");
    let requests = head(&server, &line, "").repeat(EVENTS_MEBIBYTES_MAX);
    let mut streams = Vec::new();
    for _ in 0..limits::EVENT_STREAMS_MAX {
        let mut stream = connected(&server).await;
        stream.write_all(requests.as_bytes()).await.unwrap();
        streams.push(stream);
    }
    let all_are_cut_off = async {
        let deadline = Instant::now() + Duration::from_secs(30);
        while server.log().matches("a connection broke").count() < streams.len() {
            assert!(Instant::now() < deadline, "some are still connected");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert_answers_while(&server, all_are_cut_off).await;
    for mut stream in streams {
        let mut got = Vec::new();
        let ended = stream.read_to_end(&mut got).await;
        assert!(ended.is_err() || got.len() < EVENTS_MEBIBYTES_MAX << 20, "everything came: {}", got.len());
    }
    // Had one of them kept its stream, there were none left.
    for _ in 0..2 {
        let events = server.get(&format!("/api/v1/jobs/{id}/events")).await;
        assert_eq!(events.status, 200, "{}", String::from_utf8_lossy(&events.bytes));
        assert!(events.bytes.len() > 1 << 20);
    }
    assert_invariants(&server, &[id], None).await;
}

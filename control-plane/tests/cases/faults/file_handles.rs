//! No file handles left: nobody new is let in, what needs a file is refused for now, and jobs wait.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{SHORT_LEASE, assert_completed_in_attempt, post};
use crate::harness::processes::{limit_open_files, open_files};
use crate::harness::{Database, Receiver, Server, assert_invariants, on_both_databases};

on_both_databases!(a_server_without_file_handles_refuses_for_now_and_goes_on_when_they_come_back);

/// Left to the server beyond those that it has: fewer than the idle connections that come.
const SPARE_HANDLES: u64 = 20;

async fn connected(server: &Server) -> TcpStream {
    TcpStream::connect(server.url.trim_start_matches("http://")).await.unwrap()
}

/// An upload over a connection that is open already; returns the answer.
async fn upload_over(mut stream: TcpStream, server: &Server) -> String {
    let part = "--frontier\r\nContent-Disposition: form-data; name=\"files\"; filename=\"hero.mp4\"\r\n\r\npictures\r\n--frontier--\r\n";
    let head = format!(
        "POST /api/v1/videos/from-json HTTP/1.1\r\nHost: avs\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\
         Content-Type: multipart/form-data; boundary=frontier\r\nContent-Length: {}\r\n\r\n",
        server.token,
        part.len()
    );
    stream.write_all((head + part).as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(Duration::from_secs(10), stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    answer
}

async fn a_server_without_file_handles_refuses_for_now_and_goes_on_when_they_come_back(database: Database) {
    let server = Server::start_with(database, &[SHORT_LEASE, ("AVS_RETRY_PAUSE_MILLIS", "1500")]);
    let receiver = Receiver::answering(&[]).await;
    let running = post(&server, &receiver, "slow until told", b"pictures").await;
    server.engine_that_stalls(&running, "render").await;
    let early = connected(&server).await;

    limit_open_files(server.pid(), open_files(server.pid()) + SPARE_HANDLES);
    let mut idle = Vec::new();
    for _ in 0..SPARE_HANDLES + 20 {
        idle.push(connected(&server).await);
    }
    server.logs("cannot accept a connection").await;
    let refused = upload_over(early, &server).await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after"), "{refused}");
    // The running job comes to its end, with the handles that its engine leaves or in another attempt.
    std::fs::write(server.data_dir().join("jobs/told"), "").unwrap();

    drop(idle);
    let begun = Instant::now();
    server.credits().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "it took {:?} to come back", begun.elapsed());
    assert_eq!(server.ended(&running).await["status"], "completed");
    let next = post(&server, &receiver, "x", b"pictures").await;
    assert_completed_in_attempt(&server, &next, 1).await;
    assert_invariants(&server, &[running, next], Some(&receiver)).await;
}

//! Engines that are killed, hang, flood or lie: the job goes to another, and what the first one says no longer counts.

use std::time::{Duration, Instant};

use super::{assert_completed_in_attempt, post};
use crate::harness::processes::{is_alive, resident_bytes, signal};
use crate::harness::{Database, Receiver, Server, assert_invariants};

/// More than a server with a few jobs ever has in memory.
const RESIDENT_BYTES_MAX: u64 = 200 << 20;
/// Within so long a request is answered beside a flood; one that the machine holds up is asked again.
const ANSWER_WAIT: Duration = Duration::from_secs(1);
/// Requests beside a flood; the best counts.
const ASKED_MAX: usize = 3;

#[tokio::test]
async fn a_job_whose_engine_is_killed_in_a_probe_completes_once() {
    let server = Server::start();
    let receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, "x", b"stall in probe").await;
    assert!(signal(server.engine_that_stalls(&id, "probe").await, "KILL"));
    assert_completed_in_attempt(&server, &id, 2).await;
    assert_invariants(&server, &[id], Some(&receiver)).await;
}

#[tokio::test]
async fn a_job_whose_engine_is_killed_in_a_render_completes_once() {
    let server = Server::start();
    let receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, "slow once", b"pictures").await;
    assert!(signal(server.engine_that_stalls(&id, "render").await, "KILL"));
    assert_completed_in_attempt(&server, &id, 2).await;
    assert_invariants(&server, &[id], Some(&receiver)).await;
}

#[tokio::test]
async fn a_job_whose_engine_crashes_in_a_probe_completes_once() {
    let server = Server::start();
    let receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, "x", b"crash in probe").await;
    assert_completed_in_attempt(&server, &id, 2).await;
    assert_invariants(&server, &[id], Some(&receiver)).await;
}

async fn assert_a_stopped_engine_never_comes_back(step: &str, name: &str, file: &[u8]) {
    let server = Server::start_with(Database::Sqlite, &[("AVS_PING_MILLIS", "1000")]);
    let receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, name, file).await;
    let engine = server.engine_that_stalls(&id, step).await;
    assert!(signal(engine, "STOP"));
    assert_completed_in_attempt(&server, &id, 2).await;
    signal(engine, "CONT");
    let deadline = Instant::now() + Duration::from_secs(5);
    while is_alive(engine) {
        assert!(Instant::now() < deadline, "an engine that hung still lives");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_completed_in_attempt(&server, &id, 2).await;
    assert_invariants(&server, &[id], Some(&receiver)).await;
}

#[tokio::test]
async fn an_engine_that_was_stopped_in_a_probe_never_comes_back() {
    assert_a_stopped_engine_never_comes_back("probe", "x", b"stall in probe").await;
}

#[tokio::test]
async fn an_engine_that_was_stopped_in_a_render_never_comes_back() {
    assert_a_stopped_engine_never_comes_back("render", "slow once", b"pictures").await;
}

#[tokio::test]
async fn an_engine_that_floods_and_reads_nothing_is_given_up_while_the_server_answers() {
    // The flood lasts for some seconds, in which there is time to ask more than once.
    let server = Server::start_with(Database::Sqlite, &[("AVS_PING_MILLIS", "2000")]);
    let receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, "flood once", b"pictures").await;
    server.wait_until(&id, 0, |job| job["phase"] == "rendering").await;
    let mut took: Vec<Duration> = Vec::new();
    while took.len() < ASKED_MAX && took.last().is_none_or(|last| *last >= ANSWER_WAIT) {
        let begun = Instant::now();
        assert_eq!(server.credits().await, (90, 10));
        took.push(begun.elapsed());
    }
    assert!(took.iter().min().unwrap() < &ANSWER_WAIT, "a flood holds up requests: {took:?}");
    assert_completed_in_attempt(&server, &id, 2).await;
    assert!(resident_bytes(server.pid()) < RESIDENT_BYTES_MAX);
    assert_invariants(&server, &[id], Some(&receiver)).await;
}

#[tokio::test]
async fn an_engine_that_chatters_still_completes_its_job() {
    let server = Server::start();
    let receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, "chatter", b"pictures").await;
    assert_completed_in_attempt(&server, &id, 1).await;
    assert!(resident_bytes(server.pid()) < RESIDENT_BYTES_MAX);
    assert_invariants(&server, &[id], Some(&receiver)).await;
}

#[tokio::test]
async fn an_engine_that_lies_publishes_nothing_and_the_next_one_completes_the_job() {
    let server = Server::start();
    let receiver = Receiver::answering(&[]).await;
    let mut ids = Vec::new();
    for name in ["garbage once", "other job once", "close once", "nothing once"] {
        ids.push(post(&server, &receiver, name, b"pictures").await);
    }
    for id in &ids {
        assert_completed_in_attempt(&server, id, 2).await;
    }
    assert_invariants(&server, &ids, Some(&receiver)).await;
}

//! `kill -9` of the server, at any moment: what was acknowledged is there, once.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;

use super::{SHORT_LEASE, assert_completed_in_attempt, post};
use crate::harness::{Database, HOLD, Receiver, Server, assert_invariants, on_both_databases, template};

on_both_databases!(
    twenty_kills_under_a_stream_of_requests_lose_no_job_and_double_none,
    a_job_whose_server_is_killed_in_a_probe_completes_once,
    a_job_whose_server_is_killed_in_a_render_completes_once,
    a_webhook_that_was_sent_but_not_noted_comes_again_under_its_id,
    a_server_that_is_killed_while_it_makes_its_database_starts_the_next_time,
);

const KILLS: u64 = 20;
const KEYS_PER_KILL: usize = 5;

fn start(database: Database) -> Server {
    let server = Server::start_with(database, &[SHORT_LEASE]);
    server.cli(&["credits", "grant", "ada@example.com", "10000"]);
    server
}

/// Sends the request of a key; the job's id, if the answer arrived.
async fn try_post(server: &Server, receiver: &Receiver, key: &str) -> Option<String> {
    let body = json!({ "template": template(key, &[]), "webhook": receiver.target() }).to_string();
    let build = |request: reqwest::RequestBuilder| {
        request.header("Idempotency-Key", key).header(CONTENT_TYPE, "application/json").body(body)
    };
    let answer = server.try_send(Method::POST, "/api/v1/videos/from-json", build).await.ok()?;
    // Overloaded, perhaps; anything else would be a fault.
    (answer.status != 503).then(|| Server::accepted(&answer))
}

async fn post_all(server: &Server, receiver: &Receiver, keys: &[String]) -> BTreeMap<String, String> {
    let answers = join_all(keys.iter().map(|key| try_post(server, receiver, key))).await;
    keys.iter().cloned().zip(answers).filter_map(|(key, id)| Some((key, id?))).collect()
}

/// Repeats what is refused for now.
async fn post_until_answered(
    server: &Server,
    receiver: &Receiver,
    keys: &[String],
) -> BTreeMap<String, String> {
    let (mut answered, deadline) = (BTreeMap::new(), Instant::now() + Duration::from_secs(60));
    loop {
        let open: Vec<String> = keys.iter().filter(|key| !answered.contains_key(*key)).cloned().collect();
        if open.is_empty() {
            return answered;
        }
        assert!(Instant::now() < deadline, "never answered: {open:?}");
        answered.extend(post_all(server, receiver, &open).await);
    }
}

async fn twenty_kills_under_a_stream_of_requests_lose_no_job_and_double_none(database: Database) {
    let mut server = start(database);
    let receiver = Receiver::answering(&[]).await;
    let (mut acknowledged, mut keys) = (BTreeMap::new(), Vec::new());
    for kill in 0..KILLS {
        keys.extend((0..KEYS_PER_KILL).map(|n| format!("order-{kill}-{n}")));
        let open: Vec<String> = keys.iter().filter(|key| !acknowledged.contains_key(*key)).cloned().collect();
        let pid = server.pid();
        let killing = async {
            // From the first byte of the first request to the end of the last transaction.
            tokio::time::sleep(Duration::from_millis(kill * 3)).await;
            crate::harness::processes::signal(pid, "KILL");
        };
        let (answered, ()) = tokio::join!(post_all(&server, &receiver, &open), killing);
        acknowledged.extend(answered);
        server.kill();
        server.start_again();
    }
    let repeated = post_until_answered(&server, &receiver, &keys).await;
    for (key, id) in &acknowledged {
        assert_eq!(&repeated[key], id, "the answer to {key} was forgotten");
    }
    let mut ids: Vec<String> = repeated.into_values().collect();
    for id in &ids {
        assert_eq!(server.ended(id).await["status"], "completed");
    }
    ids.sort();
    let mut stored = server.job_ids().await;
    stored.sort();
    assert_eq!(stored, ids, "a request became two jobs, or two requests one");
    assert_invariants(&server, &ids, Some(&receiver)).await;
}

async fn a_job_whose_server_is_killed_in_a_probe_completes_once(database: Database) {
    let mut server = start(database);
    let receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, "x", b"stall in probe").await;
    server.engine_that_stalls(&id, "probe").await;
    server.kill();
    server.start_again();
    assert_completed_in_attempt(&server, &id, 2).await;
    assert_invariants(&server, &[id], Some(&receiver)).await;
}

async fn a_job_whose_server_is_killed_in_a_render_completes_once(database: Database) {
    let mut server = start(database);
    let receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, "slow once", b"pictures").await;
    let engine = server.engine_that_stalls(&id, "render").await;
    server.kill();
    server.start_again();
    assert_completed_in_attempt(&server, &id, 2).await;
    assert!(!crate::harness::processes::is_alive(engine), "an engine outlived its server");
    assert_invariants(&server, &[id], Some(&receiver)).await;
}

async fn a_webhook_that_was_sent_but_not_noted_comes_again_under_its_id(database: Database) {
    let mut server = start(database);
    let mut receiver = Receiver::answering(&[HOLD]).await;
    let id = post(&server, &receiver, "x", b"pictures").await;
    let first = receiver.next().await;
    server.kill();
    server.start_again();
    let second = receiver.next().await;
    assert_eq!((first.header("webhook-id"), &first.body), (second.header("webhook-id"), &second.body));
    assert_invariants(&server, &[id], Some(&receiver)).await;
    assert!(receiver.stays_silent().await);
}

async fn a_server_that_is_killed_while_it_makes_its_database_starts_the_next_time(database: Database) {
    let mut server = Server::prepare(database, &[SHORT_LEASE]);
    for kill in 0..12 {
        let mut child = server.serve_command().spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(kill * 6)).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    server.start_again();
    server.open_account();
    let receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, "x", b"pictures").await;
    assert_completed_in_attempt(&server, &id, 1).await;
    assert_invariants(&server, &[id], Some(&receiver)).await;
}

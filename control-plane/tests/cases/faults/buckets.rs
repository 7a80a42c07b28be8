//! A bucket that fails: the job is done once, or fails and costs nothing; no part of a video can be had.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::{SHORT_LEASE, assert_refused_for_now, post};
use crate::harness::{
    BucketServer, Database, Mishap, Receiver, Server, Upload, assert_invariants, on_both_databases, template,
};

on_both_databases!(
    a_bucket_that_fails_for_a_while_costs_no_job_and_no_attempt,
    a_video_whose_upload_is_torn_is_nowhere_until_another_attempt_has_it_whole,
    a_server_that_is_killed_in_an_upload_leaves_no_part_of_a_video_to_be_had,
    a_bucket_that_takes_no_video_fails_its_job_for_nothing,
    a_bucket_that_takes_no_upload_gets_its_request_refused_for_now,
);

/// Sent in parts.
const LARGE: &str = "large";

fn start(database: Database, bucket: &BucketServer) -> Server {
    let mut settings = bucket.settings().to_vec();
    settings.extend([SHORT_LEASE, ("AVS_RETRY_PAUSE_MILLIS", "300")]);
    Server::start_with(database, &settings)
}

/// Where the bucket has the videos of a job.
fn videos(bucket: &BucketServer, id: &str) -> Vec<String> {
    let keys = bucket.keys().into_iter();
    keys.filter(|key| key.starts_with(&format!("jobs/{id}/")) && key.ends_with("out.mp4")).collect()
}

async fn job(server: &Server, id: &str) -> Value {
    server.get(&format!("/api/v1/jobs/{id}")).await.json()
}

async fn a_bucket_that_fails_for_a_while_costs_no_job_and_no_attempt(database: Database) {
    let (bucket, receiver) = (BucketServer::start().await, Receiver::answering(&[]).await);
    let server = start(database, &bucket);
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    bucket.interfere(move |method, path| {
        let before = asked.entry(format!("{method} {path}")).or_default();
        *before += 1;
        [500, 503].get(*before - 1).map(|status| Mishap::Status(*status))
    });
    let id = post(&server, &receiver, LARGE, b"pictures").await;
    let ended = server.ended(&id).await;
    assert_eq!(ended["status"], "completed", "{ended}");
    assert_eq!(videos(&bucket, &id), [format!("jobs/{id}/1/out.mp4")]);
    assert_eq!((server.credits().await, bucket.loose_parts()), ((90, 0), 0));
    assert_invariants(&server, &[id], Some(&receiver)).await;
}

async fn a_video_whose_upload_is_torn_is_nowhere_until_another_attempt_has_it_whole(database: Database) {
    let (bucket, receiver) = (BucketServer::start().await, Receiver::answering(&[]).await);
    let server = start(database, &bucket);
    let mut torn = false;
    // Torn once, which is tried again, and then refused.
    bucket.interfere(move |_, path| {
        let concerned = path.contains("/1/out.mp4") && path.contains("partNumber=2");
        let mishap = if torn { Mishap::Status(403) } else { Mishap::Torn };
        torn |= concerned;
        concerned.then_some(mishap)
    });
    let id = post(&server, &receiver, LARGE, b"pictures").await;
    server.logs("the attempt broke").await;
    let between = job(&server, &id).await;
    assert!(between["status"] == "completed" || between["result"].is_null(), "{between}");
    let ended = server.ended(&id).await;
    assert_eq!(ended["status"], "completed", "{ended}");
    assert_eq!(videos(&bucket, &id), [format!("jobs/{id}/2/out.mp4")]);
    assert_eq!((server.credits().await, bucket.loose_parts()), ((90, 0), 0));
    assert_invariants(&server, &[id], Some(&receiver)).await;
}

async fn a_server_that_is_killed_in_an_upload_leaves_no_part_of_a_video_to_be_had(database: Database) {
    let (bucket, receiver) = (BucketServer::start().await, Receiver::answering(&[]).await);
    let mut server = start(database, &bucket);
    let held = Arc::new(AtomicBool::new(false));
    let holding = Arc::clone(&held);
    bucket.interfere(move |_, path| {
        let concerned = path.contains("/1/out.mp4") && path.contains("partNumber=3");
        holding.fetch_or(concerned, Ordering::Relaxed);
        concerned.then_some(Mishap::Held)
    });
    let id = post(&server, &receiver, LARGE, b"pictures").await;
    let deadline = Instant::now() + Duration::from_secs(20);
    while !held.load(Ordering::Relaxed) {
        assert!(Instant::now() < deadline, "no third part was sent");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    server.kill();
    assert!(videos(&bucket, &id).is_empty());
    server.start_again();
    assert!(job(&server, &id).await["result"].is_null() || !videos(&bucket, &id).is_empty());
    let ended = server.ended(&id).await;
    assert_eq!(ended["status"], "completed", "{ended}");
    assert_eq!(videos(&bucket, &id), [format!("jobs/{id}/2/out.mp4")]);
    assert_eq!(server.credits().await, (90, 0));
    assert_invariants(&server, &[id], Some(&receiver)).await;
}

async fn a_bucket_that_takes_no_video_fails_its_job_for_nothing(database: Database) {
    let (bucket, receiver) = (BucketServer::start().await, Receiver::answering(&[]).await);
    let server = start(database, &bucket);
    bucket.interfere(|_, path| path.contains("out.mp4").then_some(Mishap::Status(403)));
    let mut ids = Vec::new();
    for name in ["x", LARGE] {
        let id = post(&server, &receiver, name, b"pictures").await;
        let ended = server.ended(&id).await;
        assert_eq!((&ended["status"], &ended["error"]["code"]), (&json!("failed"), &json!("render_failed")));
        assert!(videos(&bucket, &id).is_empty() && ended["result"].is_null(), "{ended}");
        ids.push(id);
    }
    assert_eq!((server.credits().await, bucket.loose_parts()), ((100, 0), 0));
    assert_invariants(&server, &ids, Some(&receiver)).await;
}

async fn a_bucket_that_takes_no_upload_gets_its_request_refused_for_now(database: Database) {
    let (bucket, receiver) = (BucketServer::start().await, Receiver::answering(&[]).await);
    let server = start(database, &bucket);
    bucket.interfere(|method, _| (method == Method::PUT).then_some(Mishap::Status(403)));
    let request = json!({ "template": template("x", &["hero.mp4"]), "webhook": receiver.target() });
    let refused = server.post_files(&request, &[Upload("hero.mp4", b"pictures")]).await;
    assert_refused_for_now(&refused);
    assert_eq!((server.job_ids().await.len(), bucket.keys().len(), server.credits().await), (0, 0, (100, 0)));
    assert_eq!(std::fs::read_dir(server.data_dir().join("jobs")).unwrap().count(), 0);
    bucket.interfere(|_, _| None);
    let id = post(&server, &receiver, "x", b"pictures").await;
    assert_eq!(server.ended(&id).await["status"], "completed");
    assert_invariants(&server, &[id], Some(&receiver)).await;
}

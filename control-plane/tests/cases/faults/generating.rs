//! Servers and engines that die while a prompt is in `generating`, and a render that fails after it.

use serde_json::json;

use super::SHORT_LEASE;
use crate::cases::creator::{FROM_PROMPT, project};
use crate::harness::processes::signal;
use crate::harness::{Database, Receiver, Server, Upload, assert_invariants, on_both_databases};

on_both_databases!(a_job_whose_server_is_killed_in_generating_completes_once_and_is_charged_once);

async fn post(server: &Server, receiver: &Receiver, file: &[u8]) -> String {
    let request = json!({ "prompt": "A teaser", "webhook": receiver.target() });
    let answer = server.post_files_to(FROM_PROMPT, &request, &[Upload("hero.mp4", file)]).await;
    Server::accepted(&answer)
}

async fn a_job_whose_server_is_killed_in_generating_completes_once_and_is_charged_once(database: Database) {
    let mut server = Server::start_with(database, &[SHORT_LEASE]);
    let receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, b"stall in analysis").await;
    server.engine_that_stalls(&id, "analysis").await;
    assert_eq!(server.get(&format!("/api/v1/jobs/{id}")).await.json()["phase"], "generating");
    server.kill();
    server.start_again();
    let job = server.ended(&id).await;
    assert_eq!((&job["status"], &job["credits"]["charged"]), (&json!("completed"), &json!(13)), "{job}");
    assert_eq!(server.credits().await, (87, 0));
    assert_invariants(&server, &[id], Some(&receiver)).await;
}

#[tokio::test]
async fn a_job_whose_engine_is_killed_or_crashes_in_an_analysis_completes_once() {
    let server = Server::start();
    let receiver = Receiver::answering(&[]).await;
    let killed = post(&server, &receiver, b"stall in analysis").await;
    assert!(signal(server.engine_that_stalls(&killed, "analysis").await, "KILL"));
    let crashed = post(&server, &receiver, b"crash in analysis").await;
    for id in [&killed, &crashed] {
        let job = server.ended(id).await;
        assert_eq!((&job["status"], &job["credits"]["charged"]), (&json!("completed"), &json!(13)), "{job}");
    }
    assert_invariants(&server, &[killed, crashed], Some(&receiver)).await;
}

#[tokio::test]
async fn a_video_that_fails_after_its_template_was_made_costs_nothing() {
    let server = Server::start();
    let receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, b"fail in render").await;
    let job = server.ended(&id).await;
    assert_eq!((&job["status"], &job["credits"]["charged"]), (&json!("failed"), &json!(0)), "{job}");
    assert!(!project(&server, &job).await.template.is_null(), "it failed before there was a template");
    assert_eq!(server.credits().await, (100, 0));
    assert_invariants(&server, &[id], Some(&receiver)).await;
}

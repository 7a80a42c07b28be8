//! Crashes, hangs and restarts: every job still ends, once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Database, Receiver, Server, Upload, template};

/// A job that completed in its second attempt has been charged and announced once.
async fn assert_completed_once(server: &Server, receiver: &mut Receiver, id: &str) {
    let job = server.ended(id).await;
    assert_eq!(job["status"], "completed", "{job}");
    assert_eq!(job["credits"]["charged"], 10);
    assert_eq!(server.credits().await, (90, 0));
    let video = server.get(job["result"]["downloadUrl"].as_str().unwrap()).await;
    assert_eq!(video.bytes, format!("fake video of {id}, attempt 2").into_bytes());
    assert_eq!(receiver.next().await.header("x-avs-event"), "job.completed");
    assert!(receiver.stays_silent().await);
    assert!(server.audit().await.is_clean());
}

async fn post(server: &Server, receiver: &Receiver, name: &str) -> String {
    let request = json!({ "template": template(name, &["hero.mp4"]), "webhook": { "url": receiver.url } });
    Server::accepted(&server.post_files(&request, &[Upload("hero.mp4", b"pictures")]).await)
}

#[tokio::test]
async fn a_job_whose_engine_crashes_completes_in_another_attempt() {
    let server = Server::start();
    let mut receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, "crash once").await;
    assert_completed_once(&server, &mut receiver, &id).await;
}

#[tokio::test]
async fn a_job_whose_engine_hangs_completes_in_another_attempt() {
    let server = Server::start_with(Database::Sqlite, &[("AVS_PING_MILLIS", "1000")]);
    let mut receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, "hang once").await;
    assert_completed_once(&server, &mut receiver, &id).await;
}

#[tokio::test]
async fn an_input_that_crashes_two_engines_is_never_tried_again_and_costs_nothing() {
    let server = Server::start();
    let mut receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, "crash always").await;
    let job = server.ended(&id).await;
    assert_eq!(
        (&job["error"]["code"], &job["error"]["retryable"]),
        (&json!("input_rejected"), &json!(false))
    );
    assert_eq!(server.credits().await, (100, 0));
    assert_eq!(server.log().matches("job is running").count(), 2);
    assert_eq!(receiver.next().await.header("x-avs-event"), "job.failed");
    assert!(receiver.stays_silent().await);
    let again = server.ended(&post(&server, &receiver, "crash always").await).await;
    assert_eq!(again["error"]["code"], "input_rejected");
    assert_eq!(server.log().matches("crashed on this input").count(), 2);
    assert!(server.audit().await.is_clean());
}

#[tokio::test]
async fn a_job_whose_engines_are_killed_from_outside_fails_after_three_attempts() {
    let server = Server::start();
    let mut receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, "killed always").await;
    let job = server.ended(&id).await;
    assert_eq!((&job["error"]["code"], &job["error"]["retryable"]), (&json!("render_failed"), &json!(true)));
    assert_eq!(server.log().matches("job is running").count(), 3);
    assert_eq!(receiver.next().await.header("x-avs-event"), "job.failed");
    assert_eq!(server.credits().await, (100, 0));
}

fn is_rendering(job: &Value) -> bool {
    job["phase"] == "rendering" && job["progress"]["framesDone"] == 1
}

#[tokio::test]
async fn a_job_survives_a_server_that_is_killed() {
    let mut server = Server::start();
    let mut receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, "slow once").await;
    server.wait_until(&id, 0, is_rendering).await;
    server.kill();
    server.start_again();
    assert_completed_once(&server, &mut receiver, &id).await;
}

#[tokio::test]
async fn a_job_survives_a_server_that_is_stopped_and_keeps_its_phase() {
    let mut server = Server::start();
    let mut receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, "slow once").await;
    server.wait_until(&id, 0, is_rendering).await;
    assert!(server.stop(), "{}", server.log());
    assert!(server.log().contains("Interrupt"));
    server.start_again();
    let job = server.get(&format!("/api/v1/jobs/{id}")).await.json();
    assert!(matches!(job["phase"].as_str(), Some("rendering" | "completed")), "{job}");
    assert_completed_once(&server, &mut receiver, &id).await;
}

#[tokio::test]
async fn a_server_with_nothing_to_do_stops_at_once_whoever_is_connected() {
    let mut server = Server::start_with(Database::Sqlite, &[("AVS_SHUTDOWN_GRACE_MILLIS", "10000")]);
    // As browsers open ahead of need.
    let _silent = std::net::TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    assert!(server.stop());
    assert!(!server.log().contains("time is over"), "{}", server.log());
}

#[tokio::test]
async fn an_engine_that_cannot_be_started_does_not_stop_the_server_from_answering() {
    let mut server = Server::start();
    assert!(server.stop());
    server.set("AVS_ENGINE_BIN", "/nonexistent");
    server.start_again();
    assert_eq!(server.credits().await, (100, 0));
    // The first start takes a moment to fail; until then nothing is wrong.
    let deadline = Instant::now() + Duration::from_secs(20);
    let readiness = loop {
        let readiness = server.get(&format!("{}/readyz", server.admin_url)).await;
        if readiness.status != 200 {
            break readiness;
        }
        assert!(Instant::now() < deadline, "still ready, without an engine");
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert_eq!((readiness.status, &readiness.json()["engines"]), (503, &json!(false)));
}

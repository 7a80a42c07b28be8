//! PostgreSQL goes away and comes back: requests in between are refused for now, and every job ends once.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{assert_completed_in_attempt, post};
use crate::harness::{Cluster, Database, Receiver, Server, assert_invariants, has_postgres, template};

async fn jobs_in_every_state(server: &Server, receiver: &Receiver) -> Vec<String> {
    let done = post(server, receiver, "x", b"pictures").await;
    assert_completed_in_attempt(server, &done, 1).await;
    // Both engines are busy; the third job waits.
    let mut ids = vec![done];
    for (name, file, step) in
        [("slow until told", b"pictures".as_slice(), "render"), ("y", b"stall in probe", "probe")]
    {
        let id = post(server, receiver, name, file).await;
        server.engine_that_stalls(&id, step).await;
        ids.push(id);
    }
    ids.push(post(server, receiver, "z", b"pictures").await);
    ids
}

/// Lets go of what [`jobs_in_every_state`] holds up.
async fn release(server: &Server, ids: &[String]) {
    release_render(server);
    release_probe(server, ids).await;
}

fn release_render(server: &Server) {
    std::fs::write(server.data_dir().join("jobs/told"), "").unwrap();
}

/// At the cost of an attempt.
async fn release_probe(server: &Server, ids: &[String]) {
    let stalled = server.engine_that_stalls(&ids[2], "probe").await;
    crate::harness::processes::signal(stalled, "KILL");
}

async fn assert_all_complete(server: &Server, ids: &[String], receiver: &Receiver) {
    for id in ids {
        assert_eq!(server.ended(id).await["status"], "completed");
    }
    assert_eq!(server.job_ids().await.len(), ids.len());
    assert_invariants(server, ids, Some(receiver)).await;
}

/// Posts until it is accepted; everything before must be a refusal for now.
async fn post_until_accepted(server: &Server, receiver: &Receiver) -> String {
    let deadline = Instant::now() + Duration::from_secs(20);
    let request = json!({ "template": template("later", &[]), "webhook": receiver.target() });
    loop {
        let answer = server.post_json(&request).await;
        if answer.status == 202 {
            return Server::accepted(&answer);
        }
        assert_eq!(answer.status, 503, "{}", String::from_utf8_lossy(&answer.bytes));
        assert!(Instant::now() < deadline, "the server does not come back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn assert_outlives(fault: impl Fn(&Cluster)) {
    let Some(cluster) = Cluster::start() else { return };
    let mut server = Server::prepare_at(Some(cluster.url()), &[]);
    server.start_again();
    server.open_account();
    let receiver = Receiver::answering(&[]).await;
    let mut ids = jobs_in_every_state(&server, &receiver).await;

    fault(&cluster);
    let request = json!({ "template": template("never", &[]) });
    let path = format!("/api/v1/jobs/{}", ids[0]);
    let (posted, read) = tokio::join!(server.post_json(&request), server.get(&path));
    for answer in [posted, read] {
        assert_eq!(answer.status, 503, "{}", String::from_utf8_lossy(&answer.bytes));
        assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
    }
    release(&server, &ids).await;
    cluster.start_again();

    ids.push(post_until_accepted(&server, &receiver).await);
    assert_all_complete(&server, &ids, &receiver).await;
}

#[tokio::test]
async fn a_database_that_is_restarted_costs_no_job() {
    assert_outlives(Cluster::stop).await;
}

#[tokio::test]
async fn a_database_that_crashes_costs_no_job() {
    assert_outlives(Cluster::crash).await;
}

#[tokio::test]
async fn connections_that_are_cut_cost_no_job() {
    if !has_postgres() {
        return;
    }
    let server = Server::start_on(Database::Postgres);
    let receiver = Receiver::answering(&[]).await;
    let mut ids = jobs_in_every_state(&server, &receiver).await;
    for cut in 0..5 {
        let all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let cutting = Command::new("psql").arg(server.database_url().unwrap()).args(["-qtAc", all]).output();
        let cutting = cutting.unwrap();
        assert!(cutting.status.success() && !cutting.stdout.is_empty(), "{cutting:?}");
        // The cuts that are left may cost it two attempts: one fewer than it has.
        if cut == 2 {
            release_render(&server);
        }
        ids.push(post_until_accepted(&server, &receiver).await);
    }
    release_probe(&server, &ids).await;
    assert_all_complete(&server, &ids, &receiver).await;
}

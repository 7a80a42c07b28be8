//! What can happen to a server, one file per kind of fault; after each the invariants hold: the harness sees to it.

mod buckets;
mod clocks;
mod database_restarts;
mod engines;
mod failing_disks;
mod file_handles;
mod full_disks;
mod generating;
mod killed_servers;
mod races;
mod slow_clients;
mod sources;
mod starts;
mod workers;

use serde_json::json;

use crate::harness::{Answer, Receiver, Server, Upload, template};

/// On PostgreSQL a process that was killed counts as dead after so long.
const SHORT_LEASE: (&str, &str) = ("AVS_LEASE_MILLIS", "600");

/// Posts a job with one file and a webhook; returns its id.
async fn post(server: &Server, receiver: &Receiver, name: &str, file: &[u8]) -> String {
    let request = json!({ "template": template(name, &["hero.mp4"]), "webhook": receiver.target() });
    Server::accepted(&server.post_files(&request, &[Upload("hero.mp4", file)]).await)
}

/// Fails unless the job completed in this attempt, as the only one that published anything.
async fn assert_completed_in_attempt(server: &Server, id: &str, attempt: u32) {
    assert_eq!(attempt_of_completed(server, id).await, attempt);
}

/// The attempt that published the video of a job. Fails unless it completed.
async fn attempt_of_completed(server: &Server, id: &str) -> u32 {
    let job = server.ended(id).await;
    assert_eq!(job["status"], "completed", "{job}");
    let video = server.get(job["result"]["downloadUrl"].as_str().unwrap()).await;
    let words = String::from_utf8(video.bytes).unwrap();
    let attempt = words.strip_prefix(&format!("fake video of {id}, attempt ")).map(str::parse::<u32>);
    attempt.unwrap_or_else(|| panic!("{words}")).unwrap()
}

/// Fails unless the server says that it cannot now, and when to come back.
#[track_caller]
fn assert_refused_for_now(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", String::from_utf8_lossy(&answer.bytes));
    assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
}

//! What holds after every fault, whatever it was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use avs::domain::account::CreditEntry;
use avs::domain::ids::JobId;
use avs::domain::job::Job;
use avs::domain::lifecycle::JobStatus;
use avs::domain::webhook::event_name;
use avs::store::Store;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Receiver, Server};

/// The secret of every webhook in these tests; it must be readable nowhere.
const WEBHOOK_SECRET: &str = "whsec_unspeakable";
/// All movements of an account in one answer.
const ENTRIES_MAX: i64 = 1_000_000;

impl Receiver {
    /// What a request says of this receiver.
    pub(crate) fn target(&self) -> Value {
        json!({ "url": self.url, "secret": WEBHOOK_SECRET })
    }
}

/// Fails unless each of `accepted`, and of what the server has accepted from this test, is still there, has ended at most once, has paid once or got everything back, has
/// been announced to `receiver` under one id if it has ended, and has the file that it names; unless all credits are
/// accounted for; and where a secret is in the log. Without a receiver no job may have an announcement.
pub(crate) async fn assert_invariants(server: &Server, accepted: &[String], receiver: Option<&Receiver>) {
    let store = server.store().await;
    let audit = store.audit().await.unwrap();
    assert!(audit.is_clean(), "{audit:?}");
    let account = store.account_by_email("ada@example.com").await.unwrap();
    let entries = store.credit_entries(&account.id, ENTRIES_MAX).await.unwrap();
    let held = account.balance.available_credits + account.balance.reserved_credits;
    assert_eq!(held, moved(&entries, "grant") - moved(&entries, "capture"), "credits came or went");
    let mut by_job: BTreeMap<String, Vec<CreditEntry>> = BTreeMap::new();
    for entry in entries {
        by_job.entry(entry.job_id.clone().unwrap_or_default()).or_default().push(entry);
    }
    let mut spoken = vec![WEBHOOK_SECRET.to_owned(), secret_of(&server.token).to_owned()];
    let mut announced = BTreeSet::new();
    let mut jobs = server.accepted.lock().unwrap().clone();
    jobs.extend(accepted.iter().cloned());
    for id in &jobs {
        let job = store.job(&JobId::parse(id).unwrap()).await.unwrap();
        assert_ended_once(&store, &job).await;
        assert_paid_once(&job, by_job.get(id).map_or(&[], Vec::as_slice));
        assert_announced_once(&store, &job, receiver).await;
        if job.state.status.is_terminal() {
            announced.insert(id.clone());
        }
        spoken.extend(assert_file(server, &job).await);
    }
    for delivery in receiver.map(Receiver::all).unwrap_or_default() {
        let body: Value = serde_json::from_slice(&delivery.body).unwrap();
        let id = body["job"]["jobId"].as_str().unwrap();
        assert!(announced.contains(id), "{id} was announced and has not ended");
        spoken.extend(body["job"]["result"]["downloadUrl"].as_str().map(signature_of));
    }
    let log = server.log();
    assert!(!log.is_empty(), "the log was looked at");
    for secret in spoken {
        assert!(!log.contains(&secret), "the log holds {secret}");
    }
    server.examined.store(true, Ordering::Relaxed);
}

fn moved(entries: &[CreditEntry], kind: &str) -> i64 {
    entries.iter().filter(|entry| entry.kind == kind).map(|entry| entry.credits).sum()
}

fn secret_of(token: &str) -> &str {
    token.rsplit('.').next().unwrap()
}

fn signature_of(url: &str) -> String {
    url.rsplit("sig=").next().unwrap().to_owned()
}

async fn assert_ended_once(store: &Store, job: &Job) {
    let events = store.events_after(&job.id, 0).await.unwrap();
    let ends = ["job.completed", "job.failed", "job.cancelled"];
    let ended: Vec<&str> =
        events.iter().map(|event| event.event.as_str()).filter(|event| ends.contains(event)).collect();
    let expected: Vec<&str> = event_name(job.state.status).into_iter().collect();
    assert_eq!(ended, expected, "{}: {events:?}", job.id);
}

fn assert_paid_once(job: &Job, entries: &[CreditEntry]) {
    let [reserved, captured, released] = ["reserve", "capture", "release"].map(|kind| moved(entries, kind));
    let times = |kind: &str| entries.iter().filter(|entry| entry.kind == kind).count();
    assert_eq!(times("reserve"), 1, "{}: {entries:?}", job.id);
    let expected = match job.state.status {
        JobStatus::Queued | JobStatus::Running => (0, 0),
        JobStatus::Completed => (job.credits.charged, reserved - job.credits.charged),
        JobStatus::Failed | JobStatus::Cancelled => (0, reserved),
    };
    assert_eq!((captured, released), expected, "{}: {entries:?}", job.id);
    assert!(times("release") <= 1, "{}: {entries:?}", job.id);
    let open = if job.state.status.is_terminal() { 0 } else { reserved };
    assert_eq!(job.credits.reserved, open, "{}", job.id);
}

async fn assert_announced_once(store: &Store, job: &Job, receiver: Option<&Receiver>) {
    let ended = job.state.status.is_terminal();
    let Some(receiver) = receiver.filter(|_| ended) else {
        assert!(store.delivery_log(&job.id).await.unwrap().is_none(), "{} is announced", job.id);
        return;
    };
    let deadline = Instant::now() + Duration::from_secs(20);
    let log = loop {
        let log = store.delivery_log(&job.id).await.unwrap().unwrap();
        if log.status == "delivered" {
            break log;
        }
        assert!(log.status == "pending" && Instant::now() < deadline, "{log:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(Some(log.event.as_str()), event_name(job.state.status));
    let deliveries = receiver.all();
    let of_job = deliveries.iter().filter(|delivery| {
        let body: Value = serde_json::from_slice(&delivery.body).unwrap();
        body["job"]["jobId"] == job.id.as_str()
    });
    let mut count = 0;
    for delivery in of_job {
        assert_eq!(delivery.header("webhook-id"), log.event_id);
        assert_eq!(delivery.header("x-avs-event"), log.event);
        count += 1;
    }
    assert!(count > 0, "{} was never announced", job.id);
}

/// Downloads what a job names; returns the signature of its link.
async fn assert_file(server: &Server, job: &Job) -> Option<String> {
    let video = job.video.as_ref().filter(|_| job.expired_at.is_none())?;
    let url = server.get(&format!("/api/v1/jobs/{}", job.id)).await.json()["result"]["downloadUrl"]
        .as_str()
        .unwrap()
        .to_owned();
    let file = server.get(&url).await;
    assert_eq!(file.status, 200, "{} has no file", job.id);
    assert_eq!(hex::encode(Sha256::digest(&file.bytes)), video.sha256, "{}", job.id);
    assert_eq!(file.bytes.len() as u64, video.size_bytes);
    Some(signature_of(&url))
}

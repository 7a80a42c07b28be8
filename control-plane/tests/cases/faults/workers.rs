//! Several processes on one database and one bucket: one that dies or sleeps through its lease loses its jobs to the
//! others, and publishes nothing any more.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use super::{assert_completed_in_attempt, post};
use crate::harness::processes::{is_alive, parent_of, signal};
use crate::harness::{
    BucketServer, Database, Receiver, Server, Upload, Worker, assert_invariants, has_postgres,
    on_both_databases, template,
};

on_both_databases!(what_goes_through_a_bucket_comes_out_whole_and_is_removed_after_its_time);

/// Long enough that a busy machine renews it in time.
const LEASE_MILLIS: &str = "2000";

/// An API process, two workers, and the bucket between them.
struct Site {
    server: Server,
    workers: [Worker; 2],
    receiver: Receiver,
    _bucket: BucketServer,
}

impl Site {
    async fn open() -> Option<Self> {
        if !has_postgres() {
            return None;
        }
        let bucket = BucketServer::start().await;
        let mut settings = bucket.settings().to_vec();
        settings.extend([("AVS_LEASE_MILLIS", LEASE_MILLIS), ("AVS_ROLE", "api")]);
        // The bucket lives in this thread, which must not wait for the server.
        let server = Server::start_with(Database::Postgres, &settings);
        let workers = [Worker::start(&server), Worker::start(&server)];
        Some(Self { server, workers, receiver: Receiver::answering(&[]).await, _bucket: bucket })
    }

    /// Posts a job; returns its id, the worker that has it, and the other.
    async fn post(&self, name: &str) -> (String, &Worker, &Worker) {
        let id = post(&self.server, &self.receiver, name, b"pictures").await;
        let worker = parent_of(self.server.engine_that_stalls(&id, "render").await);
        let [first, second] = &self.workers;
        if first.pid() == worker { (id, first, second) } else { (id, second, first) }
    }

    async fn assert_stalls_at(&self, id: &str, worker: &Worker) {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let engine = self.server.engine_that_stalls(id, "render").await;
            if is_alive(engine) && parent_of(engine) == worker.pid() {
                return;
            }
            assert!(Instant::now() < deadline, "the other worker does not take the job over");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn job(&self, id: &str) -> Value {
        self.server.get(&format!("/api/v1/jobs/{id}")).await.json()
    }
}

#[tokio::test]
async fn a_job_of_a_worker_that_is_killed_is_completed_by_another_once() {
    let Some(site) = Site::open().await else { return };
    let (id, doomed, _) = site.post("slow once").await;
    assert!(signal(doomed.pid(), "KILL"));
    assert_completed_in_attempt(&site.server, &id, 2).await;
    assert_eq!(site.job(&id).await["credits"]["charged"], 10);
    assert_invariants(&site.server, &[id], Some(&site.receiver)).await;
    assert_eq!(site.receiver.all().len(), 1);
}

#[tokio::test]
async fn a_worker_that_sleeps_through_its_lease_publishes_nothing_when_it_wakes() {
    let Some(site) = Site::open().await else { return };
    let (id, sleeper, other) = site.post("slow until told").await;
    assert!(signal(sleeper.pid(), "STOP"));
    site.assert_stalls_at(&id, other).await;

    // Its engine did not sleep: the video is there when it wakes.
    std::fs::write(sleeper.jobs_dir().join("told"), "").unwrap();
    let video = sleeper.jobs_dir().join(&id).join("1/out.mp4");
    wait_until("the engine of the sleeper writes its video", || video.exists()).await;
    assert!(signal(sleeper.pid(), "CONT"));
    wait_until("the sleeper lets go", || !sleeper.jobs_dir().join(&id).exists()).await;
    let job = site.job(&id).await;
    assert_eq!((&job["status"], &job["result"]), (&json!("running"), &json!(null)), "{job}");
    assert_eq!(site.server.credits().await, (90, 10));
    assert!(site.receiver.all().is_empty());

    std::fs::write(other.jobs_dir().join("told"), "").unwrap();
    assert_completed_in_attempt(&site.server, &id, 2).await;
    assert_invariants(&site.server, std::slice::from_ref(&id), Some(&site.receiver)).await;
    assert_eq!(site.receiver.all().len(), 1);
    // It has a lease again, and works.
    assert!(signal(other.pid(), "STOP"));
    let next = post(&site.server, &site.receiver, "x", b"pictures").await;
    assert_completed_in_attempt(&site.server, &next, 1).await;
    assert_invariants(&site.server, &[id, next], Some(&site.receiver)).await;
}

#[tokio::test]
async fn a_worker_that_falls_asleep_inside_a_transaction_keeps_neither_its_locks_nor_its_job() {
    let Some(site) = Site::open().await else { return };
    let [sleeper, other] = &site.workers;
    assert!(signal(sleeper.pid(), "STOP") && signal(other.pid(), "STOP"));
    let id = post(&site.server, &site.receiver, "x", b"pictures").await;
    // It has written to its job's row, and waits for a table that we hold, when it falls asleep.
    let url = site.server.database_url().unwrap();
    let (mut holder, mut watcher) = (connect(url).await, connect(url).await);
    let mut holding = holder.begin().await.unwrap();
    sqlx::query("LOCK TABLE projects IN SHARE MODE").execute(&mut *holding).await.unwrap();
    assert!(signal(sleeper.pid(), "CONT"));
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_one_kept_waiting(&mut watcher).await {
        assert!(Instant::now() < deadline, "the worker does not write what it has found in the files");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(signal(sleeper.pid(), "STOP"));
    holding.rollback().await.unwrap();

    assert!(signal(other.pid(), "CONT"));
    assert_completed_in_attempt(&site.server, &id, 2).await;
    assert!(signal(sleeper.pid(), "CONT"));
    wait_until("the sleeper lets go", || !sleeper.jobs_dir().join(&id).exists()).await;
    // The connection that it has lost is not missed.
    assert!(signal(other.pid(), "STOP"));
    let next = post(&site.server, &site.receiver, "x", b"pictures").await;
    assert_completed_in_attempt(&site.server, &next, 1).await;
    assert_invariants(&site.server, &[id, next], Some(&site.receiver)).await;
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.unwrap()
}

async fn is_one_kept_waiting(database: &mut PgConnection) -> bool {
    let waiting = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
        AND wait_event_type = 'Lock' AND query LIKE 'UPDATE projects%')";
    sqlx::query_scalar(waiting).fetch_one(database).await.unwrap()
}

async fn wait_until(what: &str, done: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn what_goes_through_a_bucket_comes_out_whole_and_is_removed_after_its_time(database: Database) {
    let bucket = BucketServer::start().await;
    let mut server = Server::start_with(database, &bucket.settings());
    let request = json!({ "template": template("large", &["hero.mp4"]) });
    let id = Server::accepted(&server.post_files(&request, &[Upload("hero.mp4", &vec![3; 12 << 20])]).await);
    let job = server.ended(&id).await;
    assert_eq!(job["status"], "completed", "{job}");
    assert_eq!(bucket.keys(), [format!("jobs/{id}/1/out.mp4"), format!("jobs/{id}/assets/0")]);
    let workplace = server.data_dir().join("jobs").join(&id);
    wait_until("the workplace is emptied", || !workplace.exists()).await;
    let url = job["result"]["downloadUrl"].as_str().unwrap();
    let part = server
        .send(Method::GET, url, |request| request.header("range", format!("bytes={}-", (32 << 20) - 5)))
        .await;
    assert_eq!((part.status, part.bytes.as_slice()), (206, [7; 5].as_slice()));
    assert_invariants(&server, std::slice::from_ref(&id), None).await;

    let path = url[url.find("/d/").unwrap()..].to_owned();
    server.set("AVS_RETENTION_MILLIS", "1");
    assert!(server.stop());
    server.start_again();
    let deadline = Instant::now() + Duration::from_secs(20);
    while server.get(&path).await.status != 410 || !bucket.keys().is_empty() {
        assert!(Instant::now() < deadline, "still there: {:?}", bucket.keys());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_invariants(&server, &[id], None).await;
}

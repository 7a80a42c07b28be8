//! Starts that go wrong, and starts with a great deal to do.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use avs::domain::credits::{Billing, bill_from_inputs};
use avs::domain::ids::JobId;
use avs::domain::job::Mode;
use avs::domain::timestamp::Clock as _;
use avs::store::{NewJob, Project};
use avs::system::{SystemClock, SystemEntropy};
use futures_util::StreamExt as _;
use serde_json::Value;
use sqlx::{Connection as _, SqliteConnection};

use super::{assert_completed_in_attempt, post};
use crate::harness::{Receiver, Server, assert_invariants, template};

const QUEUED: usize = 10_000;
/// The promise, for a release build on two cores; a debug build keeps it.
const READY_WAIT: Duration = Duration::from_secs(2);
/// Starts that are timed; the best counts, as what else the machine does only adds.
const STARTS_MAX: usize = 3;

#[tokio::test]
async fn a_second_server_on_a_directory_ends_and_disturbs_no_job() {
    let server = Server::start();
    let receiver = Receiver::answering(&[]).await;
    let id = post(&server, &receiver, "slow until told", b"pictures").await;
    server.engine_that_stalls(&id, "render").await;
    let line = failed_start(&server);
    assert!(line.contains("another avs server is using"), "{line}");
    std::fs::write(server.data_dir().join("jobs/told"), "").unwrap();
    assert_completed_in_attempt(&server, &id, 1).await;
    assert_invariants(&server, &[id], Some(&receiver)).await;
}

/// What `avs serve` says in the end where it cannot start.
fn failed_start(server: &Server) -> String {
    let mut child = server.serve_command().stdout(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("it has started");
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let log = server.log();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(!log.contains("panicked"), "{log}");
    log.lines().last().unwrap_or_default().to_owned()
}

/// Brings everything from the write-ahead log into the file.
async fn write_back(path: &Path) {
    let mut database = SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut database).await.unwrap();
    database.close().await.unwrap();
}

/// A server that has done a job and stopped, with its whole database in one file.
struct Stopped {
    server: Server,
    receiver: Receiver,
    done: String,
    path: PathBuf,
    whole: Vec<u8>,
}

impl Stopped {
    async fn after_a_job() -> Self {
        let (mut server, receiver) = (Server::start(), Receiver::answering(&[]).await);
        let done = post(&server, &receiver, "x", b"pictures").await;
        assert_completed_in_attempt(&server, &done, 1).await;
        assert_invariants(&server, &[], Some(&receiver)).await;
        assert!(server.stop());
        let path = server.data_dir().join("avs.db");
        write_back(&path).await;
        let whole = std::fs::read(&path).unwrap();
        Self { server, receiver, done, path, whole }
    }

    /// Fails unless the server refuses to start on this file, says so in these words, and leaves it as it is; and does
    /// start, and has lost nothing, once the right one is back.
    async fn assert_refuses(mut self, file: &[u8], words: &str) {
        std::fs::write(&self.path, file).unwrap();
        let line = failed_start(&self.server);
        assert!(line.contains("database") && line.contains(words), "{line}");
        assert!(std::fs::read(&self.path).unwrap() == file, "the file was changed");
        std::fs::write(&self.path, &self.whole).unwrap();
        self.server.start_again();
        assert_completed_in_attempt(&self.server, &self.done, 1).await;
        assert_eq!(self.server.credits().await, (90, 0));
        let next = post(&self.server, &self.receiver, "y", b"pictures").await;
        assert_completed_in_attempt(&self.server, &next, 1).await;
        assert_invariants(&self.server, &[self.done, next], Some(&self.receiver)).await;
    }
}

#[tokio::test]
async fn a_database_file_that_is_none_ends_the_start_with_a_clear_line() {
    Stopped::after_a_job().await.assert_refuses(&[0x5a; 8192], "file is not a database").await;
}

#[tokio::test]
async fn a_database_file_that_is_short_and_none_is_not_taken_for_new() {
    // SQLite would write over this one.
    Stopped::after_a_job().await.assert_refuses(b"\n", "neither empty nor a whole SQLite database").await;
    Stopped::after_a_job().await.assert_refuses(b"notes", "neither empty nor a whole SQLite database").await;
}

#[tokio::test]
async fn the_beginning_of_a_database_file_is_not_taken_for_new() {
    let stopped = Stopped::after_a_job().await;
    let beginning = stopped.whole[..4095].to_vec();
    stopped.assert_refuses(&beginning, "neither empty nor a whole SQLite database").await;
}

#[tokio::test]
async fn a_database_file_with_broken_pages_ends_the_start_with_a_clear_line() {
    let stopped = Stopped::after_a_job().await;
    let mut broken = stopped.whole.clone();
    // Its first page, with the schema, stays.
    broken[4096..].fill(0x5a);
    stopped.assert_refuses(&broken, "malformed").await;
}

/// Starts a server; the time until it says that it is ready.
async fn ready_after(server: &mut Server) -> Duration {
    let begun = Instant::now();
    server.start_again();
    let readiness = server.get(&format!("{}/readyz", server.admin_url)).await;
    let took = begun.elapsed();
    assert_eq!(readiness.status, 200, "{}", String::from_utf8_lossy(&readiness.bytes));
    took
}

#[tokio::test]
async fn a_server_with_ten_thousand_queued_jobs_is_ready_in_two_seconds() {
    let mut server = Server::start();
    server.cli(&["credits", "grant", "ada@example.com", "50000"]);
    assert!(server.stop());
    let store = server.store().await;
    let account_id = store.account_by_email("ada@example.com").await.unwrap().id;
    let token_id = server.token.split('.').nth(1).unwrap();
    let new_job = |_| NewJob {
        id: JobId::generate(&SystemEntropy),
        account_id: account_id.clone(),
        token_id: Some(token_id.to_owned()),
        mode: Mode::Json,
        items: bill_from_inputs(Billing::On, Mode::Json, []),
        metadata: None,
        project: Project {
            template: template("x", &[]),
            prompt: None,
            output: Value::Null,
            assets: Vec::new(),
        },
        webhook: None,
        idempotency: None,
    };
    let jobs: Vec<NewJob> = (0..QUEUED).map(new_job).collect();
    let open_jobs_max = i64::try_from(QUEUED).unwrap();
    let accepting = jobs.iter().map(|new| store.create_job(new, open_jobs_max, SystemClock.now()));
    let accepted = futures_util::stream::iter(accepting).buffer_unordered(48);
    accepted
        .for_each(|job| {
            job.unwrap();
            std::future::ready(())
        })
        .await;
    let mut took = vec![ready_after(&mut server).await];
    let first = jobs[0].id.as_str();
    let oldest = server.ended(first).await;
    assert_eq!(oldest["status"], "completed", "the one that has waited longest is not the first");
    server.kill();
    while took.len() < STARTS_MAX && took.last().is_some_and(|last| *last > READY_WAIT) {
        took.push(ready_after(&mut server).await);
        server.kill();
    }
    eprintln!("ready after {took:?}");
    assert!(took.iter().min().unwrap() <= &READY_WAIT, "ready after {took:?}");
    server.set("AVS_ENGINE_BIN", "/nonexistent");
    server.start_again();
    assert_invariants(&server, &[first.to_owned()], None).await;
}

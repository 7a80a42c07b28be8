//! The clock jumps by a day, either way, while the server is down or under it: nothing is stranded, nothing is done twice.

use std::path::{Path, PathBuf};

use super::{SHORT_LEASE, assert_completed_in_attempt, post};
use crate::harness::{Database, Receiver, Server, assert_invariants, on_both_databases};

on_both_databases!(
    jobs_and_deliveries_that_wait_go_on_after_the_clock_jumped_ahead,
    jobs_and_deliveries_that_wait_go_on_after_the_clock_jumped_back,
    a_clock_that_jumps_under_a_running_server_harms_no_job,
);

/// Debian's libfaketime, for programs with threads.
fn library() -> Option<PathBuf> {
    let architectures = std::fs::read_dir(Path::new("/usr/lib")).ok()?;
    let mut found = architectures.map(|entry| entry.unwrap().path().join("faketime/libfaketimeMT.so.1"));
    let library = found.find(|path| path.exists());
    if library.is_none() {
        eprintln!("skipped: no libfaketime; ./dev setup installs it");
    }
    library
}

/// What a server must be told so that its clock is what a file says: `+0`, `+1d`.
fn settings<'a>(library: &'a str, file: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        SHORT_LEASE,
        ("LD_PRELOAD", library),
        ("FAKETIME_TIMESTAMP_FILE", file),
        ("FAKETIME_NO_CACHE", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        // Longer than this test: only the jump makes anything due.
        ("AVS_RETRY_PAUSE_MILLIS", "30000"),
        ("AVS_WEBHOOK_RETRY_MILLIS", "60000,60000,60000"),
    ]
}

async fn assert_all_goes_on(database: Database, jump: &str) {
    let Some(library) = library() else { return };
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("clock");
    std::fs::write(&file, "+0").unwrap();
    let settings = settings(library.to_str().unwrap(), file.to_str().unwrap());
    let mut server = Server::start_with(database, &settings);
    let mut receiver = Receiver::answering(&[500]).await;
    let announced = post(&server, &receiver, "x", b"pictures").await;
    receiver.next().await;
    let retried = post(&server, &receiver, "crash once", b"pictures").await;
    server.logs("job goes back to the queue").await;
    let running = post(&server, &receiver, "slow once", b"pictures").await;
    server.engine_that_stalls(&running, "render").await;
    server.logs("attempt=1 outcome=Answered { status: 500").await;

    server.kill();
    std::fs::write(&file, jump).unwrap();
    server.start_again();
    assert_completed_in_attempt(&server, &announced, 1).await;
    assert_completed_in_attempt(&server, &retried, 2).await;
    assert_completed_in_attempt(&server, &running, 2).await;
    let new = post(&server, &receiver, "x", b"other pictures").await;
    assert_completed_in_attempt(&server, &new, 1).await;
    let document = server.get(&format!("/api/v1/jobs/{new}")).await.json();
    let hours = hours_from_now(document["createdAt"].as_str().unwrap());
    assert_eq!(hours, if jump == "+1d" { 24 } else { -24 }, "the clock did not jump");
    assert_invariants(&server, &[announced, retried, running, new], Some(&receiver)).await;
}

/// Rounded.
fn hours_from_now(text: &str) -> i64 {
    let at = humantime::parse_rfc3339(text).unwrap();
    let reference = std::fs::metadata("/proc/self").unwrap().modified().unwrap();
    let secs = match at.duration_since(reference) {
        Ok(ahead) => i64::try_from(ahead.as_secs()).unwrap(),
        Err(behind) => -i64::try_from(behind.duration().as_secs()).unwrap(),
    };
    (secs + secs.signum() * 1800) / 3600
}

async fn jobs_and_deliveries_that_wait_go_on_after_the_clock_jumped_ahead(database: Database) {
    assert_all_goes_on(database, "+1d").await;
}

async fn jobs_and_deliveries_that_wait_go_on_after_the_clock_jumped_back(database: Database) {
    assert_all_goes_on(database, "-1d").await;
}

async fn a_clock_that_jumps_under_a_running_server_harms_no_job(database: Database) {
    let Some(library) = library() else { return };
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("clock");
    std::fs::write(&file, "+0").unwrap();
    let settings = settings(library.to_str().unwrap(), file.to_str().unwrap());
    let server = Server::start_with(database, &settings);
    let receiver = Receiver::answering(&[]).await;
    let running = post(&server, &receiver, "slow until told", b"pictures").await;
    server.engine_that_stalls(&running, "render").await;
    let mut ids = vec![running];
    for jump in ["+1d", "-1d", "+0"] {
        std::fs::write(&file, jump).unwrap();
        let id = post(&server, &receiver, "x", b"pictures").await;
        assert_completed_in_attempt(&server, &id, 1).await;
        ids.push(id);
    }
    std::fs::write(server.data_dir().join("jobs/told"), "").unwrap();
    assert_completed_in_attempt(&server, &ids[0], 1).await;
    assert_invariants(&server, &ids, Some(&receiver)).await;
}

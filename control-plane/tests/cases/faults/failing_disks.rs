//! A data directory that turns read-only, and a disk that fails to sync: refused for now, nothing acknowledged is lost,
//! and nothing has to be restarted.

use serde_json::json;

use super::{assert_completed_in_attempt, assert_refused_for_now, attempt_of_completed, post};
use crate::harness::{
    Cramped, Database, Receiver, Server, Upload, assert_invariants, example, on_both_databases, template,
};

on_both_databases!(
    a_data_directory_that_turns_read_only_under_jobs_costs_none_of_them,
    what_cannot_be_synced_is_not_acknowledged_and_with_a_sound_disk_everything_goes_on,
);

/// Long enough that a job does not use its attempts up before the disk is mended, on a busy machine too.
const PATIENT: (&str, &str) = ("AVS_RETRY_PAUSE_MILLIS", "6000");

/// A disk that fails as the file says, under the server alone.
struct FailingDisk {
    directory: tempfile::TempDir,
    library: String,
}

impl FailingDisk {
    fn new() -> Self {
        let library = example("libfailing_disk.so").display().to_string();
        Self { directory: tempfile::tempdir().unwrap(), library }
    }

    fn file(&self) -> String {
        self.directory.path().join("fails").display().to_string()
    }

    fn begin(&self, what: &str) {
        std::fs::write(self.file(), what).unwrap();
    }

    fn end(&self) {
        std::fs::remove_file(self.file()).unwrap();
    }
}

/// Posts a job without files; its id, if it was accepted.
async fn try_post(server: &Server, receiver: &Receiver) -> Option<String> {
    let request = json!({ "template": template("y", &[]), "webhook": receiver.target() });
    let answer = server.post_json(&request).await;
    if answer.status == 202 {
        return Some(Server::accepted(&answer));
    }
    assert_refused_for_now(&answer);
    None
}

async fn a_data_directory_that_turns_read_only_under_jobs_costs_none_of_them(database: Database) {
    let failing = FailingDisk::new();
    let control = failing.file();
    let settings = [PATIENT, ("LD_PRELOAD", failing.library.as_str()), ("FAILING_DISK", &control)];
    let Some(Cramped { server, disk }) = &Cramped::start(database, &settings) else { return };
    let receiver = Receiver::answering(&[]).await;
    let done = post(server, &receiver, "x", b"pictures").await;
    assert_completed_in_attempt(server, &done, 1).await;
    let running = post(server, &receiver, "slow until told", b"pictures").await;
    server.engine_that_stalls(&running, "render").await;

    failing.begin("writes");
    disk.make_read_only();
    let request = json!({ "template": template("z", &["hero.mp4"]) });
    assert_refused_for_now(&server.post_files(&request, &[Upload("hero.mp4", b"pictures")]).await);
    // PostgreSQL takes the job, which needs the disk only later.
    let queued = try_post(server, &receiver).await;
    assert_eq!(queued.is_some(), database == Database::Postgres);
    assert_completed_in_attempt(server, &done, 1).await;
    let readiness = server.get(&format!("{}/readyz", server.admin_url)).await;
    assert_eq!((readiness.status, &readiness.json()["disk"]), (503, &json!(false)));
    // The running job comes to its end, and cannot write its video.
    disk.touch("jobs/told");
    server.logs("OutputUnwritable").await;
    assert_ne!(server.get(&format!("/api/v1/jobs/{running}")).await.json()["status"], "completed");

    disk.make_writable();
    failing.end();
    // The second, unless the disk was mended so late that the second failed too.
    assert_ne!(attempt_of_completed(server, &running).await, 1);
    // In its first attempt or its second: the disk may have come back before it began.
    if let Some(id) = queued {
        assert_eq!(server.ended(&id).await["status"], "completed");
    }
    let next = post(server, &receiver, "x", b"pictures").await;
    assert_completed_in_attempt(server, &next, 1).await;
    assert_invariants(server, &[done, next], Some(&receiver)).await;
}

async fn what_cannot_be_synced_is_not_acknowledged_and_with_a_sound_disk_everything_goes_on(
    database: Database,
) {
    let failing = FailingDisk::new();
    let control = failing.file();
    let settings = [PATIENT, ("LD_PRELOAD", failing.library.as_str()), ("FAILING_DISK", &control)];
    let mut server = Server::start_with(database, &settings);
    let receiver = Receiver::answering(&[]).await;
    let running = post(&server, &receiver, "slow until told", b"pictures").await;
    server.engine_that_stalls(&running, "render").await;

    failing.begin("syncs");
    let request = json!({ "template": template("z", &["hero.mp4"]) });
    assert_refused_for_now(&server.post_files(&request, &[Upload("hero.mp4", b"pictures")]).await);
    let queued = try_post(&server, &receiver).await;
    assert_eq!(queued.is_some(), database == Database::Postgres);
    std::fs::write(server.data_dir().join("jobs/told"), "").unwrap();
    server.logs("the attempt broke").await;
    assert_ne!(server.get(&format!("/api/v1/jobs/{running}")).await.json()["status"], "completed");

    failing.end();
    assert_eq!(server.ended(&running).await["status"], "completed");
    let next = post(&server, &receiver, "x", b"pictures").await;
    assert_completed_in_attempt(&server, &next, 1).await;
    for id in server.job_ids().await {
        assert_eq!(server.ended(&id).await["status"], "completed");
    }
    assert_invariants(&server, &[running, next], Some(&receiver)).await;
    // All of it is on the disk.
    server.kill();
    server.start_again();
    assert_invariants(&server, &[], Some(&receiver)).await;
}

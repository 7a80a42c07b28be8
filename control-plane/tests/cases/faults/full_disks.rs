//! A full disk: what needs room is refused for now, what is there can be read, and nothing has to be restarted.

use serde_json::json;

use super::{assert_completed_in_attempt, assert_refused_for_now, post};
use crate::harness::{
    Cramped, Database, Receiver, Server, Upload, assert_invariants, on_both_databases, template,
};

on_both_databases!(an_upload_that_fills_the_disk_is_refused_and_leaves_nothing);

#[tokio::test]
async fn with_a_full_disk_reads_go_on_and_with_room_again_everything_does() {
    let Some(Cramped { server, disk }) = &Cramped::start(Database::Sqlite, &[]) else { return };
    let receiver = Receiver::answering(&[]).await;
    let done = post(server, &receiver, "x", b"pictures").await;
    assert_completed_in_attempt(server, &done, 1).await;
    let running = post(server, &receiver, "slow until told", b"pictures").await;
    server.engine_that_stalls(&running, "render").await;

    disk.fill();
    let request = json!({ "template": template("y", &[]), "webhook": receiver.target() });
    // What is left of the last page of a file may take a small job or two.
    let mut accepted = vec![done, running];
    let refused = loop {
        let answer = server.post_json(&request).await;
        if answer.status != 202 {
            break answer;
        }
        accepted.push(Server::accepted(&answer));
        assert!(accepted.len() < 50, "the disk is not full");
    };
    assert_refused_for_now(&refused);
    assert_completed_in_attempt(server, &accepted[0], 1).await;
    server.credits().await;
    assert_eq!(server.job_ids().await.len(), accepted.len());
    let readiness = server.get(&format!("{}/readyz", server.admin_url)).await;
    assert_eq!((readiness.status, &readiness.json()["disk"]), (503, &json!(false)));
    // The running job finishes, and cannot say so yet.
    std::fs::write(server.data_dir().join("jobs/told"), "").unwrap();
    server.logs("is not stored yet").await;

    disk.make_room();
    accepted.push(Server::accepted(&server.post_json(&request).await));
    for id in &accepted {
        assert_eq!(server.ended(id).await["status"], "completed");
    }
    assert_eq!(server.job_ids().await.len(), accepted.len());
    assert_invariants(server, &accepted, Some(&receiver)).await;
}

async fn an_upload_that_fills_the_disk_is_refused_and_leaves_nothing(database: Database) {
    let Some(Cramped { server, .. }) = &Cramped::start(database, &[]) else { return };
    let request = json!({ "template": template("x", &["hero.mp4"]) });
    let large = vec![7; 20 << 20];
    assert_refused_for_now(&server.post_files(&request, &[Upload("hero.mp4", &large)]).await);
    let left = std::fs::read_dir(server.data_dir().join("jobs")).unwrap().count();
    assert_eq!(left, 0, "files of a refused request stay");
    assert_eq!(server.credits().await, (100, 0));
    let id = Server::accepted(&server.post_files(&request, &[Upload("hero.mp4", b"pictures")]).await);
    // An engine that was idle while the disk was full may not have outlived it; which attempt it is does not matter here.
    assert_eq!(server.ended(&id).await["status"], "completed");
    assert_invariants(server, &[id], None).await;
}

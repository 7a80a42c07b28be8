//! "Poll job status" and "Job phases".

use serde_json::{Value, json};

use crate::harness::{Server, Upload, template};

#[tokio::test]
async fn get_api_v1_jobs_job_id_answers_with_the_fields_of_the_public_page() {
    let server = Server::start();
    let id = Server::accepted(&server.post_json(&json!({ "template": template("slow once", &[]) })).await);
    let running = server.wait_until(&id, 0, |job| job["phase"] == "rendering").await;
    for field in ["jobId", "mode", "status", "phase", "createdAt", "updatedAt", "error", "result"] {
        assert!(running.get(field).is_some(), "{field} is missing in {running}");
    }
    assert_eq!(
        (&running["status"], &running["error"], &running["result"]),
        (&json!("running"), &Value::Null, &Value::Null)
    );
    assert_eq!(running["jobId"], id);
}

#[tokio::test]
async fn terminal_success_includes_download_url_and_expires_at() {
    let server = Server::start();
    let id = Server::accepted(&server.post_json(&json!({ "template": template("x", &[]) })).await);
    let result = server.ended(&id).await["result"].clone();
    assert!(result["downloadUrl"].as_str().unwrap().starts_with("http"), "{result}");
    assert!(result["expiresAt"].as_str().unwrap().ends_with('Z'), "{result}");
}

/// Phases as the event stream tells them, in order, each once.
async fn phases_of(server: &Server, id: &str) -> Vec<String> {
    server.ended(id).await;
    let stream = server.get(&format!("/api/v1/jobs/{id}/events")).await;
    let text = String::from_utf8(stream.bytes).unwrap();
    let data = text.lines().filter_map(|line| line.strip_prefix("data: ").or(line.strip_prefix("data:")));
    let phases =
        data.filter_map(|data| Some(serde_json::from_str::<Value>(data).ok()?["phase"].as_str()?.to_owned()));
    let mut phases: Vec<String> = phases.collect();
    phases.dedup();
    phases
}

#[tokio::test]
async fn public_jobs_move_through_these_phases() {
    let server = Server::start();
    let json = json!({ "template": template("x", &["hero.mp4"]) });
    let id = Server::accepted(&server.post_files(&json, &[Upload("hero.mp4", b"pictures")]).await);
    assert_eq!(phases_of(&server, &id).await, ["queued", "preparing_assets", "rendering", "completed"]);
    let answer = server.post_to("/api/v1/videos/from-prompt", &json!({ "prompt": "Say \"Hello\"" })).await;
    let phases = phases_of(&server, &Server::accepted(&answer)).await;
    assert_eq!(phases, ["queued", "preparing_assets", "generating", "rendering", "completed"]);
    let id = Server::accepted(&server.post_files(&json, &[Upload("hero.mp4", b"not media")]).await);
    assert_eq!(phases_of(&server, &id).await, ["queued", "preparing_assets", "failed"]);
}

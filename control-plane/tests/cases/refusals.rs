//! What is refused, how, and that it costs nothing.

use std::time::Instant;

use avs::limits;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};

use crate::harness::{Answer, Database, Server, Upload, template};

#[track_caller]
fn assert_problem(answer: &Answer, status: u16, code: &str) -> Value {
    let problem = answer.json();
    assert_eq!((answer.status, problem["code"].as_str()), (status, Some(code)), "{problem}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(problem["requestId"], answer.header("request-id"));
    assert_eq!(problem["status"], status);
    problem
}

#[track_caller]
fn assert_field(answer: &Answer, pointer: &str, code: &str) {
    let problem = assert_problem(answer, 422, "invalid_request");
    let errors = problem["errors"].as_array().unwrap();
    assert!(errors.iter().any(|e| e["pointer"] == pointer && e["code"] == code), "{problem}");
}

#[tokio::test]
async fn a_body_that_is_not_json_is_malformed() {
    let server = Server::start();
    assert_problem(
        &server.post_raw("application/json", b"{ template: }".to_vec()).await,
        400,
        "malformed_json",
    );
}

#[tokio::test]
async fn a_misspelt_field_is_refused_with_its_place_and_a_suggestion() {
    let server = Server::start();
    let mut request = json!({ "template": template("x", &[]) });
    request["template"]["blocks"][0]["durration"] = json!(5);
    let answer = server.post_json(&request).await;
    let problem = assert_problem(&answer, 422, "invalid_request");
    let field =
        problem["errors"].as_array().unwrap().iter().find(|e| e["pointer"] == "/template/blocks/0/durration");
    assert_eq!(field.unwrap()["code"], "unknown_field", "{problem}");
}

#[tokio::test]
async fn a_block_without_length_is_refused() {
    let server = Server::start();
    let mut request = json!({ "template": template("x", &[]) });
    request["template"]["blocks"][0]["duration"] = json!(0);
    assert_field(&server.post_json(&request).await, "/template/blocks/0/duration", "out_of_range");
}

#[tokio::test]
async fn uploads_and_template_must_agree() {
    let server = Server::start();
    let request = json!({ "template": template("x", &["hero.mp4"]) });
    assert_field(&server.post_json(&request).await, "/template/blocks/0/source", "missing_asset");
    let (hero, other) = (Upload("hero.mp4", b"a"), Upload("other.mp4", b"b"));
    assert_field(&server.post_files(&request, &[hero, other]).await, "", "unused_upload");
    let twice = [Upload("hero.mp4", b"a"), Upload("hero.mp4", b"b")];
    assert_field(&server.post_files(&request, &twice).await, "", "duplicate_upload");
    let jobs = std::fs::read_dir(server.data_dir().join("jobs")).unwrap().count();
    assert_eq!(jobs, 0, "files of refused requests are removed");
}

#[tokio::test]
async fn a_url_that_leads_to_a_private_place_is_refused_before_any_work() {
    let server = Server::start();
    let mut request = json!({ "template": template("x", &["hero.mp4"]) });
    for url in
        ["http://10.0.0.1/a.mp4", "http://[::1]/a.mp4", "http://127.0.0.1:22/a", "http://u:p@example.com/"]
    {
        request["template"]["blocks"][0]["source"] = json!({ "url": url });
        assert_field(&server.post_json(&request).await, "/template/blocks/0/source", "source_url_refused");
    }
}

#[tokio::test]
async fn unreadable_media_fails_the_job_and_costs_nothing() {
    let server = Server::start();
    let request = json!({ "template": template("x", &["hero.mp4"]) });
    let answer = server.post_files(&request, &[Upload("hero.mp4", b"not media")]).await;
    let job = server.ended(&Server::accepted(&answer)).await;
    assert_eq!((&job["status"], &job["phase"]), (&json!("failed"), &json!("failed")));
    assert_eq!(
        (&job["error"]["code"], &job["error"]["retryable"]),
        (&json!("unreadable_media"), &json!(false))
    );
    assert_eq!(job["credits"], json!({ "reserved": 0, "charged": 0, "items": [] }));
    assert_eq!(server.credits().await, (100, 0));
    assert!(server.audit().await.is_clean());
}

#[tokio::test]
async fn a_template_that_the_engine_refuses_fails_at_once_with_its_reasons() {
    let server = Server::start();
    let id = Server::accepted(&server.post_json(&json!({ "template": template("invalid", &[]) })).await);
    let job = server.ended(&id).await;
    assert_eq!(job["error"]["code"], "invalid_template");
    assert_eq!(job["error"]["errors"][0]["pointer"], "/template/blocks/0/duration");
    assert_eq!(server.credits().await, (100, 0));
}

#[tokio::test]
async fn only_a_working_api_token_opens_the_api() {
    let server = Server::start();
    let cli = server.new_token("ada@example.com", "cli");
    let revoked = server.new_token("ada@example.com", "api");
    server.cli(&["token", "revoke", revoked.split('.').nth(1).unwrap()]);
    let other_digit = if server.token.ends_with('x') { 'y' } else { 'x' };
    let forged = format!("{}{other_digit}", &server.token[..server.token.len() - 1]);
    for (token, status, code) in [
        ("nonsense", 401, "unauthorized"),
        (forged.as_str(), 401, "unauthorized"),
        (revoked.as_str(), 401, "unauthorized"),
        (cli.as_str(), 403, "token_kind_not_allowed"),
    ] {
        for (method, path) in [
            (Method::POST, "/api/v1/videos/from-json"),
            (Method::GET, "/api/v1/jobs/job_0123456789abcdef012345"),
            (Method::GET, "/api/v1/credits"),
        ] {
            let answer = server.send(method, path, |request| request.bearer_auth(token)).await;
            assert_problem(&answer, status, code);
            assert_eq!(answer.headers.contains_key("www-authenticate"), status == 401);
        }
    }
}

#[tokio::test]
async fn a_job_that_the_account_cannot_cover_is_refused_before_any_work() {
    let server = Server::start();
    server.cli(&["account", "create", "poor@example.com"]);
    server.cli(&["credits", "grant", "poor@example.com", "4"]);
    let token = server.new_token("poor@example.com", "api");
    let body = json!({ "template": template("x", &[]) });
    let build = |request: reqwest::RequestBuilder| {
        request.bearer_auth(&token).header("content-type", "application/json").body(body.to_string())
    };
    let answer = server.send(Method::POST, "/api/v1/videos/from-json", build).await;
    assert_problem(&answer, 402, "insufficient_credits");
    assert!(server.audit().await.is_clean());
}

#[tokio::test]
async fn a_job_that_cannot_be_stored_soon_is_refused_for_now_and_leaves_nothing() {
    // No more patient than the limits.
    let server = Server::start_with(Database::Sqlite, &[("AVS_WRITE_WAIT_MILLIS", "0")]);
    let path = server.data_dir().join("avs.db");
    let mut writer = SqliteConnection::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut writer).await.unwrap();
    let (request, begun) = (json!({ "template": template("x", &["hero.mp4"]) }), Instant::now());
    let refused = server.post_files(&request, &[Upload("hero.mp4", b"pictures")]).await;
    assert_problem(&refused, 503, "temporarily_unavailable");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    assert!(begun.elapsed() < limits::DATABASE_BUSY_WAIT, "queued for {:?}", begun.elapsed());
    assert_eq!(std::fs::read_dir(server.data_dir().join("jobs")).unwrap().count(), 0);
    writer.close().await.unwrap();
    assert_eq!((server.job_ids().await.len(), server.credits().await), (0, (100, 0)));
}

#[tokio::test]
async fn other_paths_methods_types_and_sizes_are_problems_too() {
    let server = Server::start();
    assert_problem(&server.get("/api/v1/videos/from-nothing").await, 404, "not_found");
    assert_problem(&server.get("/api/v1/jobs/job_short").await, 404, "not_found");
    assert_problem(&server.get("/api/v1/videos/from-json").await, 405, "method_not_allowed");
    assert_problem(&server.post_raw("text/plain", b"{}".to_vec()).await, 415, "unsupported_media_type");
    let large = vec![b' '; (1 << 20) + 1];
    assert_problem(&server.post_raw("application/json", large).await, 413, "too_large");
    let broken = b"--frontier\r\nContent-Disposition: form-data; name=\"request\"\r\n\r\n{}".to_vec();
    let broken = server.post_raw("multipart/form-data; boundary=frontier", broken).await;
    assert_problem(&broken, 400, "malformed_multipart");
    let query = server.get("/api/v1/jobs/job_0123456789abcdef012345?wait=61").await;
    assert_problem(&query, 400, "malformed_query");
}

#[tokio::test]
async fn a_webhook_to_a_private_network_is_refused() {
    let server = Server::start();
    for url in ["http://10.0.0.1/hook", "http://[::1]/hook", "ftp://example.com/", "http://u:p@127.0.0.1/"] {
        let request = json!({ "template": template("x", &[]), "webhook": { "url": url } });
        assert_field(&server.post_json(&request).await, "/webhook/url", "webhook_url_refused");
    }
}

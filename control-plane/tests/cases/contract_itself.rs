//! The judge of answers: it must let through what is documented, and stop what is not.

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName};
use serde_json::{Value, json};

use crate::harness::contract::assert_conforms;

const REQUEST_ID: &str = "req_0aZ3kQm2tXr8LbVw1YhNcD";
const JOB_PATH: &str = "/api/v1/jobs/job_4kQm2ZtXr8LbVw0YhNcD5e?wait=3";

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pairs = pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
    pairs.collect()
}

fn job_headers() -> HeaderMap {
    headers(&[
        ("request-id", REQUEST_ID),
        ("ratelimit", "\"reads\";r=599;t=1"),
        ("ratelimit-policy", "\"reads\";q=600;w=60"),
        ("etag", "\"3c9f1b0a7e6d5c4b3a291807\""),
        ("cache-control", "no-store"),
        ("retry-after", "2"),
    ])
}

fn job() -> Value {
    json!({
        "jobId": "job_4kQm2ZtXr8LbVw0YhNcD5e", "mode": "json", "status": "queued", "phase": "queued",
        "createdAt": "2026-04-07T18:00:00.000Z", "updatedAt": "2026-04-07T18:00:00.000Z",
        "error": null, "result": null, "progress": null,
        "credits": { "reserved": 5, "charged": 0, "items": [{ "kind": "render", "credits": 5 }] },
        "metadata": null,
    })
}

fn problem(code: &str, status: u16) -> Value {
    json!({
        "type": format!("urn:avs:problem:{code}"), "title": "Not Found", "status": status, "detail": "x",
        "instance": format!("urn:avs:request:{REQUEST_ID}"), "code": code, "requestId": REQUEST_ID,
    })
}

fn conforms(method: &str, path: &str, status: u16, headers: &HeaderMap, body: &Value) -> bool {
    let kind = if status < 400 { "application/json" } else { "application/problem+json" };
    let mut headers = headers.clone();
    headers.insert(CONTENT_TYPE, kind.parse().unwrap());
    let body = body.to_string();
    std::panic::catch_unwind(|| assert_conforms(method, path, status, &headers, body.as_bytes())).is_ok()
}

fn shows(change: impl FnOnce(&mut Value)) -> bool {
    let mut job = job();
    change(&mut job);
    conforms("GET", JOB_PATH, 200, &job_headers(), &job)
}

#[test]
fn a_documented_answer_conforms() {
    assert!(shows(|_| {}));
    assert!(shows(|job| job["metadata"] = json!({ "any": [1] })));
}

#[test]
fn a_field_too_many_or_too_few_or_of_another_kind_is_noticed() {
    assert!(!shows(|job| job["posterUrl"] = json!("x")));
    assert!(!shows(|job| drop(job.as_object_mut().unwrap().remove("progress"))));
    assert!(!shows(|job| job["status"] = json!("waiting")));
    assert!(!shows(|job| job["createdAt"] = json!("2026-04-07T18:00:00Z")));
    assert!(!shows(|job| job["status"] = json!("completed")));
    assert!(!shows(|job| job["credits"]["items"][0]["asset"] = json!("hero.mp4")));
}

#[test]
fn a_missing_or_malformed_header_is_noticed() {
    for name in ["request-id", "ratelimit", "ratelimit-policy", "etag", "cache-control"] {
        let mut headers = job_headers();
        headers.remove(name);
        assert!(!conforms("GET", JOB_PATH, 200, &headers, &job()), "{name}");
    }
    let mut headers = job_headers();
    headers.remove("retry-after");
    assert!(conforms("GET", JOB_PATH, 200, &headers, &job()));
    headers.insert("retry-after", "soon".parse().unwrap());
    assert!(!conforms("GET", JOB_PATH, 200, &headers, &job()));
}

#[test]
fn a_status_or_a_code_that_the_operation_does_not_document_is_noticed() {
    let headers = job_headers();
    assert!(conforms("GET", JOB_PATH, 404, &headers, &problem("not_found", 404)));
    assert!(!conforms("GET", JOB_PATH, 404, &headers, &problem("video_expired", 404)));
    assert!(!conforms("GET", JOB_PATH, 410, &headers, &problem("video_expired", 410)));
    assert!(!conforms("GET", JOB_PATH, 418, &headers, &problem("not_found", 418)));
}

#[test]
fn another_media_type_is_noticed() {
    let mut headers = job_headers();
    headers.insert(CONTENT_TYPE, "text/plain".parse().unwrap());
    let body = job().to_string();
    let judged =
        std::panic::catch_unwind(|| assert_conforms("GET", JOB_PATH, 200, &headers, body.as_bytes()));
    assert!(judged.is_err());
}

#[test]
fn addresses_and_methods_that_are_not_documented_must_be_refused() {
    let mut headers = headers(&[("request-id", REQUEST_ID)]);
    assert!(conforms("GET", "/api/v1/projects", 404, &headers, &problem("not_found", 404)));
    assert!(!conforms("GET", "/api/v1/projects", 200, &headers, &json!({})));
    let refused = problem("method_not_allowed", 405);
    assert!(!conforms("DELETE", JOB_PATH, 405, &headers, &refused));
    headers.insert("allow", "GET,HEAD".parse().unwrap());
    assert!(conforms("DELETE", JOB_PATH, 405, &headers, &refused));
    assert!(!conforms("DELETE", JOB_PATH, 200, &headers, &job()));
}

#[test]
fn what_the_document_does_not_speak_of_is_not_judged() {
    assert!(!conforms(
        "GET",
        "http://127.0.0.1:8080/api/v1/credits",
        200,
        &HeaderMap::new(),
        &json!("a page")
    ));
    assert!(conforms("GET", "/settings/api", 200, &HeaderMap::new(), &json!("a page")));
}

#[test]
fn events_are_judged_one_by_one() {
    let path = "/api/v1/jobs/job_4kQm2ZtXr8LbVw0YhNcD5e/events";
    let judge = |body: String| {
        let mut headers = job_headers();
        headers.insert(CONTENT_TYPE, "text/event-stream".parse().unwrap());
        std::panic::catch_unwind(|| assert_conforms("GET", path, 200, &headers, body.as_bytes())).is_ok()
    };
    let step = r#"{"event":"job.queued","status":"queued","phase":"queued","at":"2026-04-07T18:00:00.000Z"}"#;
    assert!(judge(format!(": hello\n\nevent: job.queued\nid: 7\nretry: 3000\ndata: {step}\n\nevent: prog")));
    assert!(!judge(format!("event: job.queued\ndata: {step}\n\n")));
    assert!(!judge(format!("event: job.paused\nid: 7\ndata: {step}\n\n")));
    assert!(!judge("event: progress\ndata: {}\n\n".to_owned()));
}

#[test]
fn an_answer_without_a_body_has_none() {
    let headers = job_headers();
    let judge = |body: &[u8]| {
        std::panic::catch_unwind(|| assert_conforms("GET", JOB_PATH, 304, &headers, body)).is_ok()
    };
    assert!(judge(b""));
    assert!(!judge(b"{}"));
}

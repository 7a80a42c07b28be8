//! Jobs as their owner follows them: listed, waited for, streamed, cancelled, repeated, looked at beforehand.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Database, Receiver, Server, Upload, on_both_databases, template};

on_both_databases!(
    a_running_job_is_cancelled_wherever_it_is_and_costs_nothing,
    a_repeated_request_is_answered_as_the_first_time,
    a_list_leads_through_every_job_page_by_page,
    events_tell_the_whole_life_and_go_on_where_a_client_stopped,
    a_webhook_can_be_delivered_again_under_the_same_id,
    a_video_is_gone_after_its_time,
);

async fn post(server: &Server, name: &str) -> String {
    Server::accepted(&server.post_json(&json!({ "template": template(name, &[]) })).await)
}

async fn a_running_job_is_cancelled_wherever_it_is_and_costs_nothing(database: Database) {
    let server = Server::start_on(database);
    let mut receiver = Receiver::answering(&[]).await;
    let request = json!({ "template": template("slow once", &[]), "webhook": { "url": receiver.url } });
    let id = Server::accepted(&server.post_json(&request).await);
    server.wait_until(&id, 0, |job| job["phase"] == "rendering").await;
    let path = format!("/api/v1/jobs/{id}/cancel");
    let answer = server.post_to(&path, &Value::Null).await;
    // A worker that lets go late is not waited for.
    let job = if answer.status == 202 { server.ended(&id).await } else { answer.json() };
    assert!(matches!(answer.status, 200 | 202), "{job}");
    assert_eq!((&job["status"], &job["phase"]), (&json!("cancelled"), &json!("rendering")));
    assert_eq!(job["credits"], json!({ "reserved": 0, "charged": 0, "items": [] }));
    assert_eq!(server.credits().await, (100, 0));
    assert_eq!(server.post_to(&path, &Value::Null).await.status, 200, "a second time changes nothing");
    assert_eq!(receiver.next().await.header("x-avs-event"), "job.cancelled");
    assert!(receiver.stays_silent().await);
    let done = post(&server, "x").await;
    server.ended(&done).await;
    let late = server.post_to(&format!("/api/v1/jobs/{done}/cancel"), &Value::Null).await;
    assert_eq!((late.status, &late.json()["code"]), (409, &json!("job_already_ended")));
    assert!(server.audit().await.is_clean());
}

async fn a_repeated_request_is_answered_as_the_first_time(database: Database) {
    let server = Server::start_on(database);
    let send = |name: &str, boundary: &str| {
        let (server, request) = (&server, json!({ "template": template(name, &["hero.mp4"]) }));
        let body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"request\"\r\n\r\n{request}\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"hero.mp4\"\r\n\r\npictures\r\n--{boundary}--\r\n"
        );
        let kind = format!("multipart/form-data; boundary={boundary}");
        async move {
            let build = |request: reqwest::RequestBuilder| {
                request.header("idempotency-key", "order-7").header("content-type", kind).body(body)
            };
            server.send(Method::POST, "/api/v1/videos/from-json", build).await
        }
    };
    let first = send("x", "one").await;
    server.ended(&Server::accepted(&first)).await;
    let again = send("x", "two").await;
    assert_eq!((again.status, &again.bytes), (202, &first.bytes), "another boundary is the same request");
    assert_eq!(
        (again.header("idempotent-replayed"), again.header("location")),
        ("true", first.header("location"))
    );
    assert!(!first.headers.contains_key("idempotent-replayed"));
    let other = send("y", "one").await;
    assert_eq!((other.status, &other.json()["code"]), (422, &json!("idempotency_key_reused")));
    assert_eq!(server.credits().await, (90, 0));
    let files = std::fs::read_dir(server.data_dir().join("jobs")).unwrap().count();
    assert_eq!(files, 1, "files of repetitions are removed");
}

async fn a_list_leads_through_every_job_page_by_page(database: Database) {
    let server = Server::start_on(database);
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(post(&server, "x").await);
    }
    for id in &made {
        server.ended(id).await;
    }
    made.reverse();
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = server.get(&format!("/api/v1/jobs?limit=2&status=completed{cursor}")).await.json();
        seen.extend(
            page["jobs"].as_array().unwrap().iter().map(|job| job["jobId"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, made);
    for query in [
        "status=done",
        "limit=0",
        "limit=101",
        "cursor=x",
        "createdAfter=yesterday",
        "colour=red",
        "limit=1&limit=2",
    ] {
        let answer = server.get(&format!("/api/v1/jobs?{query}")).await;
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("malformed_query")), "{query}");
    }
    let later = server.get("/api/v1/jobs?createdAfter=2999-01-01T00:00:00Z").await.json();
    assert_eq!(later, json!({ "jobs": [], "nextCursor": null }));
}

/// Events of a stream: id, name, data.
fn events(text: &str) -> Vec<(String, String, Value)> {
    let field = |block: &str, name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_default().trim().to_owned()
    };
    let blocks = text.split("\n\n").filter(|block| block.contains("event:"));
    blocks
        .map(|block| {
            (field(block, "id"), field(block, "event"), serde_json::from_str(&field(block, "data")).unwrap())
        })
        .collect()
}

async fn events_tell_the_whole_life_and_go_on_where_a_client_stopped(database: Database) {
    let server = Server::start_on(database);
    let id = post(&server, "crash once").await;
    let path = format!("/api/v1/jobs/{id}/events");
    let answer = server.get(&path).await;
    assert_eq!(
        (answer.header("content-type"), answer.header("cache-control")),
        ("text/event-stream", "no-store")
    );
    let all = events(&String::from_utf8(answer.bytes).unwrap());
    let names: Vec<&str> =
        all.iter().map(|(_, name, _)| name.as_str()).filter(|name| *name != "progress").collect();
    let attempt = ["job.claimed", "job.advanced"];
    let expected = [&["job.queued"][..], &attempt, &["job.requeued"], &attempt, &["job.completed"]].concat();
    assert_eq!(names, expected);
    let (_, _, last) = all.last().unwrap();
    assert_eq!(*last, server.get(&format!("/api/v1/jobs/{id}")).await.json());
    let third = all.iter().filter(|(id, ..)| !id.is_empty()).nth(2).unwrap().0.clone();
    let rest = server.send(Method::GET, &path, |request| request.header("last-event-id", third)).await;
    let rest = events(&String::from_utf8(rest.bytes).unwrap());
    assert_eq!(rest.iter().map(|(_, name, _)| name.as_str()).collect::<Vec<_>>(), expected[3..]);
}

async fn a_webhook_can_be_delivered_again_under_the_same_id(database: Database) {
    let server = Server::start_on(database);
    let mut receiver = Receiver::answering(&[410]).await;
    let request = json!({ "template": template("x", &[]), "webhook": { "url": receiver.url } });
    let id = Server::accepted(&server.post_json(&request).await);
    let first = receiver.next().await;
    let path = format!("/api/v1/jobs/{id}/webhook");
    let log = loop {
        let log = server.get(&format!("{path}/deliveries")).await.json();
        if log["delivery"]["status"] == "abandoned" {
            break log;
        }
    };
    assert_eq!(log["delivery"]["attempts"][0]["status"], 410);
    let answer = server.post_to(&format!("{path}/redeliver"), &Value::Null).await;
    assert_eq!(answer.status, 202);
    let second = receiver.next().await;
    assert_eq!((first.header("webhook-id"), &first.body), (second.header("webhook-id"), &second.body));
    let none = post(&server, "x").await;
    server.ended(&none).await;
    let refused = server.post_to(&format!("/api/v1/jobs/{none}/webhook/redeliver"), &Value::Null).await;
    assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("no_webhook")));
    let open = post(&server, "slow once").await;
    let early = server.post_to(&format!("/api/v1/jobs/{open}/webhook/redeliver"), &Value::Null).await;
    assert_eq!((early.status, &early.json()["code"]), (409, &json!("job_not_ended")));
}

async fn a_video_is_gone_after_its_time(database: Database) {
    let mut server = Server::start_on(database);
    let id = post(&server, "x").await;
    let url = server.ended(&id).await["result"]["downloadUrl"].as_str().unwrap().to_owned();
    let path = url[url.find("/d/").unwrap()..].to_owned();
    assert_eq!(server.get(&path).await.status, 200);
    assert!(server.stop());
    server.set("AVS_RETENTION_MILLIS", "1");
    server.start_again();
    let gone = loop {
        let answer = server.get(&path).await;
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!((gone.status, &gone.json()["code"]), (410, &json!("video_expired")));
    let (files, deadline) =
        (server.data_dir().join("jobs").join(&id), Instant::now() + Duration::from_secs(20));
    while files.exists() {
        assert!(Instant::now() < deadline, "the files are still there");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(server.get(&format!("/api/v1/jobs/{id}")).await.json()["status"], "completed");
}

#[tokio::test]
async fn an_unchanged_job_is_not_sent_again() {
    let server = Server::start();
    let id = post(&server, "x").await;
    server.ended(&id).await;
    let path = format!("/api/v1/jobs/{id}");
    let etag = server.get(&path).await.header("etag").to_owned();
    let again = server.send(Method::GET, &path, |request| request.header("if-none-match", &etag)).await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
}

#[tokio::test]
async fn a_dry_run_tells_cost_and_length_and_leaves_nothing_behind() {
    let server = Server::start();
    let request =
        json!({ "template": template("x", &["hero.mp4", "song.mp3"]), "output": { "aspectRatio": "9:16" } });
    let files = [Upload("hero.mp4", b"pictures"), Upload("song.mp3", b"fake audio")];
    let answer = server.post_files_to("/api/v1/videos/validate", &request, &files).await;
    let preview = answer.json();
    assert_eq!((answer.status, &preview["valid"]), (200, &json!(true)), "{preview}");
    assert_eq!(preview["credits"]["estimated"], 13);
    assert_eq!(
        (&preview["video"]["durationSeconds"], &preview["video"]["frameCount"]),
        (&json!(5.0), &json!(150))
    );
    assert_eq!(
        (&preview["assets"][0]["kind"], &preview["assets"][1]["kind"]),
        (&json!("video"), &json!("audio"))
    );
    let broken = server
        .post_files_to(
            "/api/v1/videos/validate",
            &json!({ "template": template("x", &["hero.mp4"]) }),
            &[Upload("hero.mp4", b"not media")],
        )
        .await;
    assert_eq!((broken.status, &broken.json()["code"]), (422, &json!("invalid_request")));
    let failed = server
        .post_files_to(
            "/api/v1/videos/validate",
            &json!({ "template": template("x", &["hero.mp4"]) }),
            &[Upload("hero.mp4", b"fail in probe")],
        )
        .await;
    assert_eq!(failed.status, 503, "what fails on our side is no fault of the request: {}", failed.json());
    assert!(!failed.json().to_string().contains("sandbox"), "and why is ours to know: {}", failed.json());
    assert_eq!(server.credits().await, (100, 0));
    assert_eq!(server.get("/api/v1/jobs").await.json()["jobs"], json!([]));
    assert_eq!(std::fs::read_dir(server.data_dir().join("jobs")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_token_that_asks_too_often_is_told_when_to_come_back() {
    let server = Server::start_with(Database::Sqlite, &[("AVS_READS_PER_MINUTE", "3")]);
    let first = server.get("/api/v1/credits").await;
    assert_eq!(first.header("ratelimit-policy"), "\"reads\";q=3;w=60");
    server.get("/api/v1/credits").await;
    server.get("/api/v1/credits").await;
    let limited = server.get("/api/v1/credits").await;
    assert_eq!((limited.status, &limited.json()["code"]), (429, &json!("rate_limited")));
    assert!(limited.header("retry-after").parse::<u64>().unwrap() <= 21);
    assert!(limited.header("ratelimit").starts_with("\"reads\";r=0;t="));
}

#[tokio::test]
async fn an_account_with_too_many_open_jobs_waits_for_some_to_end() {
    let server = Server::start_with(Database::Sqlite, &[("AVS_OPEN_JOBS_MAX", "1")]);
    let id = post(&server, "slow once").await;
    let second = server.post_json(&json!({ "template": template("x", &[]) })).await;
    assert_eq!((second.status, &second.json()["code"]), (429, &json!("too_many_open_jobs")));
    server.post_to(&format!("/api/v1/jobs/{id}/cancel"), &Value::Null).await;
    post(&server, "x").await;
}

#[tokio::test]
async fn an_engine_that_is_not_confined_is_refused_where_that_is_required() {
    let mut server = Server::start_with(Database::Sqlite, &[("AVS_REQUIRE_SANDBOX", "true")]);
    server.ended(&post(&server, "x").await).await;
    assert!(server.stop());
    std::fs::write(server.data_dir().join("jobs/no-sandbox"), "").unwrap();
    server.start_again();
    let id = post(&server, "x").await;
    let reason = loop {
        let readiness = server.get(&format!("{}/readyz", server.admin_url)).await;
        if readiness.status == 503 && readiness.json()["sandbox"].is_object() {
            break readiness.json();
        }
    };
    assert_eq!(reason["engines"], false, "{reason}");
    assert_eq!(server.get(&format!("/api/v1/jobs/{id}")).await.json()["result"], Value::Null);
    let metrics = server.get(&format!("{}/metrics", server.admin_url)).await;
    let text = String::from_utf8(metrics.bytes).unwrap();
    assert!(text.contains("http_server_request_duration_seconds"), "{text}");
    assert!(!text.contains(&id) && !text.contains("api_"), "labels name no job and no token");
}

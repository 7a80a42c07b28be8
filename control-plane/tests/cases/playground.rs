//! Videos as the console's playground makes them: looked at, seen in one picture, created once.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::harness::{Console, Server, Upload, template};

const STILL: &str = "/internal/v1/videos/still";

async fn create_with_key(console: &Console<'_>, key: &str, body: &Value) -> (u16, Value) {
    let build = |request: RequestBuilder| {
        request
            .header("idempotency-key", key)
            .header("content-type", "application/json")
            .body(body.to_string())
    };
    let answer = console.send_built(Method::POST, "/internal/v1/videos", (&console.csrf_token, build)).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn a_signed_in_person_makes_a_video_without_any_token_and_a_double_click_makes_one() {
    let server = Server::start();
    let console = server.sign_in().await;
    let body = json!({ "template": template("x", &[]) });
    let (status, first) = create_with_key(&console, "click-1", &body).await;
    let (again, second) = create_with_key(&console, "click-1", &body).await;
    assert_eq!((status, again), (202, 202), "{first} {second}");
    assert_eq!(first["jobId"], second["jobId"]);
    let (other, refused) =
        create_with_key(&console, "click-1", &json!({ "template": template("y", &[]) })).await;
    assert_eq!((other, &refused["code"]), (422, &json!("idempotency_key_reused")));
    let job = server.ended(first["jobId"].as_str().unwrap()).await;
    assert_eq!(job["status"], "completed");
    assert_eq!((server.job_ids().await.len(), server.credits().await), (1, (95, 0)));
}

#[tokio::test]
async fn a_dry_run_and_a_picture_come_with_their_files_and_leave_nothing_behind() {
    let server = Server::start();
    let console = server.sign_in().await;
    let body = json!({ "template": template("x", &["hero.mp4"]) });
    let files = [Upload("hero.mp4", b"pictures")];
    let preview = console.send_files("/internal/v1/videos/validate", &body, &files).await;
    assert_eq!((preview.status, &preview.json()["valid"]), (200, &json!(true)));
    let still = console.send_files(&format!("{STILL}?at=2.5"), &body, &files).await;
    assert_eq!((still.status, still.header("content-type")), (200, "image/png"), "{still:?}");
    assert_eq!(String::from_utf8_lossy(&still.bytes), "fake picture at 2.5 s");
    assert_eq!(still.header("cache-control"), "no-store");
    assert_eq!((server.job_ids().await.len(), server.credits().await), (0, (100, 0)));
    assert_eq!(std::fs::read_dir(server.data_dir().join("jobs")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_picture_of_a_broken_template_is_refused_with_pointers() {
    let server = Server::start();
    let console = server.sign_in().await;
    let early = console.send(Method::POST, &format!("{STILL}?at=0"), &json!({ "template": {} })).await;
    assert_eq!((early.status, &early.json()["code"]), (422, &json!("invalid_request")));
    let late = json!({ "template": template("invalid", &[]) });
    let late = console.send(Method::POST, &format!("{STILL}?at=0"), &late).await;
    assert_eq!(
        (late.status, &late.json()["errors"][0]["pointer"]),
        (422, &json!("/template/blocks/0/duration"))
    );
    for query in ["", "?at=", "?at=-1", "?at=NaN", "?at=1e99", "?at=86401", "?at=1&size=2"] {
        let answer = console.send(Method::POST, &format!("{STILL}{query}"), &json!({})).await;
        assert_eq!((answer.status, &answer.json()["code"]), (400, &json!("malformed_query")), "{query}");
    }
}

#[tokio::test]
async fn an_engine_that_a_file_has_taken_over_cannot_show_a_file_of_the_server() {
    let server = Server::start();
    let console = server.sign_in().await;
    let body = json!({ "template": template("leads away", &[]) });
    let answer = console.send(Method::POST, &format!("{STILL}?at=0"), &body).await;
    assert_eq!((answer.status, &answer.json()["code"]), (503, &json!("temporarily_unavailable")));
    let crashed = json!({ "template": template("crash always", &[]) });
    let crashed = console.send(Method::POST, &format!("{STILL}?at=0"), &crashed).await;
    assert_eq!((crashed.status, crashed.header("retry-after")), (503, "5"));
    let after = console
        .send(Method::POST, &format!("{STILL}?at=0"), &json!({ "template": template("x", &[]) }))
        .await;
    assert_eq!(after.status, 200, "{after:?}");
}

#[tokio::test]
async fn without_the_session_or_its_csrf_token_nothing_is_looked_at_or_made() {
    let server = Server::start();
    let console = server.sign_in().await;
    let body = json!({ "template": template("x", &[]) });
    for path in ["/internal/v1/videos", "/internal/v1/videos/validate", "/internal/v1/videos/still?at=0"] {
        let forged = console.send_with(Method::POST, path, &body, "forged").await;
        assert_eq!((forged.status, &forged.json()["code"]), (403, &json!("csrf_refused")), "{path}");
        // A bearer token, which this request carries, means nothing here.
        let stray = server.post_to(path, &body).await;
        assert_eq!((stray.status, &stray.json()["code"]), (401, &json!("session_needed")), "{path}");
    }
    assert_eq!(server.job_ids().await.len(), 0);
}

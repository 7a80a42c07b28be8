//! From a request to a file, a bill and a webhook.

use serde_json::json;

use crate::harness::{Receiver, Server, Upload, template};

#[tokio::test]
async fn a_template_with_files_becomes_a_video_a_bill_and_a_signed_webhook() {
    let server = Server::start();
    let mut receiver = Receiver::answering(&[]).await;
    let webhook = json!({ "url": receiver.url, "secret": "whsec_happy" });
    let request = json!({ "template": template("Launch teaser", &["hero.mp4", "song.mp3"]),
        "output": { "aspectRatio": "9:16", "quality": "web" }, "webhook": webhook, "metadata": { "order": 7 } });
    let files = [Upload("hero.mp4", b"pictures"), Upload("song.mp3", b"fake audio")];
    let answer = server.post_files(&request, &files).await;
    let id = Server::accepted(&answer);
    assert_eq!(answer.header("location"), format!("/api/v1/jobs/{id}"));
    let created = answer.json();
    assert_eq!(
        (&created["mode"], &created["status"], &created["phase"]),
        (&json!("json"), &json!("queued"), &json!("queued"))
    );
    assert_eq!(created["credits"]["reserved"], 15);

    let job = server.ended(&id).await;
    assert_eq!((&job["status"], &job["phase"]), (&json!("completed"), &json!("completed")), "{job}");
    assert_eq!((&job["error"], &job["metadata"]), (&json!(null), &json!({ "order": 7 })));
    let bill = json!([ { "kind": "video_upload", "asset": "hero.mp4", "credits": 5 },
        { "kind": "audio_upload", "asset": "song.mp3", "credits": 3 }, { "kind": "render", "credits": 5 } ]);
    assert_eq!(job["credits"], json!({ "reserved": 0, "charged": 13, "items": bill }));
    assert_eq!(server.credits().await, (87, 0));
    assert_eq!((&job["progress"]["fraction"], &job["progress"]["framesDone"]), (&json!(1.0), &json!(150)));
    assert_eq!(job["result"]["warnings"][0]["pointer"], "/template/blocks/0");

    let video = server.get(job["result"]["downloadUrl"].as_str().unwrap()).await;
    assert_eq!(video.bytes, format!("fake video of {id}, attempt 1").into_bytes());
    assert_eq!(job["result"]["sizeBytes"], video.bytes.len());

    let delivery = receiver.next().await;
    let signature = avs::domain::webhook::avs_signature("whsec_happy", &delivery.body);
    assert_eq!(delivery.header("x-avs-signature"), signature);
    assert_eq!(delivery.header("x-avs-event"), "job.completed");
    let sent: serde_json::Value = serde_json::from_slice(&delivery.body).unwrap();
    assert_eq!(sent["job"], job);
    assert!(receiver.stays_silent().await);
    assert!(server.audit().await.is_clean());
}

#[tokio::test]
async fn a_template_of_text_alone_costs_the_render_alone() {
    let server = Server::start();
    let id = Server::accepted(&server.post_json(&json!({ "template": template("text", &[]) })).await);
    let job = server.ended(&id).await;
    assert_eq!(job["credits"]["charged"], 5);
    assert_eq!(server.credits().await, (95, 0));
}

#[tokio::test]
async fn times_are_rfc_3339_with_milliseconds_and_the_link_expires_after_a_week() {
    let server = Server::start();
    let id = Server::accepted(&server.post_json(&json!({ "template": template("text", &[]) })).await);
    let job = server.ended(&id).await;
    let (created, expires) =
        (job["createdAt"].as_str().unwrap(), job["result"]["expiresAt"].as_str().unwrap());
    assert_eq!((created.len(), &created[19..20], &created[23..]), (24, ".", "Z"));
    let week =
        humantime::parse_rfc3339(expires).unwrap().duration_since(humantime::parse_rfc3339(created).unwrap());
    let week = week.unwrap().as_secs();
    assert!((604_800..604_860).contains(&week), "{created} {expires}");
}

#[tokio::test]
async fn a_job_of_another_account_is_as_good_as_none() {
    let server = Server::start();
    let id = Server::accepted(&server.post_json(&json!({ "template": template("text", &[]) })).await);
    server.cli(&["account", "create", "eve@example.com"]);
    let eve = server.new_token("eve@example.com", "api");
    let asked = |path: String| {
        let eve = eve.clone();
        let server = &server;
        async move { server.send(reqwest::Method::GET, &path, |request| request.bearer_auth(eve)).await }
    };
    let foreign = asked(format!("/api/v1/jobs/{id}")).await;
    let unknown = asked(format!("/api/v1/jobs/{}", id.replace(&id[10..], "0123456789abcdef"))).await;
    assert_eq!((foreign.status, unknown.status), (404, 404));
    assert_eq!(foreign.json()["detail"], unknown.json()["detail"]);
}

//! The section "Costs" of the public page.

use serde_json::{Value, json};

use super::creating::{prompt_request, server_for};
use crate::harness::{Server, Sources, Upload, template};

const FROM_PROMPT: &str = "/api/v1/videos/from-prompt";

/// Kinds and prices of a job's bill.
fn bill(job: &Value) -> Vec<(&str, i64)> {
    let items = job["credits"]["items"].as_array().unwrap();
    items.iter().map(|item| (item["kind"].as_str().unwrap(), item["credits"].as_i64().unwrap())).collect()
}

#[tokio::test]
async fn public_api_usage_consumes_the_same_user_credit_balance() {
    let server = Server::start();
    let id = Server::accepted(&server.post_json(&json!({ "template": template("x", &[]) })).await);
    assert_eq!(server.ended(&id).await["credits"]["charged"], 5);
    assert_eq!(server.credits().await, (95, 0));
    assert!(server.cli(&["credits", "show", "ada@example.com"]).starts_with("available 95\treserved 0"));
}

#[tokio::test]
async fn a_prompt_job_consumes_upload_credits_3_for_the_creator_and_5_for_the_render() {
    let server = Server::start();
    let request = json!({ "prompt": "A teaser" });
    let answer = server.post_files_to(FROM_PROMPT, &request, &[Upload("hero.mp4", b"pictures")]).await;
    assert_eq!(answer.json()["credits"]["reserved"], 13);
    let job = server.ended(&Server::accepted(&answer)).await;
    assert_eq!(bill(&job), [("video_upload", 5), ("ai_creator", 3), ("render", 5)]);
    assert_eq!(server.credits().await, (87, 0));
}

#[tokio::test]
async fn a_json_job_consumes_upload_credits_and_5_for_the_render() {
    let server = Server::start();
    let request = json!({ "template": template("x", &["hero.mp4"]) });
    let answer = server.post_files(&request, &[Upload("hero.mp4", b"pictures")]).await;
    let job = server.ended(&Server::accepted(&answer)).await;
    assert_eq!(bill(&job), [("video_upload", 5), ("render", 5)]);
}

#[tokio::test]
async fn upload_costs_are_video_5_image_0_audio_3_screen_recording_0_and_its_analysis_5() {
    let server = Server::start();
    let files: [(&str, &[u8], &str, i64); 4] = [
        ("hero.mp4", b"pictures", "video_upload", 5),
        ("logo.png", b"\x89PNG\r\n\x1a\n....", "image_upload", 0),
        ("song.mp3", b"fake audio", "audio_upload", 3),
        ("demo.vidova", b"pictures", "screen_recording_upload", 0),
    ];
    for (name, bytes, kind, credits) in files {
        let answer = server
            .post_files_to(FROM_PROMPT, &json!({ "prompt": "Say \"Hi\"" }), &[Upload(name, bytes)])
            .await;
        let job = server.ended(&Server::accepted(&answer)).await;
        assert_eq!(bill(&job)[0], (kind, credits), "{job}");
        let analysis = bill(&job).contains(&("screen_recording_analysis", 5));
        assert_eq!(analysis, name == "demo.vidova", "{job}");
    }
    let request = json!({ "template": template("x", &["demo.vidova"]) });
    let answer = server.post_files(&request, &[Upload("demo.vidova", b"pictures")]).await;
    let job = server.ended(&Server::accepted(&answer)).await;
    assert_eq!(
        bill(&job),
        [("screen_recording_upload", 0), ("render", 5)],
        "nobody analyses it for a template"
    );
}

#[tokio::test]
async fn remote_asset_urls_are_treated_as_uploaded_inputs_after_avs_fetches_them() {
    let sources = Sources::serving(&[("/intro.mp4", b"pictures"), ("/song", b"fake audio")]).await;
    let server = server_for(&sources);
    let answer = server.post_to(FROM_PROMPT, &prompt_request(&sources.url("/intro.mp4"))).await;
    let job = server.ended(&Server::accepted(&answer)).await;
    assert_eq!(bill(&job), [("video_upload", 5), ("ai_creator", 3), ("render", 5)]);
    let block =
        json!({ "type": "audio", "start": 0, "duration": 5, "source": { "url": sources.url("/song") } });
    let text = json!({ "type": "text", "start": 0, "duration": 5, "text": "Now" });
    let answer = server.post_json(&json!({ "template": { "version": "1", "blocks": [block, text] } })).await;
    assert_eq!(answer.json()["credits"]["reserved"], 10, "the dearest that it can turn out to be");
    let job = server.ended(&Server::accepted(&answer)).await;
    assert_eq!(bill(&job), [("audio_upload", 3), ("render", 5)], "what its bytes are");
}

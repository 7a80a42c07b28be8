//! "Create from prompt" and "Create from JSON".

use serde_json::{Value, json};

use crate::harness::{Database, Server, Sources, Upload, template};

const FROM_PROMPT: &str = "/api/v1/videos/from-prompt";

/// A server that may fetch from `sources`.
pub(super) fn server_for(sources: &Sources) -> Server {
    Server::start_with(Database::Sqlite, &[("AVS_FETCH_PORTS", &sources.port.to_string())])
}

/// The request of the public page, with a URL that leads somewhere.
pub(super) fn prompt_request(url: &str) -> Value {
    json!({ "prompt": "Create a 20 second product teaser using the uploaded footage.", "assetUrls": [url],
        "output": { "aspectRatio": "16:9", "quality": "studio" } })
}

#[tokio::test]
async fn post_api_v1_videos_from_prompt_turns_a_prompt_and_asset_urls_into_a_video() {
    let sources = Sources::serving(&[("/intro.mp4", b"pictures")]).await;
    let server = server_for(&sources);
    let answer = server.post_to(FROM_PROMPT, &prompt_request(&sources.url("/intro.mp4"))).await;
    let id = Server::accepted(&answer);
    assert_eq!((&answer.json()["mode"], &answer.json()["status"]), (&json!("prompt"), &json!("queued")));
    let job = server.ended(&id).await;
    assert_eq!(job["status"], "completed", "{job}");
    let video = server.get(job["result"]["downloadUrl"].as_str().unwrap()).await;
    assert_eq!((video.status, video.header("content-type")), (200, "video/mp4"));
}

#[tokio::test]
async fn you_can_also_send_multipart_with_request_and_repeated_files() {
    let server = Server::start();
    let request = json!({ "prompt": "A teaser with \"Now shipping\"." });
    let files = [Upload("hero.mp4", b"pictures"), Upload("song.mp3", b"fake audio")];
    let job =
        server.ended(&Server::accepted(&server.post_files_to(FROM_PROMPT, &request, &files).await)).await;
    assert_eq!((&job["status"], &job["mode"]), (&json!("completed"), &json!("prompt")), "{job}");
    let request = json!({ "template": template("x", &["hero.mp4", "song.mp3"]) });
    let job = server.ended(&Server::accepted(&server.post_files(&request, &files).await)).await;
    assert_eq!((&job["status"], &job["mode"]), (&json!("completed"), &json!("json")), "{job}");
}

#[tokio::test]
async fn post_api_v1_videos_from_json_takes_the_template_of_the_public_page() {
    let server = Server::start();
    let request = json!({
        "template": { "version": "1", "name": "Launch teaser", "blocks": [
            { "type": "video", "start": 0, "duration": 5, "source": { "uploadName": "hero.mp4" } },
            { "type": "text", "start": 0, "duration": 5, "text": "Now shipping" } ] },
        "output": { "aspectRatio": "9:16", "quality": "web" } });
    let answer = server.post_files(&request, &[Upload("hero.mp4", b"pictures")]).await;
    let job = server.ended(&Server::accepted(&answer)).await;
    assert_eq!(job["status"], "completed", "{job}");
}

#[tokio::test]
async fn supported_block_types_are_video_image_text_and_audio() {
    let server = Server::start();
    for kind in ["video", "image", "text", "audio", "shape"] {
        let mut block = json!({ "type": kind, "start": 0, "duration": 5 });
        if kind == "text" {
            block["text"] = json!("Now shipping");
        } else {
            block["source"] = json!({ "uploadName": "a.bin" });
        }
        let request = json!({ "template": { "version": "1", "blocks": [block] } });
        let answer = match kind {
            "text" => server.post_json(&request).await,
            _ => server.post_files(&request, &[Upload("a.bin", b"bytes")]).await,
        };
        assert_eq!(answer.status, if kind == "shape" { 422 } else { 202 }, "{kind}: {answer:?}");
    }
}

#[tokio::test]
async fn media_blocks_must_reference_either_source_url_or_source_upload_name() {
    let sources = Sources::serving(&[("/a.mp4", b"pictures")]).await;
    let server = server_for(&sources);
    let request = |source: Value| {
        let block = json!({ "type": "video", "start": 0, "duration": 5, "source": source });
        json!({ "template": { "version": "1", "blocks": [block] } })
    };
    for source in [json!({}), json!({ "url": sources.url("/a.mp4"), "uploadName": "a.mp4" }), json!(null)] {
        assert_eq!(server.post_json(&request(source)).await.status, 422);
    }
    let by_url = server.post_json(&request(json!({ "url": sources.url("/a.mp4") }))).await;
    assert_eq!(server.ended(&Server::accepted(&by_url)).await["status"], "completed");
}

//! Prompts and files at the edges.

use serde_json::json;

use super::{FROM_PROMPT, assert_failed, ended, project, sources};
use crate::harness::{Server, Upload};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n....";

#[tokio::test]
async fn a_prompt_without_words_or_with_too_many_is_refused_at_once() {
    let server = Server::start();
    for prompt in ["", " \n\t ", &"word ".repeat(20_000)] {
        let answer = server.post_to(FROM_PROMPT, &json!({ "prompt": prompt })).await;
        assert_eq!((answer.status, &answer.json()["errors"][0]["pointer"]), (422, &json!("/prompt")));
    }
    assert_eq!(server.credits().await, (100, 0));
}

#[tokio::test]
async fn uploads_and_urls_together_are_no_more_than_a_job_may_have() {
    let server = Server::start();
    let names: Vec<String> = (0..40).map(|n| format!("shot {n}.png")).collect();
    let uploads: Vec<Upload<'_>> = names.iter().map(|name| Upload(name, PNG)).collect();
    let urls: Vec<String> = (0..20).map(|n| format!("https://cdn.example/{n}.mp4")).collect();
    let request = json!({ "prompt": "A teaser", "assetUrls": urls });
    let answer = server.post_files_to(FROM_PROMPT, &request, &uploads).await;
    assert_eq!((answer.status, &answer.json()["errors"][0]["code"]), (422, &json!("too_many_assets")));
    assert_eq!(server.credits().await, (100, 0));
}

#[tokio::test]
async fn the_longest_prompt_that_is_taken_becomes_a_video() {
    let server = Server::start();
    let prompt = "Five tips for better sleep: no screens, no coffee, a cool room. ".repeat(300);
    let job = ended(&server, &prompt[..16 << 10], &[]).await;
    assert_eq!(job["status"], "completed", "{job}");
}

#[tokio::test]
async fn a_prompt_that_shows_nothing_and_brings_nothing_fails_with_a_reason_and_costs_nothing() {
    let server = Server::start();
    // Not blank, and yet there is nothing to see.
    let job = ended(&server, "\u{200b}\u{2060}", &[]).await;
    assert_failed(&job, "generation_failed", ("/prompt", "generation_failed"));
    assert!(job["error"]["message"].as_str().unwrap().len() > 20, "{job}");
    assert_eq!(server.credits().await, (100, 0));
    assert!(server.audit().await.is_clean());
}

#[tokio::test]
async fn any_number_and_kind_of_files_becomes_a_video_that_names_no_other() {
    let server = Server::start();
    server.cli(&["credits", "grant", "ada@example.com", "1000"]);
    let twenty: Vec<String> = (0..20).map(|n| format!("shot {n}.mp4")).collect();
    let twenty: Vec<Upload<'_>> = twenty.iter().map(|name| Upload(name, b"pictures")).collect();
    let audio = [Upload("song.mp3", b"fake audio")];
    let image = [Upload("dot.png", PNG)];
    let font = [Upload("brand.ttf", b"\0\x01\0\0\0\x12......")];
    for (name, files) in [
        ("none", &[][..]),
        ("audio", &audio[..]),
        ("image", &image[..]),
        ("twenty", &twenty[..]),
        ("font", &font[..]),
    ] {
        let job = ended(&server, "A 12 second teaser that says \"Now shipping\"", files).await;
        assert_eq!(job["status"], "completed", "{name}: {job}");
        let project = project(&server, &job).await;
        for source in sources(&project.template) {
            assert!(files.iter().any(|file| file.0 == source), "{name}: {source}");
        }
        assert!(project.template.to_string().contains("Now shipping"), "{name}: {}", project.template);
    }
}

#[tokio::test]
async fn the_same_prompt_and_files_give_the_same_template_byte_for_byte() {
    let server = Server::start();
    let files = [Upload("hero.mp4", b"pictures"), Upload("song.mp3", b"fake audio"), Upload("b.png", PNG)];
    let mut templates = Vec::new();
    for _ in 0..2 {
        let job = ended(&server, "A 15 second teaser: \"Now shipping\"", &files).await;
        let project = project(&server, &job).await;
        templates.push((project.template.to_string(), project.output.to_string()));
    }
    assert_eq!(templates[0], templates[1]);
}

#[tokio::test]
async fn template_output_and_trace_are_kept_with_the_hidden_project() {
    let server = Server::start();
    let request = json!({ "prompt": "Say \"Hi\"", "output": { "aspectRatio": "1:1" } });
    let job = server.ended(&Server::accepted(&server.post_to(FROM_PROMPT, &request).await)).await;
    let project = project(&server, &job).await;
    assert_eq!(project.output["aspectRatio"], "1:1");
    let trace = project.trace.unwrap();
    assert_eq!(trace["planner"], "built-in");
    assert!(trace["storyboard"]["scenes"].is_array() && trace["seed"].is_string(), "{trace}");
    assert!(!job.to_string().contains("storyboard"), "the public job shows none of it");
}

#[tokio::test]
async fn files_that_cannot_be_analysed_end_the_job_and_cost_nothing() {
    let server = Server::start();
    let job = ended(&server, "A teaser", &[Upload("hero.mp4", b"fail in analysis")]).await;
    assert_eq!(job["error"]["code"], "unreadable_media", "{job}");
    assert_eq!(server.credits().await, (100, 0));
}

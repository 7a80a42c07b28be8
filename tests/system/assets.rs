//! What comes with a request: a font of one's own, and files that a block can do without.

use avs_tests::{Server, gpu_context, stream_facts};
use serde_json::json;

/// From Debian's fonts-dejavu-core.
const FONT: &str = "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf";

#[test]
fn a_font_of_ones_own_is_uploaded_used_and_costs_nothing() {
    if gpu_context().is_none() {
        return;
    }
    let server = Server::start();
    std::fs::copy(FONT, server.scratch.file("brand.ttf")).unwrap();
    let request = json!({ "output": { "quality": "draft" }, "template": { "version": "1",
        "fonts": [{ "family": "Brand", "source": { "uploadName": "brand.ttf" } }],
        "blocks": [{ "type": "text", "duration": 0.5, "text": "Ours", "font": { "family": "Brand" } }] } });
    let created = server.post(&request, &["brand.ttf"]);
    let job = server.ended(created["jobId"].as_str().unwrap_or_else(|| panic!("{created}")));
    assert_eq!(job["status"], "completed", "{job}");
    let items = job["credits"]["items"].as_array().unwrap_or_else(|| panic!("{job}"));
    assert!(items.iter().all(|item| item["kind"] != "font"), "{job}");
    let facts = stream_facts(&server.download(job["result"]["downloadUrl"].as_str().unwrap()));
    assert_eq!(facts.frame_count, 15);
}

#[test]
fn a_font_that_comes_with_a_prompt_is_a_warning_and_no_failure() {
    if gpu_context().is_none() {
        return;
    }
    let server = Server::start();
    std::fs::copy(FONT, server.scratch.file("brand.ttf")).unwrap();
    let request = json!({ "prompt": "A 3 second teaser: \"Ours\"", "output": { "quality": "draft" } });
    let created = server.post(&request, &["brand.ttf"]);
    let job = server.ended(created["jobId"].as_str().unwrap_or_else(|| panic!("{created}")));
    assert_eq!(job["status"], "completed", "{job}");
    assert!(
        job["result"]["warnings"].to_string().contains("brand.ttf: a video of a prompt has its own letters"),
        "{job}"
    );
    let items = job["credits"]["items"].as_array().unwrap_or_else(|| panic!("{job}"));
    assert!(items.iter().all(|item| item["kind"] != "font"), "{job}");
}

#[test]
fn a_file_that_a_block_can_do_without_is_a_warning_and_no_failure() {
    if gpu_context().is_none() {
        return;
    }
    let server = Server::start();
    std::fs::write(server.scratch.file("logo.png"), b"\x89PNG\r\n\x1a\nnot a picture").unwrap();
    let request = json!({ "output": { "quality": "draft" }, "template": { "version": "1", "blocks": [
        { "type": "text", "duration": 0.5, "text": "Still here" },
        { "type": "image", "duration": 0.5, "onAssetError": "skip", "source": { "uploadName": "logo.png" } } ] } });
    let created = server.post(&request, &["logo.png"]);
    let job = server.ended(created["jobId"].as_str().unwrap_or_else(|| panic!("{created}")));
    assert_eq!(job["status"], "completed", "{job}");
    assert!(job["result"]["warnings"].to_string().contains("/template/blocks/1/source"), "{job}");
}

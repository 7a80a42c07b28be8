//! The file: fast start, colour tags, whole or not at all.

use std::sync::atomic::AtomicBool;

use avs_engine::error::RenderError;
use avs_engine::job::{RenderControl, render};
use avs_tests::{Scratch, gpu_context, render_to, request, stream_facts};
use serde_json::json;

fn card() -> serde_json::Value {
    json!({ "version": "1", "blocks": [{ "type": "text", "text": "Hello", "duration": 1 }] })
}

#[test]
fn the_index_comes_before_the_media_so_that_playing_starts_at_once() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let request = request(card(), json!({}), scratch.path(), &scratch.file("out.mp4"));
    render_to(&mut context, &request).unwrap();
    let bytes = std::fs::read(&request.out_path).unwrap();
    let position = |name: &[u8; 4]| bytes.windows(4).position(|window| window == name).unwrap();
    assert!(position(b"moov") < position(b"mdat"));
    assert!(position(b"colr") < position(b"mdat"));
}

#[test]
fn colours_are_tagged_as_bt709_limited() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let request = request(card(), json!({ "aspectRatio": "9:16" }), scratch.path(), &scratch.file("out.mp4"));
    render_to(&mut context, &request).unwrap();
    let facts = stream_facts(&request.out_path);
    assert_eq!(facts.color, ["bt709", "tv", "bt709", "bt709"]);
    assert_eq!((facts.size, facts.codecs.len()), ((720, 1280), 1));
}

#[test]
fn a_cancelled_render_leaves_no_file() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let request = request(card(), json!({}), scratch.path(), &scratch.file("out.mp4"));
    let control = RenderControl { cancelled: &AtomicBool::new(true), on_progress: &|_| {} };
    let outcome = render(&mut context, &request, &control);
    assert!(matches!(outcome, Err(RenderError::Cancelled)));
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
}

#[test]
fn the_same_template_gives_the_same_bytes() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let files = ["a.mp4", "b.mp4"].map(|name| {
        let request = request(card(), json!({}), scratch.path(), &scratch.file(name));
        render_to(&mut context, &request).unwrap();
        std::fs::read(&request.out_path).unwrap()
    });
    assert!(files[0] == files[1]);
}

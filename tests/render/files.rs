//! The file: fast start, colour tags, whole or not at all.

use std::sync::atomic::AtomicBool;

use avs_engine::error::RenderError;
use avs_engine::job::{RenderControl, render};
use avs_tests::{Scratch, gpu_context, render_to, request, still_of, stream_facts};
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
    let trace = &avs_engine::trace::Trace::new(false);
    let control = RenderControl { cancelled: &AtomicBool::new(true), on_progress: &|_| {}, trace };
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

#[test]
fn a_drawing_is_sharp_at_any_size_and_reads_nothing_but_itself() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let other = scratch.lossless_video("other.mp4", "color=c=green:s=64x64:d=0.1");
    let svg = format!(
        "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"16\" height=\"9\"><rect width=\"8\" \
         height=\"9\" fill=\"#ff0000\"/><image href=\"{}\" x=\"8\" width=\"8\" height=\"9\"/></svg>",
        other.display()
    );
    std::fs::write(scratch.file("drawing.svg"), svg).unwrap();
    let template = json!({ "version": "1", "background": "#0000ff", "blocks": [
        { "type": "image", "duration": 1, "source": { "uploadName": "drawing.svg" } } ] });
    let drawn = still_of(&mut context, template, json!({ "quality": "draft" }), scratch.path(), 0.0);
    let luma = |x: u32| drawn.luma[(100 * drawn.width_px + x) as usize];
    // BT.709 limited: red is 63, blue 32; the edge lies in the middle, one pixel wide though the file has 16.
    let middle = drawn.width_px / 2;
    assert_eq!([luma(10), luma(middle - 2), luma(middle + 2)], [63, 63, 32]);
}

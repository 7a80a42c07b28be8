//! Time: every frame is there once, the right picture is shown, sound and pictures have the same length.

use avs_tests::{Scratch, decoded_frames, gpu_context, render_to, request, stream_facts};
use serde_json::json;

/// One AAC frame at 48 kHz.
const AAC_FRAME_SECS: f64 = 1024.0 / 48_000.0;

#[test]
fn a_video_has_exactly_its_duration_in_frames_at_every_rate() {
    let Some(mut context) = gpu_context() else { return };
    for (source_fps, fps, secs, frames) in
        [(25, 30, 1.0, 30), (60, 30, 1.0, 30), (24, 25, 0.5, 13), (30, 24, 1.04, 25), (50, 60, 0.01, 1)]
    {
        let scratch = Scratch::default();
        scratch.clip("a.mp4", "320x180", source_fps, 2.0);
        let template = json!({ "version": "1", "blocks": [
            { "type": "video", "duration": secs, "source": { "uploadName": "a.mp4" } } ] });
        let output = json!({ "quality": "draft", "fps": fps });
        let request = request(template, output, scratch.path(), &scratch.file("out.mp4"));
        render_to(&mut context, &request).unwrap();
        let facts = stream_facts(&request.out_path);
        assert_eq!((facts.frame_count, facts.frame_rate), (frames, format!("{fps}/1")));
    }
}

#[test]
fn sound_is_as_long_as_the_pictures() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    scratch.clip("a.mp4", "320x180", 30, 2.0);
    let template = json!({ "version": "1", "blocks": [
        { "type": "video", "duration": 1.7, "source": { "uploadName": "a.mp4" } } ] });
    let request = request(template, json!({ "quality": "draft" }), scratch.path(), &scratch.file("out.mp4"));
    render_to(&mut context, &request).unwrap();
    let facts = stream_facts(&request.out_path);
    assert_eq!(facts.codecs, ["h264", "aac"]);
    let [video, audio] = facts.durations_secs[..] else { panic!("{facts:?}") };
    assert!((video - 1.7).abs() < 1e-6 && (audio - video).abs() < AAC_FRAME_SECS, "{facts:?}");
}

/// A clip whose frame n is a flat grey of luma 16 + 4 n.
fn counting_clip(scratch: &Scratch, name: &str, fps: u32) {
    let source = format!("color=s=320x180:r={fps}:d=1.6,format=yuv420p,geq=lum='16+4*N':cb=128:cr=128");
    let path = scratch.file(name);
    avs_tests::ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        &source,
        "-c:v",
        "libx264",
        "-qp",
        "0",
        "-g",
        "12",
        "-bf",
        "2",
        "-colorspace",
        "bt709",
        "-color_range",
        "tv",
        "-color_primaries",
        "bt709",
        "-color_trc",
        "bt709",
        path.to_str().unwrap(),
    ]);
}

/// Number of the source frame that each output frame shows.
fn shown_frames(scratch: &Scratch, block: serde_json::Value, fps: u32) -> Vec<u8> {
    let mut context = gpu_context().unwrap();
    let template = json!({ "version": "1", "blocks": [block] });
    let output = json!({ "quality": "draft", "fps": fps });
    let mut request = request(template, output, scratch.path(), &scratch.file("out.mp4"));
    request.crf = Some(0);
    render_to(&mut context, &request).unwrap();
    let frames = decoded_frames(&request.out_path);
    frames.iter().map(|frame| (frame.luma[frame.luma.len() / 2] + 2 - 16) / 4).collect()
}

#[test]
fn half_the_rate_shows_every_second_picture_and_double_shows_each_twice() {
    if gpu_context().is_none() {
        return;
    }
    let scratch = Scratch::default();
    counting_clip(&scratch, "a.mp4", 30);
    let block = json!({ "type": "video", "duration": 0.4, "source": { "uploadName": "a.mp4" } });
    assert_eq!(shown_frames(&scratch, block.clone(), 15), [0, 2, 4, 6, 8, 10]);
    assert_eq!(shown_frames(&scratch, block, 60)[..8], [0, 0, 1, 1, 2, 2, 3, 3]);
}

#[test]
fn a_trim_starts_at_exactly_its_picture() {
    if gpu_context().is_none() {
        return;
    }
    let scratch = Scratch::default();
    counting_clip(&scratch, "a.mp4", 30);
    let block = json!({ "type": "video", "duration": 0.1, "trim": { "start": 0.9 }, "source": { "uploadName": "a.mp4" } });
    assert_eq!(shown_frames(&scratch, block, 30), [27, 28, 29]);
}

#[test]
fn a_block_longer_than_its_source_holds_the_last_picture_and_warns() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    counting_clip(&scratch, "a.mp4", 30);
    let block = json!({ "type": "video", "duration": 2, "source": { "uploadName": "a.mp4" } });
    assert_eq!(
        shown_frames(&scratch, block.clone(), 30)[46..],
        [46, 47, 47, 47, 47, 47, 47, 47, 47, 47, 47, 47, 47, 47]
    );
    let template = json!({ "version": "1", "blocks": [block] });
    let request = request(template, json!({ "quality": "draft" }), scratch.path(), &scratch.file("b.mp4"));
    let rendered = render_to(&mut context, &request).unwrap();
    assert_eq!(rendered.report.warnings[0].code, "source_shorter_than_block");
}

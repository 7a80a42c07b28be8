//! Time: every frame is there once, the right picture is shown, sound and pictures have the same length.

use avs_tests::{Scratch, decoded_frames, decoded_sound, gpu_context, render_to, request, stream_facts};
use serde_json::json;

use crate::counting::{CLIP, shown, write_counting_clip};

/// One AAC frame at 48 kHz.
const AAC_FRAME_SECS: f64 = 1024.0 / 48_000.0;

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

#[test]
fn half_the_rate_shows_every_second_picture_and_double_shows_each_twice() {
    if gpu_context().is_none() {
        return;
    }
    let scratch = Scratch::default();
    write_counting_clip(&scratch, (30, 1), 48);
    let block = json!({ "type": "video", "duration": 0.4, "source": { "uploadName": CLIP } });
    assert_eq!(shown(&scratch, &block, 15), [0, 2, 4, 6, 8, 10]);
    assert_eq!(shown(&scratch, &block, 60)[..8], [0, 0, 1, 1, 2, 2, 3, 3]);
}

#[test]
fn a_trim_starts_at_exactly_its_picture() {
    if gpu_context().is_none() {
        return;
    }
    let scratch = Scratch::default();
    write_counting_clip(&scratch, (30, 1), 48);
    let block = json!({ "type": "video", "duration": 0.1, "trim": { "start": 0.9 }, "source": { "uploadName": CLIP } });
    assert_eq!(shown(&scratch, &block, 30), [27, 28, 29]);
}

#[test]
fn a_block_longer_than_its_source_holds_the_last_picture_and_warns() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    write_counting_clip(&scratch, (30, 1), 48);
    let block = json!({ "type": "video", "duration": 2, "source": { "uploadName": CLIP } });
    assert_eq!(shown(&scratch, &block, 30)[46..], [46, 47, 47, 47, 47, 47, 47, 47, 47, 47, 47, 47, 47, 47]);
    let template = json!({ "version": "1", "blocks": [block] });
    let request = request(template, json!({ "quality": "draft" }), scratch.path(), &scratch.file("b.mp4"));
    let rendered = render_to(&mut context, &request).unwrap();
    assert_eq!(rendered.report.warnings[0].code, "source_shorter_than_block");
}

/// Longest distance between a flash and its click that nobody notices, and that one AAC frame's pre-echo stays below.
const SYNC_SECS_MAX: f64 = 0.002;

/// Seconds at which the sound of a file is first louder than a tenth of full scale.
fn click_secs(path: &std::path::Path) -> f64 {
    let first = decoded_sound(path).iter().position(|sample| sample.abs() > 0.1).unwrap();
    first as f64 / 48_000.0
}

#[test]
fn a_click_is_heard_when_its_flash_is_seen_also_after_a_trim() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let clip = scratch.file("flash.mp4");
    // White, and loud, from 1.2 s on; 44.1 kHz, so that the sound is resampled as well.
    avs_tests::ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        "color=s=320x180:r=30:d=2,format=yuv420p,geq=lum='if(gte(T,1.2),235,16)':cb=128:cr=128",
        "-f",
        "lavfi",
        "-i",
        "aevalsrc='gte(t,1.2)*0.5*sin(2*PI*1000*t)':s=44100:d=2",
        "-c:v",
        "libx264",
        "-g",
        "15",
        "-c:a",
        "aac",
        clip.to_str().unwrap(),
    ]);
    for (trim_secs, block_secs) in [(0.0, 1.5), (0.7, 1.0)] {
        let template = json!({ "version": "1", "blocks": [
            { "type": "video", "start": 0.5, "duration": block_secs, "trim": { "start": trim_secs },
              "source": { "uploadName": "flash.mp4" } } ] });
        let request =
            request(template, json!({ "quality": "draft" }), scratch.path(), &scratch.file("out.mp4"));
        render_to(&mut context, &request).unwrap();
        let frames = decoded_frames(&request.out_path);
        let flash = frames.iter().position(|frame| frame.luma[frame.luma.len() / 2] > 128).unwrap();
        let (seen, heard) = (flash as f64 / 30.0, click_secs(&request.out_path));
        assert!((seen - (0.5 + 1.2 - trim_secs)).abs() < 1e-6, "seen at {seen}");
        assert!((heard - seen).abs() < SYNC_SECS_MAX, "seen at {seen}, heard at {heard}");
    }
}

#[test]
fn blocks_that_touch_within_half_a_frame_leave_no_gap() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    for (name, grey) in [("a.png", "0x404040"), ("b.png", "0xc0c0c0")] {
        let source = format!("color=c={grey}:s=64x36");
        avs_tests::ffmpeg(&[
            "-f",
            "lavfi",
            "-i",
            &source,
            "-frames:v",
            "1",
            scratch.file(name).to_str().unwrap(),
        ]);
    }
    // 1.666 and 1.667 s are both nearest to frame 50 of 30 fps.
    let template = json!({ "version": "1", "background": "#ff0000", "blocks": [
        { "type": "image", "duration": 1.666, "source": { "uploadName": "a.png" } },
        { "type": "image", "start": 1.667, "duration": 0.333, "source": { "uploadName": "b.png" } } ] });
    let request = request(template, json!({ "quality": "draft" }), scratch.path(), &scratch.file("out.mp4"));
    render_to(&mut context, &request).unwrap();
    let frames = decoded_frames(&request.out_path);
    let neutral = |frame: &avs_tests::Frame| frame.chroma.iter().all(|code| code.abs_diff(128) < 4);
    assert!(frames.iter().all(neutral), "the red background shows");
    let dark = frames.iter().filter(|frame| frame.luma[0] < 128).count();
    assert_eq!((dark, frames.len()), (50, 60));
}

#[test]
fn a_frame_like_the_one_before_is_not_drawn_again() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    write_counting_clip(&scratch, (30, 1), 48);
    let mut drawn = |blocks: serde_json::Value, fps: u32| {
        let template = json!({ "version": "1", "blocks": blocks });
        let output = json!({ "quality": "draft", "fps": fps });
        let request = request(template, output, scratch.path(), &scratch.file("drawn.mp4"));
        let rendered = render_to(&mut context, &request).unwrap();
        (rendered.report.frame_count, rendered.timings.frames_drawn)
    };
    // A text, a gap, and a text.
    let text = json!({ "type": "text", "duration": 0.5, "text": "Standing" });
    assert_eq!(
        drawn(json!([text, { "type": "text", "start": 1, "duration": 0.5, "text": "Again" }]), 30),
        (45, 3)
    );
    let video = json!([{ "type": "video", "duration": 0.4, "source": { "uploadName": CLIP } }]);
    assert_eq!(drawn(video, 60), (24, 12));
    let moving = json!({ "type": "text", "duration": 0.5, "text": "Moving",
        "x": [{ "time": 0, "value": 0 }, { "time": "100%", "value": 900 }] });
    assert_eq!(drawn(json!([moving]), 30), (15, 15));
}

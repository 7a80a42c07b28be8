//! Colours: bit-exact where nothing is drawn, the standards' values where something is.

use avs_engine::color::CodedPicture;
use avs_tests::{Scratch, decoded_frame, gpu_context, still_of};
use serde_json::json;

/// 75% colour bars, white to blue, as R'G'B' code values (SMPTE EG 1: 0.75 × 255 = 191).
const BARS: [[i32; 3]; 7] =
    [[191, 191, 191], [191, 191, 0], [0, 191, 191], [0, 191, 0], [191, 0, 191], [191, 0, 0], [0, 0, 191]];
const WIDTH: usize = 1280;
const HEIGHT: usize = 720;

/// Seven vertical bars over the whole frame.
fn bars_source() -> String {
    let pick = |channel: usize| {
        let terms =
            BARS.iter().enumerate().map(|(i, rgb)| format!("eq(floor(7*X/W)\\,{i})*{}", rgb[channel]));
        terms.collect::<Vec<_>>().join("+")
    };
    format!(
        "color=s={WIDTH}x{HEIGHT}:r=30:d=0.2,format=gbrp,geq=r='{}':g='{}':b='{}'",
        pick(0),
        pick(1),
        pick(2)
    )
}

fn full_frame(name: &str) -> serde_json::Value {
    json!({ "version": "1", "blocks": [
        { "type": "video", "duration": 0.2, "source": { "uploadName": name } } ] })
}

/// Code values Y', Cb, Cr at the middle of each bar.
fn bar_codes(luma: &[u8], chroma: &[u8]) -> Vec<[i32; 3]> {
    let row = HEIGHT / 2;
    (0..BARS.len())
        .map(|bar| {
            let x = (2 * bar + 1) * WIDTH / 14;
            let at = (row / 2) * WIDTH + (x & !1);
            [luma[row * WIDTH + x], chroma[at], chroma[at + 1]].map(i32::from)
        })
        .collect()
}

/// BT.709 limited code values of the bars, from the standard's equations (BT.709-6, 3.2 and 4.6).
fn standard_codes() -> Vec<[i32; 3]> {
    BARS.iter()
        .map(|rgb| {
            let [r, g, b] = rgb.map(|value| f64::from(value) / 255.0);
            let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
            let codes =
                [16.0 + 219.0 * y, 128.0 + 224.0 * (b - y) / 1.8556, 128.0 + 224.0 * (r - y) / 1.5748];
            #[expect(clippy::cast_possible_truncation, reason = "code values are below 256")]
            codes.map(|code| code.round() as i32)
        })
        .collect()
}

#[track_caller]
fn assert_codes_near(found: &[[i32; 3]], wanted: &[[i32; 3]], tolerance: i32) {
    for (found, wanted) in found.iter().zip(wanted) {
        let near = found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() <= tolerance);
        assert!(near, "{found:?} is not within {tolerance} of {wanted:?}");
    }
}

#[test]
fn a_video_that_covers_the_frame_unscaled_keeps_every_byte() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let source = scratch.lossless_video("a.mp4", "testsrc2=s=1280x720:r=30:d=0.2");
    let drawn = still_of(&mut context, full_frame("a.mp4"), json!({}), scratch.path(), 0.1);
    let wanted = decoded_frame(&source, 3);
    assert!(drawn.luma == wanted.luma && drawn.chroma == wanted.chroma);
}

#[test]
fn pixels_beside_a_text_keep_every_byte_of_the_video_below() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let source = scratch.lossless_video("a.mp4", "testsrc2=s=1280x720:r=30:d=0.2");
    let mut template = full_frame("a.mp4");
    template["blocks"].as_array_mut().unwrap().push(json!({ "type": "text", "text": "Now shipping" }));
    let drawn = still_of(&mut context, template, json!({}), scratch.path(), 0.0);
    let wanted = decoded_frame(&source, 0);
    let beside = WIDTH * HEIGHT / 4;
    assert!(
        drawn.luma[..beside] == wanted.luma[..beside]
            && drawn.chroma[..beside / 2] == wanted.chroma[..beside / 2]
    );
    assert!(drawn.luma != wanted.luma, "the text is drawn");
}

#[test]
fn seventy_five_percent_bars_come_out_as_they_went_in() {
    let Some(mut context) = gpu_context() else { return };
    for (matrix, range) in [("bt709", "tv"), ("bt709", "pc"), ("smpte170m", "tv"), ("smpte170m", "pc")] {
        let scratch = Scratch::default();
        scratch.video("bars.mp4", &bars_source(), matrix, range);
        let drawn = still_of(&mut context, full_frame("bars.mp4"), json!({}), scratch.path(), 0.0);
        assert_codes_near(&bar_codes(&drawn.luma, &drawn.chroma), &standard_codes(), 2);
    }
}

#[test]
fn a_video_coded_in_rgb_has_the_standard_code_values() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let source = bars_source();
    let path = scratch.file("rgb.mkv");
    avs_tests::ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        &source,
        "-c:v",
        "libx264rgb",
        "-qp",
        "0",
        path.to_str().unwrap(),
    ]);
    avs_tests::ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        &source,
        "-c:v",
        "ffv1",
        "-pix_fmt",
        "gbrp",
        scratch.file("gbr.mkv").to_str().unwrap(),
    ]);
    for name in ["rgb.mkv", "gbr.mkv"] {
        let drawn = still_of(&mut context, full_frame(name), json!({}), scratch.path(), 0.0);
        assert_codes_near(&bar_codes(&drawn.luma, &drawn.chroma), &standard_codes(), 2);
    }
}

#[test]
fn an_image_of_the_bars_has_the_standard_code_values() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let source = bars_source();
    let png = scratch.file("bars.png");
    avs_tests::ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        &source,
        "-frames:v",
        "1",
        "-pix_fmt",
        "rgb24",
        png.to_str().unwrap(),
    ]);
    let template = json!({ "version": "1", "blocks": [
        { "type": "image", "duration": 1, "source": { "uploadName": "bars.png" } } ] });
    let drawn = still_of(&mut context, template, json!({}), scratch.path(), 0.0);
    assert_codes_near(&bar_codes(&drawn.luma, &drawn.chroma), &standard_codes(), 1);
}

#[test]
fn a_translucent_image_blends_as_the_cpu_twin_says() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let red = scratch.file("red.png");
    avs_tests::ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        "color=c=0xff0000@0.5:s=64x64,format=rgba",
        "-frames:v",
        "1",
        red.to_str().unwrap(),
    ]);
    let template = json!({ "version": "1", "background": "#2040c0", "blocks": [
        { "type": "image", "duration": 1, "opacity": 0.5, "source": { "uploadName": "red.png" } } ] });
    let drawn = still_of(&mut context, template, json!({}), scratch.path(), 0.0);
    let below = avs_engine::color::planes_from_rgb(avs_engine::color::ColorCoding::OUTPUT)
        .apply([32.0, 64.0, 192.0].map(|code| code / 255.0));
    let alpha = 128.0 / 255.0;
    let twin = avs_engine::color::reference::blended_planes(below, [alpha, 0.0, 0.0, alpha], 0.5);
    #[expect(clippy::cast_possible_truncation, reason = "code values are below 256")]
    let wanted = twin.map(|plane| (plane * 255.0).round() as i32);
    assert_codes_near(&[middle(&drawn)], &[wanted], 1);
}

#[test]
fn mid_grey_text_is_mid_grey() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    // A full block fills its cell, so that the middle of the frame is all ink.
    let template = json!({ "version": "1", "blocks": [
        { "type": "text", "duration": 1, "text": "███", "color": "#808080",
          "font": { "family": "DejaVu Sans Mono", "size": 300 } } ] });
    let drawn = still_of(&mut context, template, json!({}), scratch.path(), 0.0);
    // 16 + 219 × 128 / 255 = 125.9 (BT.709-6, 4.6).
    assert_codes_near(&[middle(&drawn)], &[[126, 128, 128]], 1);
}

fn middle(picture: &CodedPicture) -> [i32; 3] {
    let (width, height) = (picture.width_px as usize, picture.height_px as usize);
    let (x, y) = (width / 2, height / 2);
    let at = (y / 2) * width + (x & !1);
    [picture.luma[y * width + x], picture.chroma[at], picture.chroma[at + 1]].map(i32::from)
}

//! Pictures that stay are written as skip pictures: every decoder shows the same picture, in as many frames, and can seek.

use std::path::Path;
use std::process::Command;

use avs_tests::{Scratch, decoded_frames, ffmpeg, gpu_context, render_to, request};
use openh264::decoder::{DecodedYUV, Decoder};
use openh264::formats::YUVSource;
use serde_json::{Value, json};

use crate::counting::{CLIP, write_counting_clip};

/// Two seconds of a text, a clip that moves, two seconds of another text: still, moving, still.
fn still_moving_still() -> Value {
    json!({ "version": "1", "background": "#204060", "blocks": [
        { "type": "text", "duration": 2, "text": "Before" },
        { "type": "video", "start": 2, "duration": 0.5, "muted": true, "source": { "uploadName": CLIP } },
        { "type": "text", "start": 2.5, "duration": 12, "text": "After" } ] })
}

fn ffmpeg_says(file: &Path, args: &[&str]) -> String {
    let output = Command::new("ffmpeg").args(["-nostdin", "-i"]).arg(file).args(args).output().unwrap();
    assert!(output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_stays_is_the_same_picture_in_every_frame_and_decodes_without_a_word() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    write_counting_clip(&scratch, (30, 1), 48);
    for preset in ["ultrafast", "veryfast"] {
        let output = json!({ "quality": "draft", "fps": 30 });
        let mut request = request(still_moving_still(), output, scratch.path(), &scratch.file("skip.mp4"));
        request.preset = Some(preset.to_owned());
        render_to(&mut context, &request).unwrap();
        let skipped = decoded_frames(&request.out_path);
        assert_eq!(skipped.len(), 435, "{preset}");
        assert!(skipped[1..60].iter().all(|frame| *frame == skipped[0]), "{preset}");
        assert!(skipped[60] != skipped[0] && skipped[60] != skipped[61], "{preset}");
        assert!(skipped[76..435].iter().all(|frame| *frame == skipped[75]), "{preset}");
        let said = Command::new("ffmpeg")
            .args(["-v", "warning", "-nostdin", "-i"])
            .arg(&request.out_path)
            .args(["-f", "null", "-"])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&said.stderr), "", "{preset}");
        let size = |file: &Path| std::fs::metadata(file).unwrap().len();
        let small = size(&request.out_path);
        request.encode_repeats = true;
        render_to(&mut context, &request).unwrap();
        assert_eq!(decoded_frames(&request.out_path).len(), 435, "{preset}");
        assert!(small < size(&request.out_path) * 2, "{preset}: {small} and {}", size(&request.out_path));
    }
}

#[test]
fn the_headers_of_a_skip_picture_are_what_they_say() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    let template =
        json!({ "version": "1", "blocks": [{ "type": "text", "duration": 12, "text": "Standing" }] });
    let output = json!({ "quality": "draft", "fps": 30 });
    let request = request(template, output, scratch.path(), &scratch.file("headers.mp4"));
    render_to(&mut context, &request).unwrap();
    let trace = ffmpeg_says(&request.out_path, &["-c", "copy", "-bsf:v", "trace_headers", "-f", "null", "-"]);
    let count = |name: &str, value: &str| {
        let is_field = |line: &&str| {
            line.contains(&format!(" {name} ")) && line.trim_end().ends_with(&format!("= {value}"))
        };
        trace.lines().filter(is_field).count()
    };
    // 360 frames: a keyframe at 0 and one at 250; the others are P slices of our parameter set, references.
    assert_eq!(count("nal_unit_type", "5"), 2);
    assert_eq!(count("nal_unit_type", "1"), 358);
    assert_eq!(count("slice_type", "5"), 358);
    // And in the set itself.
    assert_eq!(count("pic_parameter_set_id", "1"), 359);
    assert_eq!(count("adaptive_ref_pic_marking_mode_flag", "0"), 358);
    assert!(!trace.contains("Invalid") && !trace.contains("error"), "{trace}");
    // Seeking lands on the second keyframe and shows the same picture.
    let late = scratch.file("late.mp4");
    let file = request.out_path.to_str().unwrap();
    avs_tests::ffmpeg(&["-ss", "9", "-i", file, "-c:v", "libx264", "-qp", "0", late.to_str().unwrap()]);
    let (late, whole) = (decoded_frames(&late), decoded_frames(&request.out_path));
    assert!(!late.is_empty() && late.iter().all(|frame| *frame == whole[0]));
}

/// The planes of a picture of OpenH264's as NV12 without padding.
fn nv12_of(picture: &DecodedYUV<'_>) -> (Vec<u8>, Vec<u8>) {
    let (width, height) = picture.dimensions();
    let (y_stride, u_stride, v_stride) = picture.strides();
    let luma = picture.y().chunks(y_stride).take(height).flat_map(|row| row[..width].to_vec()).collect();
    let (cb, cr) = (picture.u().chunks(u_stride), picture.v().chunks(v_stride));
    let pairs = cb.zip(cr).take(height / 2).flat_map(|(cb, cr)| {
        cb[..width / 2].iter().zip(cr).flat_map(|(cb, cr)| [*cb, *cr]).collect::<Vec<_>>()
    });
    (luma, pairs.collect())
}

#[test]
fn a_decoder_that_shares_nothing_with_ffmpeg_shows_the_same_pictures() {
    let Some(mut context) = gpu_context() else { return };
    let scratch = Scratch::default();
    write_counting_clip(&scratch, (30, 1), 48);
    let output = json!({ "quality": "draft", "fps": 30 });
    let mut request = request(still_moving_still(), output, scratch.path(), &scratch.file("skip.mp4"));
    // Baseline and main: without B-frames, pictures leave the decoder in the order in which they came.
    request.preset = Some("ultrafast".to_owned());
    render_to(&mut context, &request).unwrap();
    let stream = scratch.file("skip.h264");
    let (file, bare) = (request.out_path.to_str().unwrap(), stream.to_str().unwrap());
    ffmpeg(&["-i", file, "-c", "copy", "-bsf:v", "h264_mp4toannexb", bare]);
    let wanted = decoded_frames(&request.out_path);
    let bytes = std::fs::read(&stream).unwrap();
    let mut decoder = Decoder::new().unwrap();
    let mut shown = 0;
    for unit in openh264::nal_units(&bytes) {
        if let Some(picture) = decoder.decode(unit).unwrap() {
            let (luma, chroma) = nv12_of(&picture);
            assert!(luma == wanted[shown].luma && chroma == wanted[shown].chroma, "frame {shown}");
            shown += 1;
        }
    }
    for picture in decoder.flush_remaining().unwrap() {
        assert!(nv12_of(&picture).0 == wanted[shown].luma, "frame {shown}");
        shown += 1;
    }
    assert_eq!(shown, wanted.len());
}

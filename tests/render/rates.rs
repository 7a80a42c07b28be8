//! Frame rates: from any source rate into any output rate, each frame shows the picture of its time, and none is lost.

use avs_tests::{Scratch, decoded_frames, ffmpeg, gpu_context, render_to, request, stream_facts};
use serde_json::{Value, json};

/// Frames per second of the sources, as fractions.
const SOURCES: [(u32, u32); 6] = [(24, 1), (25, 1), (30_000, 1001), (30, 1), (50, 1), (60, 1)];

const OUTPUTS: [u32; 4] = [24, 25, 30, 60];

/// Containers round timestamps; the engine shows a picture from this much before its own.
const TOLERANCE_SECS: f64 = 0.001;

/// A clip whose frame n is a flat grey of luma `16 + 4 n`.
fn write_counting_clip(scratch: &Scratch, (num, den): (u32, u32), frames: u32) {
    let source = format!("color=s=64x36:r={num}/{den},format=yuv420p,geq=lum='16+4*N':cb=128:cr=128");
    let frames = frames.to_string();
    let path = scratch.file("count.mp4");
    ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        &source,
        "-frames:v",
        &frames,
        "-c:v",
        "libx264",
        "-qp",
        "0",
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

/// The numbers of the source frames that a block shows, one for each frame of the output.
fn shown(scratch: &Scratch, block: &Value, fps: u32) -> Vec<u32> {
    let mut context = gpu_context().unwrap();
    let template = json!({ "version": "1", "blocks": [block] });
    let output = json!({ "quality": "draft", "fps": fps });
    let mut request = request(template, output, scratch.path(), &scratch.file("out.mp4"));
    request.crf = Some(0);
    render_to(&mut context, &request).unwrap();
    let frames = decoded_frames(&request.out_path);
    let facts = stream_facts(&request.out_path);
    let secs = frames.len() as f64 / f64::from(fps);
    assert!(
        (facts.durations_secs[0] - secs).abs() < 1e-3 && facts.frame_rate == format!("{fps}/1"),
        "{facts:?}"
    );
    frames.iter().map(|frame| (u32::from(frame.luma[frame.luma.len() / 2]) + 2 - 16) / 4).collect()
}

#[test]
fn every_source_rate_gives_the_right_picture_in_every_output_rate() {
    if gpu_context().is_none() {
        return;
    }
    for source in SOURCES {
        let scratch = Scratch::default();
        write_counting_clip(&scratch, source, 40);
        let source_fps = f64::from(source.0) / f64::from(source.1);
        for fps in OUTPUTS {
            // No multiple of any frame: 12.4 of 24 fps, 31.02 of 60 fps.
            let block =
                json!({ "type": "video", "duration": 0.517, "source": { "uploadName": "count.mp4" } });
            let frames = (0.517 * f64::from(fps)).round();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 40")]
            let wanted: Vec<u32> = (0..frames as u32)
                .map(|frame| ((f64::from(frame) / f64::from(fps) + TOLERANCE_SECS) * source_fps) as u32)
                .collect();
            assert_eq!(shown(&scratch, &block, fps), wanted, "{source:?} into {fps}");
        }
    }
}

#[test]
fn a_block_without_a_duration_shows_every_picture_of_its_file() {
    if gpu_context().is_none() {
        return;
    }
    for (source, fps) in [((24, 1), 24), ((25, 1), 50), ((60, 1), 60)] {
        let scratch = Scratch::default();
        write_counting_clip(&scratch, source, 33);
        let block = json!({ "type": "video", "source": { "uploadName": "count.mp4" } });
        let times = fps * source.1 / source.0;
        let wanted: Vec<u32> = (0..33 * times).map(|frame| frame / times).collect();
        assert_eq!(shown(&scratch, &block, fps), wanted, "{source:?}");
    }
}

#[test]
fn a_video_of_one_frame_lasts_as_long_as_it_and_can_be_held() {
    if gpu_context().is_none() {
        return;
    }
    let scratch = Scratch::default();
    write_counting_clip(&scratch, (25, 1), 1);
    let block = json!({ "type": "video", "source": { "uploadName": "count.mp4" } });
    assert_eq!(shown(&scratch, &block, 25), [0]);
    let held = json!({ "type": "video", "duration": 0.2, "source": { "uploadName": "count.mp4" } });
    assert_eq!(shown(&scratch, &held, 25), [0; 5]);
}

//! A clip that counts its own frames in shades of grey, and the numbers that a rendered block shows of it.

use avs_tests::{Scratch, decoded_frames, ffmpeg, gpu_context, render_to, request, stream_facts};
use serde_json::{Value, json};

/// The clip's file.
pub(crate) const CLIP: &str = "count.mp4";

/// A clip whose frame n is a flat grey of luma `16 + 4 n`.
pub(crate) fn write_counting_clip(scratch: &Scratch, (num, den): (u32, u32), frames: u32) {
    let source = format!("color=s=64x36:r={num}/{den},format=yuv420p,geq=lum='16+4*N':cb=128:cr=128");
    let frames = frames.to_string();
    let path = scratch.file(CLIP);
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
pub(crate) fn shown(scratch: &Scratch, block: &Value, fps: u32) -> Vec<u32> {
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

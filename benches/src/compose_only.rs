//! Compositing alone, nothing decoded and nothing encoded: frames a second by size of the frame and number of layers.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use avs_engine::gpu::Gpu;
use avs_engine::job::{AssetPaths, RenderContext, RenderControl, RenderRequest, compose_only};
use avs_engine::trace::Trace;
use serde_json::{Value, json};

use crate::material::Material;
use crate::measure::machine;

/// Short sides of the frames.
const RESOLUTIONS: [(&str, u32); 3] = [("720p", 720), ("1080p", 1080), ("2160p", 2160)];
/// Layers besides the background.
const LAYERS: [usize; 4] = [1, 4, 16, 64];
/// Seconds of video, all of whose frames differ.
const SECS: u32 = 3;

/// Measures and prints every combination, and keeps the figures.
pub(crate) fn run(material: &Material, scratch: &Path) -> anyhow::Result<()> {
    avs_engine::media::init()?;
    let wanted = std::env::var("AVS_ADAPTER").ok();
    let mut context = RenderContext::new(Gpu::find(wanted.as_deref())?);
    println!("\ncompose: {} frames, {}", SECS * crate::cases::FPS, context.gpu.adapter.name);
    println!("{:<8} {:>7} {:>9} {:>9} {:>9}", "", "layers", "ms/frame", "fps", "GB/s");
    let mut figures = Vec::new();
    for (resolution, short_side_px) in RESOLUTIONS {
        for layers in LAYERS {
            let request = request(material, scratch, (resolution, layers));
            let cancelled = AtomicBool::new(false);
            let trace = Trace::new(false);
            let control = RenderControl { cancelled: &cancelled, on_progress: &|_| {}, trace: &trace };
            // Once to compile the pipelines and load the pictures.
            compose_only(&mut context, &request, &control)?;
            let composed = compose_only(&mut context, &request, &control)?;
            let secs = composed.elapsed.as_secs_f64();
            let frames_per_sec = composed.frame_count as f64 / secs;
            let bytes = bytes_per_frame(short_side_px, layers);
            let gigabytes_per_sec = bytes * frames_per_sec / 1e9;
            println!(
                "{resolution:<8} {layers:>7} {:>9.2} {frames_per_sec:>9.1} {gigabytes_per_sec:>9.2}",
                1000.0 / frames_per_sec
            );
            figures.push(json!({ "resolution": resolution, "layers": layers,
                "framesPerSec": (frames_per_sec * 10.0).round() / 10.0,
                "gigabytesPerSec": (gigabytes_per_sec * 100.0).round() / 100.0 }));
        }
    }
    let adapter = context.gpu.adapter.name;
    let document = json!({ "machine": machine(), "adapter": adapter, "figures": figures });
    std::fs::create_dir_all("benches/results")?;
    std::fs::write("benches/results/compose.json", serde_json::to_string_pretty(&document)? + "\n")
        .context("benches/results/compose.json cannot be written")
}

/// What a frame has to read and write once: the output's planes, and of each layer the texels that it shows.
fn bytes_per_frame(short_side_px: u32, layers: usize) -> f64 {
    let area = f64::from(short_side_px) * f64::from(short_side_px) * 16.0 / 9.0;
    // NV12 is written once; the background is read as NV12; a layer covers a sixteenth, is read as NV12, and the frame
    // below it is read and written.
    area * 1.5 * (2.0 + layers as f64 * 3.0 / 16.0)
}

/// A photo that glides, and smaller ones that drift over it.
fn request(material: &Material, scratch: &Path, (resolution, layers): (&str, usize)) -> RenderRequest {
    let photo = |index: usize| format!("photo{}.jpg", index % 5);
    let mut blocks = vec![json!({ "type": "image", "duration": SECS, "source": { "uploadName": photo(0) },
        "kenBurns": { "from": { "x": 0.5, "y": 0.5, "scale": 1 }, "to": { "x": 0.5, "y": 0.5, "scale": 1.2 } } })];
    blocks.extend((0..layers).map(|index| {
        let percent = |value: usize| format!("{}%", value % 75);
        let keyframes = json!([{ "time": 0, "value": percent(index * 13) },
            { "time": "100%", "value": percent(index * 13 + 20) }]);
        json!({ "type": "image", "duration": SECS, "anchor": "top-left", "x": keyframes, "y": percent(index * 29),
            "width": "25%", "height": "25%", "fit": "fill", "source": { "uploadName": photo(index + 1) } })
    }));
    let assets: AssetPaths =
        (0..5).map(|index| (photo(index), material.file(&photo(index)).into())).collect();
    let output: Value = json!({ "aspectRatio": "16:9", "resolution": resolution, "fps": crate::cases::FPS });
    RenderRequest {
        template: json!({ "version": "1", "blocks": blocks }),
        output,
        assets,
        out_path: scratch.join("unused.mp4"),
        preset: None,
        crf: None,
        encoder: avs_engine::encode::EncoderChoice::X264,
        encode_repeats: false,
    }
}

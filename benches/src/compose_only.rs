//! Compositing alone, nothing decoded and nothing encoded: frames a second by size of the frame and number of layers, and
//! what each kind of pass costs on the CPU and on the device, for the table that placement rests on.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use avs_engine::compositor::Costs;
use avs_engine::gpu::Gpu;
use avs_engine::job::{AssetPaths, ComposedOnly, RenderContext, RenderControl, RenderRequest, compose_only};
use avs_engine::trace::{Step, Trace};
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
            let blocks = drifting_photos(layers);
            let request =
                request(material, scratch, (resolution, json!({ "version": "1", "blocks": blocks })));
            let (composed, _) = composed(&mut context, &request)?;
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
    let passes = passes(&mut context, material, scratch)?;
    let adapter = context.gpu.adapter.name;
    let document = json!({ "machine": machine(), "adapter": adapter, "figures": figures, "passes": passes });
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

/// Composes twice: once to compile the pipelines and load the pictures. Returns what the second time took, and the part
/// of it that the composing thread worked.
fn composed(
    context: &mut RenderContext,
    request: &RenderRequest,
) -> anyhow::Result<(ComposedOnly, std::time::Duration)> {
    let cancelled = AtomicBool::new(false);
    let run = |context: &mut RenderContext| {
        let trace = Trace::new(false);
        let control = RenderControl { cancelled: &cancelled, on_progress: &|_| {}, trace: &trace };
        compose_only(context, request, &control).map(|composed| (composed, trace.total(Step::Compose)))
    };
    run(context)?;
    Ok(run(context)?)
}

/// Prints what a megapixel of each pass costs in microseconds, on the CPU and on the device.
fn passes(context: &mut RenderContext, material: &Material, scratch: &Path) -> anyhow::Result<Vec<Value>> {
    let fades = json!([{ "time": 0, "value": 0.2 }, { "time": "100%", "value": 0.8 }]);
    let image = |name: &str, more: &Value| {
        let mut block = json!({ "type": "image", "duration": SECS, "fit": "fill", "width": "100%", "height": "100%",
            "source": { "uploadName": name } });
        block
            .as_object_mut()
            .into_iter()
            .for_each(|fields| fields.extend(more.as_object().cloned().unwrap_or_default()));
        block
    };
    let nothing = json!({ "type": "text", "duration": SECS, "text": "-", "opacity": 0 });
    let journey = json!({ "kenBurns": { "from": { "x": 0.5, "y": 0.5, "scale": 1 },
        "to": { "x": 0.5, "y": 0.5, "scale": 1.2 } } });
    let cases = [
        ("clear", nothing),
        ("video", image("photo0.jpg", &json!({ "opacity": fades }))),
        ("still", image("logo.png", &json!({ "opacity": fades }))),
        ("scaled", image("photo0.jpg", &journey)),
    ];
    println!(
        "\n{:<8} {:>14} {:>14}   microseconds a megapixel, the clear below included",
        "", "CPU", "device"
    );
    let mut figures = Vec::new();
    for (name, block) in cases {
        let background = json!([{ "time": 0, "value": "#000000" }, { "time": "100%", "value": "#ffffff" }]);
        let template = json!({ "version": "1", "background": background, "blocks": [block] });
        let request = request(material, scratch, ("1080p", template));
        let per_megapixel = |secs: f64| secs * 1e6 / f64::from(SECS * crate::cases::FPS) / (1.920 * 1.080);
        context.costs = &Costs::SOFTWARE;
        let cpu = per_megapixel(composed(context, &request)?.1.as_secs_f64());
        context.costs = &Costs::GPU;
        let device = per_megapixel(composed(context, &request)?.0.elapsed.as_secs_f64());
        println!("{name:<8} {cpu:>14.0} {device:>14.0}");
        figures.push(json!({ "pass": name, "cpuMicros": cpu.round(), "deviceMicros": device.round() }));
    }
    context.costs = Costs::of_adapter(context.gpu.adapter.software);
    Ok(figures)
}

/// A photo that glides, and smaller ones that drift over it.
fn drifting_photos(layers: usize) -> Vec<Value> {
    let mut blocks = vec![json!({ "type": "image", "duration": SECS, "source": { "uploadName": photo(0) },
        "kenBurns": { "from": { "x": 0.5, "y": 0.5, "scale": 1 }, "to": { "x": 0.5, "y": 0.5, "scale": 1.2 } } })];
    blocks.extend((0..layers).map(|index| {
        let percent = |value: usize| format!("{}%", value % 75);
        let keyframes = json!([{ "time": 0, "value": percent(index * 13) },
            { "time": "100%", "value": percent(index * 13 + 20) }]);
        json!({ "type": "image", "duration": SECS, "anchor": "top-left", "x": keyframes, "y": percent(index * 29),
            "width": "25%", "height": "25%", "fit": "fill", "source": { "uploadName": photo(index + 1) } })
    }));
    blocks
}

fn photo(index: usize) -> String {
    format!("photo{}.jpg", index % 5)
}

fn request(material: &Material, scratch: &Path, (resolution, template): (&str, Value)) -> RenderRequest {
    let names = (0..5).map(photo).chain(["logo.png".to_owned()]);
    let assets: AssetPaths = names.map(|name| (name.clone(), material.file(&name).into())).collect();
    RenderRequest {
        template,
        output: json!({ "aspectRatio": "16:9", "resolution": resolution, "fps": crate::cases::FPS }),
        assets,
        out_path: scratch.join("unused.mp4"),
        preset: None,
        crf: None,
        encoder: avs_engine::encode::EncoderChoice::X264,
        encode_repeats: false,
    }
}

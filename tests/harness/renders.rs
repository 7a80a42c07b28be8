//! Rendering inside the test's own process, on the adapter that CI has.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use avs_engine::color::CodedPicture;
use avs_engine::error::RenderError;
use avs_engine::gpu::Gpu;
use avs_engine::job::{RenderContext, RenderControl, RenderRequest, Rendered, render, sound, still};
use avs_engine::trace::Trace;
use avs_template::Ticks;
use serde_json::Value;

/// Set to make a missing adapter a failure instead of a skip.
const REQUIRE_VARIABLE: &str = "REQUIRE_GPU_TESTS";

/// An open device and fonts; `None`, with a word on stderr, where this machine has no adapter.
/// Software is preferred: what it draws is the same on every machine.
#[must_use]
pub fn gpu_context() -> Option<RenderContext> {
    avs_engine::media::init().unwrap();
    match Gpu::find(Some("llvmpipe")).or_else(|_| Gpu::find(None)) {
        Ok(gpu) => Some(RenderContext::new(gpu)),
        Err(error) => {
            assert!(std::env::var_os(REQUIRE_VARIABLE).is_none(), "{error}");
            eprintln!("SKIPPED: {error}");
            None
        }
    }
}

/// A binary of the workspace, built beside the running test.
#[track_caller]
#[must_use]
pub fn built_binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let binary = test.parent().unwrap().parent().unwrap().join(name);
    assert!(binary.exists(), "{} is missing: run ./dev test, which builds it", binary.display());
    binary
}

/// A request over the files of a folder; every file may be named by the template.
#[must_use]
pub fn request(template: Value, output: Value, assets: &Path, out_path: &Path) -> RenderRequest {
    let files = std::fs::read_dir(assets).unwrap().map(|file| file.unwrap().path());
    let assets = files.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path)).collect();
    let out_path = out_path.to_owned();
    RenderRequest {
        template,
        output,
        assets,
        out_path,
        preset: Some("ultrafast".into()),
        crf: Some(18),
        // What the tests compare is x264's, whatever the machine has.
        encoder: avs_engine::encode::EncoderChoice::X264,
        encode_repeats: false,
    }
}

/// Renders to the request's path.
///
/// # Errors
/// The render's own.
pub fn render_to(context: &mut RenderContext, request: &RenderRequest) -> Result<Rendered, RenderError> {
    let trace = &Trace::new(false);
    let control = RenderControl { cancelled: &AtomicBool::new(false), on_progress: &|_| {}, trace };
    render(context, request, &control)
}

/// Composes the frame at a time, at 480p unless `output` says otherwise.
#[track_caller]
#[must_use]
pub fn still_of(
    context: &mut RenderContext,
    template: Value,
    output: Value,
    assets: &Path,
    at_secs: f64,
) -> CodedPicture {
    let request = request(template, output, assets, Path::new("unused.mp4"));
    still(context, &request, Ticks::from_secs(at_secs), &AtomicBool::new(false))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Mixes the sound of a template: left and right, 48 kHz, before it is encoded.
#[track_caller]
#[must_use]
pub fn sound_of(context: &mut RenderContext, template: Value, assets: &Path) -> [Vec<f32>; 2] {
    let request = request(template, serde_json::json!({}), assets, Path::new("unused.mp4"));
    let mixed = sound(context, &request).unwrap_or_else(|error| panic!("{error}"));
    let (frames, _) = mixed.as_chunks::<2>();
    [0, 1].map(|channel| frames.iter().map(|frame| frame[channel]).collect())
}

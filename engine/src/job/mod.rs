//! One render from template to MP4: its stages, each a thread, and the bounded queues between them.
//!
//! ```text
//! decode, one thread a visible video ──pictures(4)──▶ compose ──frames in flight(3)──▶ encode + mux
//!                                                 (this thread)                            ▲
//!                             sound: decode + mix ──blocks(8)──▶ AAC ──packets(2048)───────┘
//! ```
//! A stage that fails drops its ends of the queues; its neighbours see that and stop; the first error is reported.

mod asset_errors;
#[cfg(target_os = "linux")]
mod card_path;
mod compose;
mod encode_stage;
mod frame_slot;
mod image_loader;
mod placement;
mod prepare;
mod progress;
mod sound_stage;
mod sources;
mod text_source;
mod textures;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use avs_protocol::{RenderReport, RenderStep, RenderWarning};
use avs_template::Ticks;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};

#[cfg(target_os = "linux")]
pub use card_path::{CardEncoder, CardRefusal, CardSlot, card_slots, open_card_path};
pub use prepare::{AssetPaths, RenderRequest, probe_assets, probed_asset};
pub use progress::{RenderProgress, Timings};

use crate::color::CodedPicture;
use crate::color::reference::rgb_from_picture;
use crate::compositor::{Costs, frame_ring};
use crate::error::RenderError;
use crate::gpu::Gpu;
use crate::limits;
use crate::text::Fonts;
use crate::trace::Trace;
use compose::{ComposeStage, Composed, SentFrame};
use encode_stage::EncodeStage;
use frame_slot::{FrameSlot, finished};
use prepare::Prepared;
use progress::ProgressMeter;

/// What a process makes once and every render uses.
#[derive(Debug)]
pub struct RenderContext {
    /// The adapter, and its device once something is drawn with it.
    pub gpu: Gpu,
    /// The fonts of this machine.
    pub fonts: Fonts,
    /// What decides whether a pass is drawn by the CPU or by the device.
    pub costs: &'static Costs,
}

impl RenderContext {
    /// Loads the fonts, and takes the costs of the adapter's class.
    #[must_use]
    pub fn new(gpu: Gpu) -> Self {
        let costs = Costs::of_adapter(gpu.adapter.software);
        Self { gpu, fonts: Fonts::load(), costs }
    }
}

/// How a render is watched and stopped from outside.
pub struct RenderControl<'a> {
    /// Set to stop; looked at once a frame.
    pub cancelled: &'a AtomicBool,
    /// Called at most every [`limits::PROGRESS_INTERVAL`], from the encoding thread.
    pub on_progress: &'a (dyn Fn(RenderProgress) + Sync),
    /// Where the time goes.
    pub trace: &'a Trace,
}

/// A finished render.
#[derive(Debug)]
pub struct Rendered {
    /// What was made.
    pub report: RenderReport,
    /// Where the time went.
    pub timings: Timings,
}

/// Renders a template to an MP4.
///
/// # Errors
/// [`RenderError`]; nothing is left at the output path then.
pub fn render(
    context: &mut RenderContext,
    request: &RenderRequest,
    control: &RenderControl<'_>,
) -> Result<Rendered, RenderError> {
    let began = Instant::now();
    let prepared = Prepared::new(&mut context.fonts, request)?;
    let prepare_millis = millis_since(began);
    let timeline = &prepared.timeline;
    (control.on_progress)(RenderProgress {
        step: RenderStep::Preparing,
        frames_done: 0,
        frames_total: timeline.frame_count,
        frames_per_second: 0.0,
    });
    let (composed, encoder) = run_stages(context, &prepared, &request.out_path, control)?;
    let timings = Timings {
        adapter: context.gpu.adapter.name.clone(),
        encoder: encoder.to_owned(),
        frames_drawn: composed.frames_drawn,
        prepare_millis,
        total_millis: millis_since(began),
        step_millis: Timings::steps_of(control.trace),
    };
    Ok(Rendered { report: report(&prepared, &request.out_path, composed.warnings, &timings)?, timings })
}

/// Runs the stages to their end, and finds the cause where one failed.
fn run_stages(
    context: &mut RenderContext,
    prepared: &Prepared,
    out_path: &Path,
    control: &RenderControl<'_>,
) -> Result<(Composed, &'static str), RenderError> {
    let trace = control.trace;
    let timeline = &prepared.timeline;
    let (card, slots) = frame_slot::open_way(context, prepared);
    let (ring, give_back) = frame_ring(timeline.canvas, limits::FRAMES_IN_FLIGHT, slots);
    let (send_frame, frames) = crossbeam_channel::bounded(limits::FRAMES_IN_FLIGHT);
    let meter = ProgressMeter::new(timeline.frame_count, control.on_progress);
    std::thread::scope(|scope| {
        let sound = sound_stage::spawn(scope, prepared, trace)?;
        let (packets, sound) = sound.map(|stage| (stage.packets, stage.threads)).unzip();
        let encode = EncodeStage { prepared, frames, give_back, card, packets, meter, trace };
        let encode = std::thread::Builder::new()
            .name("encode".into())
            .spawn_scoped(scope, move || encode.run(out_path))
            .map_err(RenderError::NoThread)?;
        let frames = 0..timeline.frame_count;
        let compose =
            ComposeStage { prepared, frames, cancelled: control.cancelled, ring, send_frame, trace };
        let composed = compose::run(context, compose);
        let encoded = outcome_of(encode, "encode");
        // The first of its threads to fail knows why.
        let sound =
            sound.into_iter().flatten().map(|thread| outcome_of(thread, "sound")).fold(Ok(()), Result::and);
        match (composed, sound, encoded) {
            (Ok(composed), Ok(()), Ok(encoded)) => Ok((composed, encoded)),
            (composed, sound, encoded) => Err(cause_of([composed.err(), sound.err(), encoded.err()])),
        }
    })
}

fn outcome_of<T>(
    thread: std::thread::ScopedJoinHandle<'_, Result<T, RenderError>>,
    stage: &'static str,
) -> Result<T, RenderError> {
    thread.join().unwrap_or(Err(RenderError::StageLost { stage }))
}

/// A stage that only saw its neighbour stop reports `StageLost`; the neighbour knows more.
fn cause_of(errors: [Option<RenderError>; 3]) -> RenderError {
    let mut errors: Vec<_> = errors.into_iter().flatten().collect();
    let cause = errors.iter().position(|error| !matches!(error, RenderError::StageLost { .. }));
    errors.swap_remove(cause.unwrap_or(0))
}

/// Composes frame `frame` alone (the last one where the video is shorter), without encoding it.
///
/// # Errors
/// [`RenderError`] as for [`render`].
pub fn still(
    context: &mut RenderContext,
    request: &RenderRequest,
    at: Ticks,
    cancelled: &AtomicBool,
) -> Result<CodedPicture, RenderError> {
    let prepared = Prepared::new(&mut context.fonts, request)?;
    let timeline = &prepared.timeline;
    let last = timeline.frame_count - 1;
    let frame = (timeline.fps.frame_count(at + timeline.fps.duration_of(1)) - 1).min(last);
    let (ring, give_back) = frame_ring(timeline.canvas, 1, FrameSlot::READ_BACK);
    let (send_frame, frames) = crossbeam_channel::bounded(1);
    let (frames_wanted, trace) = (frame..frame + 1, &Trace::new(false));
    let stage =
        ComposeStage { prepared: &prepared, frames: frames_wanted, cancelled, ring, send_frame, trace };
    compose::run(context, stage)?;
    let Ok(SentFrame::Drawn(composed)) = frames.recv() else {
        return Err(RenderError::StageLost { stage: "compose" });
    };
    let picture = finished(composed, &give_back)?;
    Ok(Arc::try_unwrap(picture).unwrap_or_else(|shared| CodedPicture::clone(&shared)))
}

/// Writes a picture as a PNG; returns the size of the file.
///
/// # Errors
/// [`RenderError::Unwritable`]; nothing is left at the path then.
pub fn write_png(picture: &CodedPicture, path: &Path) -> Result<u64, RenderError> {
    let unwritable = |source| RenderError::Unwritable { path: path.to_owned(), source };
    let mut png = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Adaptive);
    let (width, height) = (picture.width_px, picture.height_px);
    encoder
        .write_image(&rgb_from_picture(picture), width, height, ExtendedColorType::Rgb8)
        .map_err(|error| unwritable(std::io::Error::other(error)))?;
    let written = std::fs::write(path, &png);
    if written.is_err() {
        // Gone already, or never there; the first error is the one that counts.
        drop(std::fs::remove_file(path));
    }
    written.map_err(unwritable)?;
    Ok(png.len() as u64)
}

/// What composing alone took.
#[derive(Debug, Clone, Copy)]
pub struct ComposedOnly {
    /// Frames of the video.
    pub frame_count: u64,
    /// From the first frame to the last, preparation left out.
    pub elapsed: Duration,
}

/// Composes every frame and drops it: what a bench measures compositing with.
///
/// # Errors
/// [`RenderError`] as for [`render`].
pub fn compose_only(
    context: &mut RenderContext,
    request: &RenderRequest,
    control: &RenderControl<'_>,
) -> Result<ComposedOnly, RenderError> {
    let prepared = Prepared::new(&mut context.fonts, request)?;
    let timeline = &prepared.timeline;
    let frame_count = timeline.frame_count;
    let (ring, give_back) = frame_ring(timeline.canvas, limits::FRAMES_IN_FLIGHT, FrameSlot::READ_BACK);
    let (send_frame, frames) = crossbeam_channel::bounded(limits::FRAMES_IN_FLIGHT);
    let (cancelled, trace) = (control.cancelled, control.trace);
    let stage =
        ComposeStage { prepared: &prepared, frames: 0..frame_count, cancelled, ring, send_frame, trace };
    let began = Instant::now();
    std::thread::scope(|scope| {
        let sink = scope.spawn(move || {
            for sent in frames {
                if let SentFrame::Drawn(frame) = sent {
                    give_back.give(finished(frame, &give_back)?);
                }
            }
            Ok::<_, RenderError>(())
        });
        let composed = compose::run(context, stage);
        outcome_of(sink, "sink").and(composed)
    })?;
    Ok(ComposedOnly { frame_count, elapsed: began.elapsed() })
}

/// Mixes the sound of a template without encoding it: 48 kHz, left and right interleaved. Empty where it has none.
///
/// # Errors
/// [`RenderError`] as for [`render`].
pub fn sound(context: &mut RenderContext, request: &RenderRequest) -> Result<Vec<f32>, RenderError> {
    let prepared = Prepared::new(&mut context.fonts, request)?;
    let Some((mut mixer, sample_count)) = sound_stage::mixer_of(&prepared) else { return Ok(Vec::new()) };
    let mut mixed = vec![0.0; usize::try_from(sample_count).unwrap_or(0) * crate::media::CHANNELS];
    mixer.read(&mut mixed).map_err(|(pointer, source)| RenderError::Media { pointer, source })?;
    Ok(mixed)
}

fn report(
    prepared: &Prepared,
    out_path: &Path,
    warnings: Vec<RenderWarning>,
    timings: &Timings,
) -> Result<RenderReport, RenderError> {
    let timeline = &prepared.timeline;
    let planned = timeline.warnings.iter().map(|warning| RenderWarning {
        pointer: warning.pointer.clone(),
        code: warning.code.to_owned(),
        detail: warning.detail.clone(),
    });
    let file = std::fs::metadata(out_path)
        .map_err(|source| crate::encode::EncodeError::Unmovable { path: out_path.to_owned(), source })?;
    Ok(RenderReport {
        width_px: timeline.canvas.0,
        height_px: timeline.canvas.1,
        fps: timeline.fps.get(),
        frame_count: timeline.frame_count,
        duration_secs: timeline.fps.duration_of(timeline.frame_count).as_secs(),
        size_bytes: file.len(),
        adapter: timings.adapter.clone(),
        encoder: timings.encoder.clone(),
        engine_version: env!("CARGO_PKG_VERSION").to_owned(),
        elapsed_millis: timings.total_millis,
        warnings: planned.chain(prepared.warnings.iter().cloned()).chain(warnings).collect(),
    })
}

pub(crate) fn millis_since(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

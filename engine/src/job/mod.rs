//! One render from template to MP4: its stages, each a thread, and the bounded queues between them.
//!
//! ```text
//! decode, one thread a visible video ──pictures(4)──▶ compose ──frames in flight(3)──▶ encode + mux
//!                                                 (this thread)                            ▲
//!                                          sound: decode + mix + AAC ──packets(64)─────────┘
//! ```
//! A stage that fails drops its ends of the queues; its neighbours see that and stop; the first error is reported.

mod asset_errors;
mod compose;
mod encode_stage;
mod placement;
mod prepare;
mod progress;
mod sound_stage;
mod sources;
mod text_source;
mod textures;

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use avs_protocol::{RenderReport, RenderStep, RenderWarning};
use avs_template::Ticks;

pub use prepare::{AssetPaths, RenderRequest, probe_assets, probed_asset};
pub use progress::{RenderProgress, Timings};

use crate::color::{CodedPicture, ColorCoding};
use crate::compositor::InFlightFrame;
use crate::error::RenderError;
use crate::gpu::{GpuContext, ReadbackRing};
use crate::limits;
use crate::text::Fonts;
use compose::{ComposeStage, Composed, ComposedFrame};
use encode_stage::{EncodeStage, Encoded};
use prepare::Prepared;
use progress::ProgressMeter;

/// What a process makes once and every render uses.
#[derive(Debug)]
pub struct RenderContext {
    /// The open device.
    pub gpu: GpuContext,
    /// The fonts of this machine.
    pub fonts: Fonts,
}

/// How a render is watched and stopped from outside.
pub struct RenderControl<'a> {
    /// Set to stop; looked at once a frame.
    pub cancelled: &'a AtomicBool,
    /// Called at most every [`limits::PROGRESS_INTERVAL`], from the encoding thread.
    pub on_progress: &'a (dyn Fn(RenderProgress) + Sync),
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
    let mut timings = Timings { prepare_millis: millis_since(began), ..Timings::default() };
    let timeline = &prepared.timeline;
    (control.on_progress)(RenderProgress {
        step: RenderStep::Preparing,
        frames_done: 0,
        frames_total: timeline.frame_count,
        frames_per_second: 0.0,
    });
    let (composed, encoded) = run_stages(context, &prepared, &request.out_path, control)?;
    timings.encode_millis = encoded.encode_millis;
    timings.readback_wait_millis = encoded.readback_wait_millis;
    timings.frames_drawn = composed.frames_drawn;
    timings.compose_millis = composed.compose_millis;
    timings.decode_wait_millis = composed.decode_wait_millis;
    timings.total_millis = millis_since(began);
    let ended =
        Ended { warnings: composed.warnings, encoder: encoded.encoder, elapsed_millis: timings.total_millis };
    Ok(Rendered { report: report(context, &prepared, &request.out_path, ended)?, timings })
}

/// Runs the stages to their end, and finds the cause where one failed.
fn run_stages(
    context: &mut RenderContext,
    prepared: &Prepared,
    out_path: &Path,
    control: &RenderControl<'_>,
) -> Result<(Composed, Encoded), RenderError> {
    let gpu = context.gpu.clone();
    let timeline = &prepared.timeline;
    let (ring, give_back) = ReadbackRing::new(&gpu.device, timeline.canvas, limits::FRAMES_IN_FLIGHT);
    let (send_frame, frames) = crossbeam_channel::bounded(limits::FRAMES_IN_FLIGHT);
    let meter = ProgressMeter::new(timeline.frame_count, control.on_progress);
    std::thread::scope(|scope| {
        let sound = sound_stage::spawn(scope, prepared)?;
        let (packets, sound) = sound.map(|stage| (stage.packets, stage.thread)).unzip();
        let encode = EncodeStage { gpu: &gpu, prepared, frames, give_back, packets, meter };
        let encode = std::thread::Builder::new()
            .name("encode".into())
            .spawn_scoped(scope, move || encode.run(out_path))
            .map_err(RenderError::NoThread)?;
        let frames = 0..timeline.frame_count;
        let compose = ComposeStage { prepared, frames, cancelled: control.cancelled, ring, send_frame };
        let composed = compose::run(context, compose);
        let encoded = outcome_of(encode, "encode");
        let sound = sound.map_or(Ok(()), |thread| outcome_of(thread, "sound"));
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
) -> Result<CodedPicture, RenderError> {
    let prepared = Prepared::new(&mut context.fonts, request)?;
    let timeline = &prepared.timeline;
    let last = timeline.frame_count - 1;
    let frame = (timeline.fps.frame_count(at + timeline.fps.duration_of(1)) - 1).min(last);
    let gpu = context.gpu.clone();
    let (ring, _give_back) = ReadbackRing::new(&gpu.device, timeline.canvas, 1);
    let (send_frame, frames) = crossbeam_channel::bounded(1);
    let cancelled = &AtomicBool::new(false);
    let stage = ComposeStage { prepared: &prepared, frames: frame..frame + 1, cancelled, ring, send_frame };
    compose::run(context, stage)?;
    let Ok(ComposedFrame::Drawn(InFlightFrame { mut slot })) = frames.recv() else {
        return Err(RenderError::StageLost { stage: "compose" });
    };
    let (width_px, height_px) = timeline.canvas;
    let mut planes = [Vec::new(), Vec::new()];
    slot.read(&gpu.device, |plane, _, row| planes[plane].extend_from_slice(row))?;
    let [luma, chroma] = planes;
    Ok(CodedPicture { width_px, height_px, luma, chroma, coding: ColorCoding::OUTPUT })
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

/// What is known of a render only when it has ended.
struct Ended {
    warnings: Vec<RenderWarning>,
    encoder: &'static str,
    elapsed_millis: u64,
}

fn report(
    context: &RenderContext,
    prepared: &Prepared,
    out_path: &Path,
    ended: Ended,
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
        adapter: context.gpu.adapter.name.clone(),
        encoder: ended.encoder.to_owned(),
        engine_version: env!("CARGO_PKG_VERSION").to_owned(),
        elapsed_millis: ended.elapsed_millis,
        warnings: planned.chain(prepared.warnings.iter().cloned()).chain(ended.warnings).collect(),
    })
}

pub(crate) fn millis_since(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

//! One render from template to MP4: its stages, each a thread, and the bounded queues between them.
//!
//! ```text
//! decode, one thread a visible video ──pictures(4)──▶ compose ──frames in flight(3)──▶ encode + mux
//!                                                 (this thread)                            ▲
//!                                          sound: decode + mix + AAC ──packets(64)─────────┘
//! ```
//! A stage that fails drops its ends of the queues; its neighbours see that and stop; the first error is reported.

mod compose;
mod encode_stage;
mod prepare;
mod progress;
mod sound_stage;
mod sources;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use avs_protocol::{RenderReport, RenderStep, RenderWarning};

pub use prepare::{AssetPaths, RenderRequest, probe_assets, probed_asset};
pub use progress::{RenderProgress, Timings};

use crate::error::RenderError;
use crate::gpu::{GpuContext, ReadbackRing};
use crate::limits;
use crate::text::Fonts;
use encode_stage::EncodeStage;
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
    let prepared = Prepared::new(&context.fonts, request)?;
    let mut timings = Timings { prepare_millis: millis_since(began), ..Timings::default() };
    let timeline = &prepared.timeline;
    (control.on_progress)(RenderProgress {
        step: RenderStep::Preparing,
        frames_done: 0,
        frames_total: timeline.frame_count,
        frames_per_second: 0.0,
    });
    let meter = ProgressMeter::new(timeline.frame_count, control.on_progress);
    let (ring, give_back) = ReadbackRing::new(&context.gpu.device, timeline.canvas, limits::FRAMES_IN_FLIGHT);
    let (send_frame, frames) = crossbeam_channel::bounded(limits::FRAMES_IN_FLIGHT);
    let gpu = context.gpu.clone();
    let out_path: PathBuf = request.out_path.clone();
    let (composed, encoded) = std::thread::scope(|scope| {
        let (packets, sound) = match sound_stage::spawn(scope, &prepared) {
            Ok(stage) => stage.map(|stage| (stage.packets, stage.thread)).unzip(),
            Err(cause) => return (Err(cause), Err(RenderError::StageLost { stage: "sound" })),
        };
        let stage = EncodeStage { gpu: &gpu, prepared: &prepared, frames, give_back, packets, meter };
        let encoding = std::thread::Builder::new()
            .name("encode".into())
            .spawn_scoped(scope, move || stage.run(&out_path));
        let composed = compose::run(context, &prepared, control.cancelled, (ring, send_frame));
        let encoded = match encoding {
            Ok(thread) => thread.join().unwrap_or(Err(RenderError::StageLost { stage: "encode" })),
            Err(_) => Err(RenderError::StageLost { stage: "encode" }),
        };
        (composed, first_error(encoded, sound))
    });
    if control.cancelled.load(Ordering::Relaxed) {
        return Err(RenderError::Cancelled);
    }
    // Compose knows why a picture is missing; encode only sees that no frame came.
    let composed = match (composed, encoded) {
        (Err(RenderError::StageLost { .. }), Err(cause)) | (Ok(_), Err(cause)) => return Err(cause),
        (Err(cause), _) => return Err(cause),
        (Ok(composed), Ok(encode_timings)) => {
            timings.encode_millis = encode_timings.encode_millis;
            timings.readback_wait_millis = encode_timings.readback_wait_millis;
            composed
        }
    };
    timings.compose_millis = composed.compose_millis;
    timings.decode_wait_millis = composed.decode_wait_millis;
    timings.total_millis = millis_since(began);
    let report = report(context, &prepared, composed.warnings, request, timings.total_millis)?;
    Ok(Rendered { report, timings })
}

fn first_error<T>(
    result: Result<T, RenderError>,
    sound: Option<std::thread::ScopedJoinHandle<'_, Result<(), RenderError>>>,
) -> Result<T, RenderError> {
    let sound = sound.map_or(Ok(()), |thread| {
        thread.join().unwrap_or(Err(RenderError::StageLost { stage: "sound" }))
    });
    match (result, sound) {
        // Either side may have stopped because the other did; the sound stage names files, so it goes first.
        (_, Err(cause)) if !matches!(cause, RenderError::StageLost { .. }) => Err(cause),
        (result, _) => result,
    }
}

fn report(
    context: &RenderContext,
    prepared: &Prepared,
    composing: Vec<RenderWarning>,
    request: &RenderRequest,
    elapsed_millis: u64,
) -> Result<RenderReport, RenderError> {
    let timeline = &prepared.timeline;
    let planned = timeline.warnings.iter().map(|warning| RenderWarning {
        pointer: warning.pointer.clone(),
        code: warning.code.to_owned(),
        detail: warning.detail.clone(),
    });
    let size_bytes = std::fs::metadata(&request.out_path).map_err(|source| {
        crate::encode::EncodeError::Unmovable { path: request.out_path.clone(), source }
    })?;
    Ok(RenderReport {
        width_px: timeline.canvas.0,
        height_px: timeline.canvas.1,
        fps: timeline.fps.get(),
        frame_count: timeline.frame_count,
        duration_secs: timeline.fps.duration_of(timeline.frame_count).as_secs(),
        size_bytes: size_bytes.len(),
        adapter: context.gpu.adapter.name.clone(),
        encoder: "libx264".to_owned(),
        engine_version: env!("CARGO_PKG_VERSION").to_owned(),
        elapsed_millis,
        warnings: planned.chain(composing).collect(),
    })
}

pub(crate) fn millis_since(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

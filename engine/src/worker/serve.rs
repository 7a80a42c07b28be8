//! The life of an engine process.
//!
//! ```text
//! starting ──Hello──▶ warm ──Probe──▶ warm ──Analyze──▶ warm ──Render──▶ rendering ──Completed | Failed──▶ exit
//!                       ├──── Still ──Pictured | Failed─────────────────────────────────────────────────▶ exit
//!                       └──── Cancel: the Analyze or the Render fails; the socket closes ────────────▶ exit
//! ```

use std::ops::ControlFlow;
use std::os::fd::RawFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use avs_protocol::{AssetFile, Command, Event, Failure, FailureCode, JobRef, PROTOCOL_VERSION};
use avs_template::Ticks;
use crossbeam_channel::{Sender, bounded};

use super::channel::{CommandReceiver, EventSender, channel_from_fd};
use crate::analysis::{AnalysisControl, analyze_assets};
use crate::encode::EncoderChoice;
use crate::error::RenderError;
use crate::job::{RenderContext, RenderControl, RenderRequest, probe_assets, render, still, write_png};
use crate::limits;
use crate::sandbox::{Confinement, SandboxError};
use crate::trace::Trace;

/// Why an engine process cannot begin to serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The descriptor is not an open socket.
    #[error("file descriptor {fd} is not a connected socket; this command is started by the control plane")]
    NoSocket {
        /// `--ipc-fd`.
        fd: RawFd,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
}

/// Commands that wait while another is worked on. The contract allows two.
const COMMANDS_WAITING_MAX: usize = 4;

/// Serves one job, then returns.
///
/// # Errors
/// [`ServeError`] where there is nobody to serve.
pub fn serve(fd: RawFd, context: RenderContext, mut confinement: Confinement) -> Result<(), ServeError> {
    let (events, commands) = channel_from_fd(fd).map_err(|source| ServeError::NoSocket { fd, source })?;
    // Warm: what opening the device takes is not the job's to wait for. Where that fails, the render says so.
    drop(context.gpu.context());
    let sandbox = confinement.seal();
    let cancelled = Arc::new(AtomicBool::new(false));
    let (send_work, work) = bounded(COMMANDS_WAITING_MAX);
    events.send(&Event::Hello {
        protocol: PROTOCOL_VERSION,
        engine_version: env!("CARGO_PKG_VERSION").to_owned(),
        adapter: context.gpu.adapter.name.clone(),
        software: context.gpu.adapter.software,
        sandbox,
    });
    let listener = Listener { events: events.clone(), cancelled: Arc::clone(&cancelled), send_work };
    std::thread::spawn(move || listener.run(commands));
    let mut worker = Worker { context, confinement, events, cancelled };
    while let Ok(command) = work.recv() {
        if worker.obey(command).is_break() {
            break;
        }
    }
    Ok(())
}

/// Answers what must be answered at once, queues the rest.
struct Listener {
    events: EventSender,
    cancelled: Arc<AtomicBool>,
    send_work: Sender<Command>,
}

impl Listener {
    fn run(self, mut commands: CommandReceiver) {
        if let Err(error) = Confinement::close_files() {
            tracing::warn!(%error, "the listener keeps the files of every job");
        }
        while let Some(command) = commands.next_command() {
            match command {
                Command::Ping { nonce } => self.events.send(&Event::Pong { nonce }),
                Command::Cancel { job } => {
                    let first = !self.cancelled.swap(true, Ordering::Relaxed);
                    if first {
                        tracing::info!(job = job.job_id, "cancelled");
                    }
                }
                Command::Probe { .. }
                | Command::Analyze { .. }
                | Command::Render { .. }
                | Command::Still { .. } => {
                    if self.send_work.try_send(command).is_err() {
                        tracing::error!("more commands than the contract allows");
                        break;
                    }
                }
            }
        }
        // The socket closed: nobody wants the result any more.
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

/// Works commands off, one after the other.
struct Worker {
    context: RenderContext,
    confinement: Confinement,
    events: EventSender,
    cancelled: Arc<AtomicBool>,
}

impl Worker {
    /// Breaks once the job has ended.
    fn obey(&mut self, command: Command) -> ControlFlow<()> {
        match command {
            Command::Probe { job, assets } => self.probe(job, &assets),
            Command::Analyze { job, assets } => self.analyze(job, &assets),
            Command::Render { job, template, output, assets, out_path } => {
                self.render(job, &request_from_command((template, output), assets, out_path));
                ControlFlow::Break(())
            }
            Command::Still { job, template, output, assets, at_secs, out_path } => {
                self.still(job, &request_from_command((template, output), assets, out_path), at_secs);
                ControlFlow::Break(())
            }
            Command::Ping { .. } | Command::Cancel { .. } => ControlFlow::Continue(()),
        }
    }

    fn probe(&self, job: JobRef, assets: &[AssetFile]) -> ControlFlow<()> {
        let probed = self.confined(&job, assets, || probe_assets(assets));
        let Some(assets) = probed else { return ControlFlow::Break(()) };
        self.events.send(&Event::Probed { job, assets });
        ControlFlow::Continue(())
    }

    /// The threads that listen and decode are started by the confined one.
    fn analyze(&self, job: JobRef, assets: &[AssetFile]) -> ControlFlow<()> {
        let count = u32::try_from(assets.len()).unwrap_or(u32::MAX).max(1);
        let wall_max = limits::ANALYSIS_WALL_MAX.min(limits::ANALYSIS_OF_ALL_WALL_MAX / count);
        let control = AnalysisControl { cancelled: &self.cancelled, wall_max };
        let tell = |analysis| {
            self.events.send(&Event::Analyzed { job: job.clone(), analysis: Box::new(analysis) });
        };
        let analyzed = self.confined(&job, assets, || analyze_assets(assets, control, tell));
        let Some(()) = analyzed else { return ControlFlow::Break(()) };
        let font_families = self.context.fonts.family_names().map(str::to_owned).collect();
        self.events.send(&Event::AnalysisEnded { job, font_families });
        ControlFlow::Continue(())
    }

    /// Works on a thread of its own, which can open nothing but these files and write nothing: where the video goes is not
    /// known yet, and what this thread gives up, the rendering one could not get back. Where it fails, that has been told.
    fn confined<T: Send>(
        &self,
        job: &JobRef,
        assets: &[AssetFile],
        work: impl FnOnce() -> Result<T, RenderError> + Send,
    ) -> Option<T> {
        let files: Vec<_> = assets.iter().map(|asset| PathBuf::from(&asset.path)).collect();
        let confinement = &self.confinement;
        let outcome = std::thread::scope(|scope| {
            let worker = scope.spawn(|| confinement.open_to_job(&files, None).map(|()| work()));
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        match outcome {
            Ok(Ok(found)) => return Some(found),
            Ok(Err(error)) => fail(&self.events, job.clone(), &error),
            Err(error) => refuse(&self.events, job.clone(), &error),
        }
        None
    }

    fn render(&mut self, job: JobRef, request: &RenderRequest) {
        let files: Vec<_> = request.assets.values().cloned().collect();
        // Every thread of the render is started by this one, or by one that it started.
        if let Err(error) = self.confinement.open_to_job(&files, request.out_path.parent()) {
            return refuse(&self.events, job, &error);
        }
        let on_progress = |progress: crate::job::RenderProgress| {
            self.events.send(&Event::Progress {
                job: job.clone(),
                step: progress.step,
                frames_done: progress.frames_done,
                frames_total: progress.frames_total,
                frames_per_second: progress.frames_per_second,
            });
        };
        let control = RenderControl {
            cancelled: &self.cancelled,
            on_progress: &on_progress,
            trace: &Trace::new(false),
        };
        match render(&mut self.context, request, &control) {
            Ok(rendered) => self.events.send(&Event::Completed { job, report: rendered.report }),
            Err(error) => fail(&self.events, job, &error),
        }
    }

    fn still(&mut self, job: JobRef, request: &RenderRequest, at_secs: f64) {
        let files: Vec<_> = request.assets.values().cloned().collect();
        // As for a render: whatever reads the files is started by this thread.
        if let Err(error) = self.confinement.open_to_job(&files, request.out_path.parent()) {
            return refuse(&self.events, job, &error);
        }
        let at = Ticks::from_secs(at_secs.max(0.0));
        let picture = still(&mut self.context, request, at, &self.cancelled);
        match picture.and_then(|picture| write_png(&picture, &request.out_path).map(|size| (picture, size))) {
            Ok((picture, size_bytes)) => {
                let (width_px, height_px) = (picture.width_px, picture.height_px);
                self.events.send(&Event::Pictured { job, width_px, height_px, size_bytes });
            }
            Err(error) => fail(&self.events, job, &error),
        }
    }
}

fn request_from_command(
    (template, output): (serde_json::Value, serde_json::Value),
    assets: Vec<AssetFile>,
    out_path: String,
) -> RenderRequest {
    RenderRequest {
        template,
        output,
        assets: assets.into_iter().map(|asset| (asset.name, PathBuf::from(asset.path))).collect(),
        out_path: PathBuf::from(out_path),
        preset: None,
        crf: None,
        encoder: EncoderChoice::Auto,
        encode_repeats: false,
    }
}

/// A job that cannot be kept apart from others is not begun.
fn refuse(events: &EventSender, job: JobRef, error: &SandboxError) {
    tracing::error!(job = job.job_id, %error, "not confined to the job");
    let message = "the engine cannot confine itself to the files of the job".to_owned();
    let failure = Failure { code: FailureCode::Internal, message, retryable: true, errors: Vec::new() };
    events.send(&Event::Failed { job, failure });
}

fn fail(events: &EventSender, job: JobRef, error: &RenderError) {
    let Failure { code, .. } = error.to_failure();
    if !matches!(code, FailureCode::InvalidTemplate | FailureCode::UnreadableMedia | FailureCode::Cancelled) {
        let chain: Vec<_> = sources_of(error).collect();
        tracing::error!(job = job.job_id, ?chain, "render failed");
    }
    events.send(&Event::Failed { job, failure: error.to_failure() });
}

/// The error and what caused it, outermost first.
fn sources_of(error: &dyn std::error::Error) -> impl Iterator<Item = String> {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string)
}

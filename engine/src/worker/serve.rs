//! The life of an engine process.
//!
//! ```text
//! starting ──Hello──▶ warm ──Probe──▶ warm ──Render──▶ rendering ──Completed | Failed──▶ exit
//!                       └──── Cancel: the Render fails; the socket closes ─────────▶ exit
//! ```

use std::collections::BTreeMap;
use std::os::fd::RawFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use avs_protocol::{Command, Event, Failure, FailureCode, JobRef, PROTOCOL_VERSION};
use crossbeam_channel::{Receiver, Sender, bounded};

use super::channel::{CommandReceiver, EventSender, channel_from_fd};
use crate::encode::EncoderChoice;
use crate::error::RenderError;
use crate::job::{RenderContext, RenderControl, RenderRequest, probe_assets, render};
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
pub fn serve(fd: RawFd, mut context: RenderContext) -> Result<(), ServeError> {
    let (events, commands) = channel_from_fd(fd).map_err(|source| ServeError::NoSocket { fd, source })?;
    // Warm: what opening the device takes is not the job's to wait for. Where that fails, the render says so.
    drop(context.gpu.context());
    let cancelled = Arc::new(AtomicBool::new(false));
    let (send_work, work) = bounded(COMMANDS_WAITING_MAX);
    events.send(&Event::Hello {
        protocol: PROTOCOL_VERSION,
        engine_version: env!("CARGO_PKG_VERSION").to_owned(),
        adapter: context.gpu.adapter.name.clone(),
        software: context.gpu.adapter.software,
    });
    let listener = Listener { events: events.clone(), cancelled: Arc::clone(&cancelled), send_work };
    std::thread::spawn(move || listener.run(commands));
    work_off(&mut context, &work, &events, &cancelled);
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
        while let Some(command) = commands.next_command() {
            match command {
                Command::Ping { nonce } => self.events.send(&Event::Pong { nonce }),
                Command::Cancel { job } => {
                    let first = !self.cancelled.swap(true, Ordering::Relaxed);
                    if first {
                        tracing::info!(job = job.job_id, "cancelled");
                    }
                }
                Command::Probe { .. } | Command::Render { .. } => {
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

/// Works commands off until the job has ended or the listener has.
fn work_off(
    context: &mut RenderContext,
    work: &Receiver<Command>,
    events: &EventSender,
    cancelled: &AtomicBool,
) {
    while let Ok(command) = work.recv() {
        match command {
            Command::Probe { job, assets } => match probe_assets(&assets) {
                Ok(assets) => events.send(&Event::Probed { job, assets }),
                Err(error) => return fail(events, job, &error),
            },
            Command::Render { job, template, output, assets, out_path } => {
                let assets: BTreeMap<_, _> =
                    assets.into_iter().map(|asset| (asset.name, PathBuf::from(asset.path))).collect();
                let request = RenderRequest {
                    template,
                    output,
                    assets,
                    out_path: PathBuf::from(out_path),
                    preset: None,
                    crf: None,
                    encoder: EncoderChoice::Auto,
                    encode_repeats: false,
                };
                return render_job(context, (job, &request), events, cancelled);
            }
            Command::Ping { .. } | Command::Cancel { .. } => {}
        }
    }
}

fn render_job(
    context: &mut RenderContext,
    (job, request): (JobRef, &RenderRequest),
    events: &EventSender,
    cancelled: &AtomicBool,
) {
    let on_progress = |progress: crate::job::RenderProgress| {
        events.send(&Event::Progress {
            job: job.clone(),
            step: progress.step,
            frames_done: progress.frames_done,
            frames_total: progress.frames_total,
            frames_per_second: progress.frames_per_second,
        });
    };
    let trace = &Trace::new(false);
    let outcome = render(context, request, &RenderControl { cancelled, on_progress: &on_progress, trace });
    match outcome {
        Ok(rendered) => events.send(&Event::Completed { job, report: rendered.report }),
        Err(error) => fail(events, job, &error),
    }
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

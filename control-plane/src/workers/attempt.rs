//! One attempt at one job: engine, probe, render, file.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use avs_protocol::{AssetFile, AssetRole, Command, Event, Failure, JobRef, ProbedAsset, RenderReport};
use avs_template::{Pointer, Template};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, timeout};

use super::{Workshop, report};
use crate::domain::credits::bill_from_probe;
use crate::domain::job::{Job, RenderStep};
use crate::domain::lifecycle::Phase;
use crate::engines::{Engine, EngineGone};
use crate::store::{AssetRecord, ClaimedJob, Completion, Ending, StoreError};
use crate::{limits, telemetry};

/// Why an attempt stops before its job has ended.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Engine(#[from] EngineGone),
    #[error("no engine became free in time")]
    NoEngine,
    #[error("the engine did not finish {0} in time")]
    TooSlow(&'static str),
    #[error("the engine answered out of turn")]
    OutOfTurn,
    #[error("a file of the job cannot be used")]
    File(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the report cannot be stored")]
    Report(#[from] serde_json::Error),
    #[error("the engine gave up: {0}")]
    Retryable(String),
    #[error("the input is at fault")]
    Final(Ending),
}

/// What came of one attempt.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The job is over.
    Ended(Ending),
    /// Another attempt may do better.
    Broken(String),
    /// The server stops.
    Interrupted,
    /// The job belongs to another attempt.
    Lost,
}

/// Makes an attempt. Dropping the future ends the engine.
pub(super) async fn make(workshop: Arc<Workshop>, claimed: Arc<ClaimedJob>) -> Outcome {
    let ended = Attempt { workshop, claimed }.run().await;
    match ended {
        Ok(ending) | Err(Fault::Final(ending)) => Outcome::Ended(ending),
        Err(Fault::Store(StoreError::Fenced { .. } | StoreError::IllegalStep(_))) => Outcome::Lost,
        Err(fault) => Outcome::Broken(telemetry::chain(&fault)),
    }
}

struct Attempt {
    workshop: Arc<Workshop>,
    claimed: Arc<ClaimedJob>,
}

impl Attempt {
    async fn run(&self) -> Result<Ending, Fault> {
        let lease = timeout(limits::ENGINE_WAIT, self.workshop.fleet.lease()).await;
        let mut engine = lease.map_err(|_elapsed| Fault::NoEngine)??;
        let probed = timeout(limits::PROBE_WAIT, self.probe(&mut engine)).await;
        self.record_probe(&probed.map_err(|_elapsed| Fault::TooSlow("probing"))??).await?;
        let now = self.workshop.clock.now();
        self.workshop.store.advance_job(self.job(), Phase::Rendering, now).await?;
        let report = self.render(&mut engine).await?;
        self.completed(&report).await
    }

    fn job(&self) -> &Job {
        &self.claimed.job
    }

    fn job_ref(&self) -> JobRef {
        JobRef { job_id: self.job().id.to_string(), attempt: self.job().state.epoch }
    }

    fn asset_files(&self) -> Vec<AssetFile> {
        let directory = self.workshop.files.assets_dir(&self.job().id);
        // The template was valid when the job was made; if it were not now, the engine would say so.
        let template = Template::from_value(&self.claimed.project.template, &Pointer::root()).ok();
        let pointer = |name: &str| {
            let mut sources = template.iter().flat_map(Template::sources);
            sources.find(|(_, source)| source.key() == name).map(|(pointer, _)| pointer).unwrap_or_default()
        };
        let is_font = |name: &str| {
            template.iter().flat_map(|template| &template.fonts).any(|font| font.source.key() == name)
        };
        let file = |asset: &AssetRecord| AssetFile {
            name: asset.name.clone(),
            pointer: pointer(&asset.name),
            path: directory.join(&asset.file).to_string_lossy().into_owned(),
            role: if is_font(&asset.name) { AssetRole::Font } else { AssetRole::Media },
            optional: template.as_ref().is_some_and(|template| template.can_do_without(&asset.name)),
        };
        self.claimed.project.assets.iter().map(file).collect()
    }

    async fn probe(&self, engine: &mut Engine) -> Result<Vec<ProbedAsset>, Fault> {
        engine.send(Command::Probe { job: self.job_ref(), assets: self.asset_files() }).await?;
        match engine.next().await? {
            Event::Probed { job, assets } if job == self.job_ref() => Ok(assets),
            Event::Failed { job, failure } if job == self.job_ref() => Err(fault_from_failure(&failure)),
            _ => Err(Fault::OutOfTurn),
        }
    }

    async fn record_probe(&self, probed: &[ProbedAsset]) -> Result<(), Fault> {
        let kinds: Vec<_> = probed.iter().map(report::kind_from_probe).collect();
        let items = bill_from_probe(&self.job().credits.items, &kinds);
        let mut assets = self.claimed.project.assets.clone();
        for asset in &mut assets {
            // A file that the template can do without may have failed.
            let found = probed.iter().find(|probe| probe.name == asset.name);
            asset.probe = found.map(report::record_from_probe);
        }
        Ok(self.workshop.store.record_probe(self.job(), &assets, &items).await?)
    }

    async fn render(&self, engine: &mut Engine) -> Result<RenderReport, Fault> {
        let (id, epoch) = (&self.job().id, self.job().state.epoch);
        self.workshop.files.remove_attempts_before(id, epoch).await?;
        tokio::fs::create_dir_all(self.workshop.files.attempt_dir(id, epoch)).await?;
        let render = Command::Render {
            job: self.job_ref(),
            template: self.claimed.project.template.clone(),
            output: self.claimed.project.output.clone(),
            assets: self.asset_files(),
            out_path: self.video_path().to_string_lossy().into_owned(),
        };
        engine.send(render).await?;
        let mut watch = ProgressWatch::new();
        loop {
            let event = tokio::time::timeout_at(watch.stalled_at, engine.next()).await;
            match event.map_err(|_elapsed| Fault::TooSlow("a frame"))?? {
                Event::Progress { job, .. } if job != self.job_ref() => return Err(Fault::OutOfTurn),
                event @ Event::Progress { .. } => self.take_progress(&event, &mut watch).await?,
                Event::Completed { job, report } if job == self.job_ref() => return Ok(report),
                Event::Failed { job, failure } if job == self.job_ref() => {
                    return Err(fault_from_failure(&failure));
                }
                _ => return Err(Fault::OutOfTurn),
            }
        }
    }

    async fn take_progress(&self, event: &Event, watch: &mut ProgressWatch) -> Result<(), Fault> {
        let Some(progress) = report::progress_from_event(event) else { return Ok(()) };
        if !watch.is_news(progress.step, progress.frames_done) {
            return Ok(());
        }
        match self.workshop.store.record_progress(self.job(), &progress, self.workshop.clock.now()).await {
            Err(error @ (StoreError::Fenced { .. } | StoreError::IllegalStep(_))) => Err(error.into()),
            Err(error) => {
                tracing::warn!(job = %self.job().id, error = telemetry::chain(&error), "progress is not stored");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    async fn completed(&self, report: &RenderReport) -> Result<Ending, Fault> {
        let path = self.video_path();
        let hashing = tokio::task::spawn_blocking(move || size_and_sha256(&path)).await;
        let file = hashing.map_err(io::Error::other)??;
        let engine_report = serde_json::to_value(report)?;
        let (video, progress) =
            (report::video_from_report(report, file), report::progress_from_report(report));
        Ok(Ending::Completed(Box::new(Completion { video, progress, engine_report })))
    }

    fn video_path(&self) -> PathBuf {
        self.workshop.files.video(&self.job().id, self.job().state.epoch)
    }
}

/// Bad input ends the job. Anything else that cannot be retried ends it too, but the reason is ours to know.
fn fault_from_failure(failure: &Failure) -> Fault {
    if failure.retryable {
        return Fault::Retryable(format!("{:?}: {}", failure.code, failure.message));
    }
    tracing::warn!(code = ?failure.code, message = failure.message, "the engine refuses the job for good");
    Fault::Final(Ending::Failed(report::error_from_failure(failure)))
}

/// Decides which progress is worth storing, and when a render counts as stuck.
struct ProgressWatch {
    stalled_at: Instant,
    stored_at: Option<Instant>,
    seen: Option<(RenderStep, u64)>,
}

impl ProgressWatch {
    fn new() -> Self {
        Self { stalled_at: Instant::now() + limits::RENDER_STALL_WAIT, stored_at: None, seen: None }
    }

    fn is_news(&mut self, step: RenderStep, frames_done: u64) -> bool {
        let now = Instant::now();
        if self.seen != Some((step, frames_done)) {
            self.seen = Some((step, frames_done));
            self.stalled_at = now + limits::RENDER_STALL_WAIT;
        }
        let due = self.stored_at.is_none_or(|stored_at| now - stored_at >= limits::PROGRESS_INTERVAL);
        if due {
            self.stored_at = Some(now);
        }
        due
    }
}

fn size_and_sha256(path: &Path) -> io::Result<(u64, String)> {
    let mut file = std::fs::File::open(path)?;
    // The name of a complete file must not point at an incomplete one after a power cut.
    file.sync_all()?;
    let (mut hasher, mut size_bytes) = (Sha256::new(), 0);
    let mut chunk = vec![0; 256 << 10];
    loop {
        let count = file.read(&mut chunk)?;
        if count == 0 {
            return Ok((size_bytes, hex::encode(hasher.finalize())));
        }
        hasher.update(&chunk[..count]);
        size_bytes += count as u64;
    }
}

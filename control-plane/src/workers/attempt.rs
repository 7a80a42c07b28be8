//! One attempt at one job: inputs, engine, probe, template, render, file.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use avs_protocol::{AssetFile, Event, Failure, JobRef, ProbedAsset, RenderReport};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, timeout};

use super::generation::Plan;
use super::inputs::input_sha256;
use super::recordings::Recordings;
use super::{Workshop, report};
use crate::creator::CreatorError;
use crate::domain::credits::{Item, bill_from_probe};
use crate::domain::job::{Job, JobError, Mode, Warning};
use crate::domain::lifecycle::Phase;
use crate::engines::{Engine, EngineGone, Fate, Heard, QuestionError, RenderDesc};
use crate::objects::ObjectError;
use crate::store::{AssetRecord, ClaimedJob, Completion, Ending, Project, StoreError};
use crate::{limits, telemetry};

/// Why an attempt stops before its job has ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Engine(#[from] EngineGone),
    #[error("no engine became free in time")]
    NoEngine,
    #[error("{0} took too long")]
    TooSlow(&'static str),
    #[error("the engine answered out of turn")]
    OutOfTurn,
    #[error("a file of the job cannot be used")]
    File(#[from] io::Error),
    #[error(transparent)]
    Object(#[from] ObjectError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the report cannot be stored")]
    Report(#[from] serde_json::Error),
    #[error("the engine gave up: {0}")]
    Retryable(String),
    #[error("an input cannot be fetched: {}", .0.message)]
    Unfetched(Box<JobError>),
    #[error("the creator failed: {0}")]
    Creator(#[from] CreatorError),
    #[error("the input is at fault")]
    Final(Ending),
}

/// What came of one attempt.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The job is over.
    Ended(Ending),
    /// Another attempt may do better; if there is none, the job ends with the error.
    Broken {
        /// For the log.
        reason: String,
        /// For the owner.
        error: Box<JobError>,
    },
    /// The server stops.
    Interrupted,
    /// The job belongs to another attempt.
    Lost,
}

impl Outcome {
    /// A fault of ours.
    pub(super) fn broken(reason: String) -> Self {
        Self::Broken { reason, error: Box::new(JobError::render_failed()) }
    }
}

/// Makes an attempt. Dropping the future ends the engine.
pub(super) async fn make(workshop: Arc<Workshop>, claimed: Arc<ClaimedJob>) -> Outcome {
    let ended = Attempt { workshop, claimed }.run().await;
    match ended {
        Ok(ending) | Err(Fault::Final(ending)) => Outcome::Ended(ending),
        Err(Fault::Store(StoreError::Fenced { .. } | StoreError::IllegalStep(_))) => Outcome::Lost,
        Err(Fault::Unfetched(error)) => Outcome::Broken { reason: error.message.clone(), error },
        Err(fault) => Outcome::broken(telemetry::chain(&fault)),
    }
}

/// An attempt that is being made.
pub(super) struct Attempt {
    pub(super) workshop: Arc<Workshop>,
    pub(super) claimed: Arc<ClaimedJob>,
}

impl Attempt {
    async fn run(&self) -> Result<Ending, Fault> {
        let (job, project) = (self.job(), &self.claimed.project);
        let inputs = timeout(limits::FETCH_ALL_WAIT, self.workshop.bring_inputs(job, project)).await;
        let assets = inputs.map_err(|_elapsed| Fault::TooSlow("fetching the inputs"))??;
        let input_sha256 = input_sha256(project, &assets);
        if self.workshop.store.crash_count(&input_sha256).await? >= limits::CRASHES_MAX {
            return Ok(Ending::Failed(JobError::input_rejected()));
        }
        let recordings = self.workshop.unpack_recordings(job, project, &assets).await?;
        let lease = timeout(limits::ENGINE_WAIT, self.workshop.fleet.lease()).await;
        let mut engine = lease.map_err(|_elapsed| Fault::NoEngine)??;
        match self.work(&mut engine, (assets, recordings)).await {
            Err(Fault::Engine(EngineGone)) => self.examine_death(&mut engine, &input_sha256).await,
            outcome => outcome,
        }
    }

    async fn work(
        &self,
        engine: &mut Engine,
        (mut assets, recordings): (Vec<AssetRecord>, Recordings),
    ) -> Result<Ending, Fault> {
        let files =
            self.workshop.asset_files(self.job(), &self.claimed.project.template, (&assets, &recordings));
        let probed = timeout(limits::PROBE_WAIT, engine.probe(self.job_ref(), files)).await;
        let probed = probed.map_err(|_elapsed| Fault::TooSlow("probing"))?;
        let probed = probed.map_err(|error| self.fault_from_question(error))?;
        let items = self.record_probe(&mut assets, &probed).await?;
        let plan = match self.job().mode {
            Mode::Json => {
                let Project { template, output, .. } = self.claimed.project.clone();
                Plan { template, output, warnings: Vec::new() }
            }
            Mode::Prompt => self.generate(engine, (&assets, &recordings), &items).await?,
        };
        let now = self.workshop.clock.now();
        self.workshop.store.advance_job(self.job(), Phase::Rendering, now).await?;
        let files = self.workshop.asset_files(self.job(), &plan.template, (&assets, &recordings));
        let report = self.render(engine, &plan, files).await?;
        self.completed(&report, plan.warnings).await
    }

    /// An input that kills what decodes it must not kill every engine in turn.
    async fn examine_death(&self, engine: &mut Engine, input_sha256: &str) -> Result<Ending, Fault> {
        if engine.fate().await != Fate::Crashed {
            return Err(EngineGone.into());
        }
        self.workshop.fleet.note_crash();
        let count = self.workshop.store.record_crash(input_sha256, self.workshop.clock.now()).await?;
        tracing::warn!(job = %self.job().id, input_sha256, count, "the engine crashed on this input");
        if count >= limits::CRASHES_MAX {
            return Ok(Ending::Failed(JobError::input_rejected()));
        }
        Err(EngineGone.into())
    }

    pub(super) fn job(&self) -> &Job {
        &self.claimed.job
    }

    pub(super) fn job_ref(&self) -> JobRef {
        JobRef { job_id: self.job().id.to_string(), attempt: self.job().state.epoch }
    }

    /// Returns the bill that follows.
    async fn record_probe(
        &self,
        assets: &mut [AssetRecord],
        probed: &[ProbedAsset],
    ) -> Result<Vec<Item>, Fault> {
        let kinds: Vec<_> = probed.iter().map(report::kind_from_probe).collect();
        let items = bill_from_probe(&self.job().credits.items, &kinds);
        for asset in &mut *assets {
            // A file that the template can do without may have failed.
            let found = probed.iter().find(|probe| probe.name == asset.name);
            asset.probe = found.map(report::record_from_probe);
        }
        self.workshop.store.record_probe(self.job(), assets, &items).await?;
        Ok(items)
    }

    async fn render(
        &self,
        engine: &mut Engine,
        plan: &Plan,
        assets: Vec<AssetFile>,
    ) -> Result<RenderReport, Fault> {
        let (id, epoch, files) = (&self.job().id, self.job().state.epoch, self.workshop.objects.local());
        files.remove_attempts_before(id, epoch).await?;
        tokio::fs::create_dir_all(files.attempt_dir(id, epoch)).await?;
        let (job, out_path) = (self.job_ref(), self.video_path());
        let wanted = RenderDesc { job, template: &plan.template, output: &plan.output, out_path: &out_path };
        let rendering = engine.render(wanted, assets).await;
        let mut rendering = rendering.map_err(|error| self.fault_from_question(error))?;
        let mut stored_at = None;
        loop {
            match rendering.next().await.map_err(|error| self.fault_from_question(error))? {
                Heard::Progress(event) => self.take_progress(&event, &mut stored_at).await?,
                Heard::Completed(report) => return Ok(report),
            }
        }
    }

    /// Stores progress now and then.
    async fn take_progress(&self, event: &Event, stored_at: &mut Option<Instant>) -> Result<(), Fault> {
        let Some(progress) = report::progress_from_event(event) else { return Ok(()) };
        if stored_at.is_some_and(|stored_at| stored_at.elapsed() < limits::PROGRESS_INTERVAL) {
            return Ok(());
        }
        *stored_at = Some(Instant::now());
        match self.workshop.store.record_progress(self.job(), &progress, self.workshop.clock.now()).await {
            Err(error @ (StoreError::Fenced { .. } | StoreError::IllegalStep(_))) => Err(error.into()),
            Err(error) => {
                tracing::warn!(job = %self.job().id, error = telemetry::chain(&error), "progress is not stored");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    async fn completed(&self, report: &RenderReport, warnings: Vec<Warning>) -> Result<Ending, Fault> {
        let path = self.video_path();
        let hashing = tokio::task::spawn_blocking(move || size_and_sha256(&path)).await;
        let file = hashing.map_err(io::Error::other)??;
        self.workshop.objects.publish_video(&self.job().id, self.job().state.epoch).await?;
        let engine_report = serde_json::to_value(report)?;
        let mut video = report::video_from_report(report, file, self.job().mode);
        video.warnings.splice(0..0, warnings);
        let progress = report::progress_from_report(report);
        Ok(Ending::Completed(Box::new(Completion { video, progress, engine_report })))
    }

    fn video_path(&self) -> PathBuf {
        self.workshop.objects.local().video(&self.job().id, self.job().state.epoch)
    }

    pub(super) fn fault_from_question(&self, error: QuestionError) -> Fault {
        match error {
            QuestionError::Gone(gone) => gone.into(),
            QuestionError::OutOfTurn => Fault::OutOfTurn,
            QuestionError::Stuck => Fault::TooSlow("a frame"),
            QuestionError::Failed(failure) => self.fault_from_failure(&failure),
        }
    }

    /// Bad input ends the job. Anything else that cannot be retried ends it too, but the reason is ours to know.
    fn fault_from_failure(&self, failure: &Failure) -> Fault {
        if failure.retryable {
            return Fault::Retryable(format!("{:?}: {}", failure.code, failure.message));
        }
        tracing::warn!(code = ?failure.code, message = failure.message, "the engine refuses the job for good");
        Fault::Final(Ending::Failed(report::error_from_failure(failure, self.job().mode)))
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

//! A dry run of a request: its files are fetched and probed as a job's would be, its times resolved or one
//! picture made, and nothing is kept.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use avs_protocol::{AssetFile, FailureCode, JobRef, ProbedAsset};
use avs_template::{Issue, MediaFacts, OutputSpec, Pointer, Template, Ticks, Timeline};
use tokio::io::AsyncReadExt as _;
use tokio::time::timeout;

use super::attempt::Fault;
use super::{Workshop, report};
use crate::domain::credits::{Item, bill_from_probe};
use crate::domain::job::{FieldError, Job, JobError, Mode, Warning};
use crate::engines::{Engine, Fate, QuestionError, StillDesc};
use crate::limits;
use crate::store::{Ending, NewJob, Project};
use crate::telemetry;

/// A dry run is tried once.
const ATTEMPT: u32 = 1;

/// What would become of a request.
#[derive(Debug)]
pub struct Preview {
    /// Width of the video.
    pub width: u32,
    /// Height of the video.
    pub height: u32,
    /// Frames per second.
    pub fps: u32,
    /// Frames it would have.
    pub frame_count: u64,
    /// What the files are, with the kind that decides the price.
    pub assets: Vec<(&'static str, ProbedAsset)>,
    /// The bill.
    pub items: Vec<Item>,
    /// What the caller should know.
    pub warnings: Vec<Warning>,
}

/// Why there is no preview.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The job would fail, for these reasons.
    #[error("the request breaks {} rule(s)", .0.len())]
    Invalid(Vec<FieldError>),
    /// It cannot be found out now.
    #[error("no engine can look into the files: {0}")]
    Unavailable(String),
}

impl From<Fault> for PreviewError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Final(Ending::Failed(error)) => Self::Invalid(fields_from_error(error)),
            Fault::Unfetched(error) => Self::Invalid(fields_from_error(*error)),
            fault => Self::Unavailable(telemetry::chain(&fault)),
        }
    }
}

impl Workshop {
    /// Does for a request what a job would begin with. The files of `new` lie in its job's workplace.
    ///
    /// # Errors
    /// [`PreviewError`].
    pub async fn preview(&self, new: &NewJob) -> Result<Preview, PreviewError> {
        let job = new.job(self.clock.now());
        let previewed = timeout(limits::PREVIEW_WAIT, self.probe_once(&job, new)).await;
        let late = |_elapsed| PreviewError::Unavailable("it took too long".to_owned());
        let probed = previewed.map_err(late)??;
        let kinds: Vec<_> = probed.iter().map(report::kind_from_probe).collect();
        let names = kinds.iter().map(|(_, kind)| kind.name());
        let timeline = timeline_from_probe(new, &probed)?;
        let warning = |warning: &avs_template::Warning| Warning {
            pointer: format!("/template{}", warning.pointer),
            code: warning.code.to_owned(),
            detail: warning.detail.clone(),
        };
        Ok(Preview {
            width: timeline.canvas.0,
            height: timeline.canvas.1,
            fps: timeline.fps.get(),
            frame_count: timeline.frame_count,
            warnings: timeline.warnings.iter().map(warning).collect(),
            items: bill_from_probe(&new.items, &kinds),
            assets: names.zip(probed).collect(),
        })
    }

    /// Makes the picture that the video of a request would show at a time: a PNG. The files of `new` lie in its job's
    /// workplace, and the picture is made there.
    ///
    /// # Errors
    /// [`PreviewError`].
    pub async fn still(&self, new: &NewJob, at_secs: f64) -> Result<Vec<u8>, PreviewError> {
        let job = new.job(self.clock.now());
        let made = timeout(limits::PREVIEW_WAIT, self.still_once(&job, new, at_secs)).await;
        Ok(made.map_err(|_elapsed| PreviewError::Unavailable("it took too long".to_owned()))??)
    }

    async fn probe_once(&self, job: &Job, new: &NewJob) -> Result<Vec<ProbedAsset>, Fault> {
        let (mut engine, assets) = self.engine_for_files(job, new).await?;
        let probed = engine.probe(job_ref(job), assets).await;
        match probed {
            Ok(probed) => Ok(probed),
            Err(error) => Err(self.fault_from_question(&mut engine, error).await),
        }
    }

    async fn still_once(&self, job: &Job, new: &NewJob, at_secs: f64) -> Result<Vec<u8>, Fault> {
        let files = self.objects.local();
        let (mut engine, assets) = self.engine_for_files(job, new).await?;
        tokio::fs::create_dir_all(files.attempt_dir(&job.id, ATTEMPT)).await?;
        let (Project { template, output, .. }, out_path) = (&new.project, files.still(&job.id, ATTEMPT));
        let wanted = StillDesc { job: job_ref(job), template, output, at_secs, out_path: &out_path };
        if let Err(error) = engine.still(wanted, assets).await {
            return Err(self.fault_from_question(&mut engine, error).await);
        }
        Ok(read_still(&out_path).await?)
    }

    async fn engine_for_files(&self, job: &Job, new: &NewJob) -> Result<(Engine, Vec<AssetFile>), Fault> {
        let assets = self.fetch_inputs(job, &new.project).await?;
        let recordings = self.unpack_recordings(job, &new.project, &assets).await?;
        let engine = self.fleet.lease().await?;
        Ok((engine, self.asset_files(job, &new.project.template, (&assets, &recordings))))
    }

    async fn fault_from_question(&self, engine: &mut Engine, error: QuestionError) -> Fault {
        match error {
            QuestionError::Gone(gone) => {
                if engine.fate().await == Fate::Crashed {
                    self.fleet.note_crash();
                }
                gone.into()
            }
            QuestionError::OutOfTurn => Fault::OutOfTurn,
            QuestionError::Stuck => Fault::TooSlow("a picture"),
            // A dry run blames the request for nothing but what is in it.
            QuestionError::Failed(failure) => match failure.code {
                FailureCode::InvalidTemplate | FailureCode::UnreadableMedia if !failure.retryable => {
                    Fault::Final(Ending::Failed(report::error_from_failure(&failure, Mode::Json)))
                }
                code => Fault::Retryable(format!("{code:?}: {}", failure.message)),
            },
        }
    }
}

fn job_ref(job: &Job) -> JobRef {
    JobRef { job_id: job.id.to_string(), attempt: ATTEMPT }
}

/// Reads what an engine has left. The process may have been taken over by a file: only a plain file of its own counts.
async fn read_still(path: &Path) -> io::Result<Vec<u8>> {
    let mut options = tokio::fs::OpenOptions::new();
    let file = options.read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path).await?;
    let facts = file.metadata().await?;
    if !facts.is_file() || facts.len() > limits::STILL_BYTES_MAX {
        return Err(io::Error::other("the engine left no picture of a usable size"));
    }
    let mut png = Vec::new();
    file.take(limits::STILL_BYTES_MAX).read_to_end(&mut png).await?;
    Ok(png)
}

fn timeline_from_probe(new: &NewJob, probed: &[ProbedAsset]) -> Result<Timeline, PreviewError> {
    let root = Pointer::root();
    let invalid = |issues: avs_template::Issues| {
        PreviewError::Invalid(issues.into_vec().into_iter().map(field_from_issue).collect())
    };
    let template = Template::from_value(&new.project.template, &root).map_err(invalid)?;
    let output = OutputSpec::from_value(&new.project.output, &root).map_err(invalid)?;
    let facts: BTreeMap<String, MediaFacts> =
        probed.iter().map(|asset| (asset.name.clone(), facts_from_probe(asset))).collect();
    Timeline::new(&template, &facts, &output).map_err(invalid)
}

fn facts_from_probe(asset: &ProbedAsset) -> MediaFacts {
    MediaFacts {
        duration: asset.duration_secs.map(Ticks::from_secs),
        size: asset.width_px.zip(asset.height_px),
        has_audio: asset.has_audio,
        ..MediaFacts::default()
    }
}

fn field_from_issue(issue: Issue) -> FieldError {
    FieldError {
        pointer: format!("/template{}", issue.pointer),
        code: issue.code.to_owned(),
        detail: issue.detail,
        suggestion: issue.suggestion,
    }
}

fn fields_from_error(error: JobError) -> Vec<FieldError> {
    if error.errors.is_empty() {
        let JobError { code, message, .. } = error;
        return vec![FieldError { pointer: String::new(), code, detail: message, suggestion: None }];
    }
    error.errors
}

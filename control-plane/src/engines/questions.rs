//! What is asked of an engine before it renders, or instead: what files are, what they look and sound like, and one
//! picture of a video.

use std::path::Path;

use avs_protocol::{AssetAnalysis, AssetFile, Command, Event, Failure, JobRef, ProbedAsset};
use serde_json::Value;

use super::session::{Engine, EngineGone};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum QuestionError {
    /// The process is gone.
    #[error(transparent)]
    Gone(#[from] EngineGone),
    /// It answers something else, or about something else.
    #[error("the engine answered out of turn")]
    OutOfTurn,
    /// Its render makes no progress, though the process still answers.
    #[error("the engine took too long")]
    Stuck,
    /// It cannot.
    #[error("the engine gave up: {}", .0.message)]
    Failed(Failure),
}

/// What was found in the files of a job.
#[derive(Debug, Clone, Default)]
pub struct Analysis {
    /// By file, in the order asked; fonts are left out.
    pub assets: Vec<AssetAnalysis>,
    /// Families of letters that the engine has, sorted.
    pub font_families: Vec<String>,
}

/// A picture of a video that is not made.
#[derive(Debug)]
pub struct StillDesc<'a> {
    /// Whose video it would be.
    pub job: JobRef,
    /// The document, as the caller sent it.
    pub template: &'a Value,
    /// The `output` of the request.
    pub output: &'a Value,
    /// When in the video.
    pub at_secs: f64,
    /// Where the PNG goes.
    pub out_path: &'a Path,
}

impl Engine {
    /// Asks what files are. The caller bounds the wait.
    ///
    /// # Errors
    /// [`QuestionError`].
    pub async fn probe(
        &mut self,
        job: JobRef,
        assets: Vec<AssetFile>,
    ) -> Result<Vec<ProbedAsset>, QuestionError> {
        self.send(Command::Probe { job: job.clone(), assets }).await?;
        match self.next().await? {
            Event::Probed { job: of, assets } if of == job => Ok(assets),
            Event::Failed { job: of, failure } if of == job => Err(QuestionError::Failed(failure)),
            _ => Err(QuestionError::OutOfTurn),
        }
    }

    /// Asks for the picture of a video at `at_secs`, to be written to `out_path`. The last question an engine takes. The
    /// caller bounds the wait.
    ///
    /// # Errors
    /// [`QuestionError`].
    pub async fn still(
        &mut self,
        wanted: StillDesc<'_>,
        assets: Vec<AssetFile>,
    ) -> Result<(), QuestionError> {
        let StillDesc { job, template, output, at_secs, out_path } = wanted;
        let still = Command::Still {
            job: job.clone(),
            template: template.clone(),
            output: output.clone(),
            assets,
            at_secs,
            out_path: out_path.to_string_lossy().into_owned(),
        };
        self.send(still).await?;
        match self.next().await? {
            Event::Pictured { job: of, .. } if of == job => Ok(()),
            Event::Failed { job: of, failure } if of == job => Err(QuestionError::Failed(failure)),
            _ => Err(QuestionError::OutOfTurn),
        }
    }

    /// Asks what files look and sound like. The caller bounds the wait.
    ///
    /// # Errors
    /// [`QuestionError`].
    pub async fn analyze(&mut self, job: JobRef, assets: Vec<AssetFile>) -> Result<Analysis, QuestionError> {
        let names: Vec<String> = assets.iter().map(|asset| asset.name.clone()).collect();
        self.send(Command::Analyze { job: job.clone(), assets }).await?;
        let mut found: Vec<AssetAnalysis> = Vec::new();
        loop {
            match self.next().await? {
                Event::Analyzed { job: of, analysis } if of == job && names.contains(&analysis.name) => {
                    if found.iter().any(|known| known.name == analysis.name) {
                        return Err(QuestionError::OutOfTurn);
                    }
                    tracing::debug!(
                        job = job.job_id,
                        done = found.len() + 1,
                        of = names.len(),
                        "a file is analysed"
                    );
                    found.push(*analysis);
                }
                Event::AnalysisEnded { job: of, font_families } if of == job => {
                    return Ok(Analysis { assets: found, font_families });
                }
                Event::Failed { job: of, failure } if of == job => {
                    return Err(QuestionError::Failed(failure));
                }
                _ => return Err(QuestionError::OutOfTurn),
            }
        }
    }
}

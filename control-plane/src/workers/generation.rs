//! The part of an attempt that only prompts have: the files are looked into, and a creator makes a template.

use std::sync::Arc;

use avs_creator::CreateError;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::attempt::{Attempt, Fault};
use super::briefs::{brief_from_analysis, warnings_from_notes};
use super::inputs::Uses;
use super::recordings::Recordings;
use crate::creator::{Creation, CreatorError};
use crate::domain::credits::{Item, bill_from_use};
use crate::domain::job::{FieldError, JobError, Warning};
use crate::domain::lifecycle::Phase;
use crate::engines::Engine;
use crate::limits;
use crate::store::{AssetRecord, Ending};

/// What is rendered.
pub(super) struct Plan {
    pub(super) template: Value,
    pub(super) output: Value,
    /// What the caller should know of how it came about.
    pub(super) warnings: Vec<Warning>,
}

impl Attempt {
    /// Makes a template of the prompt, unless an attempt before this one has: a render needs no creator twice.
    pub(super) async fn generate(
        &self,
        engine: &mut Engine,
        (assets, recordings): (&[AssetRecord], &Recordings),
        items: &[Item],
    ) -> Result<Plan, Fault> {
        let (job, project, store) = (self.job(), &self.claimed.project, &self.workshop.store);
        if !project.template.is_null() {
            let (template, output) = (project.template.clone(), project.output.clone());
            return Ok(Plan { template, output, warnings: warnings_from_trace(self.claimed.trace.as_ref()) });
        }
        store.advance_job(job, Phase::Generating, self.workshop.clock.now()).await?;
        let files = self.workshop.asset_files(job, &Value::Null, (assets, recordings));
        let analysis = timeout(limits::ANALYSIS_WAIT, engine.analyze(self.job_ref(), files)).await;
        let analysis = analysis.map_err(|_elapsed| Fault::TooSlow("looking into the files"))?;
        let analysis = analysis.map_err(|error| self.fault_from_question(error))?;
        let prompt = project.prompt.as_deref().unwrap_or_default();
        let brief = brief_from_analysis((prompt, &project.output), assets, &analysis, recordings);
        let brief = Arc::new(brief);
        let created = timeout(limits::CREATOR_WAIT, self.workshop.creator.create(Arc::clone(&brief))).await;
        let creation = match created.map_err(|_elapsed| Fault::TooSlow("the creator"))? {
            Ok(creation) => creation,
            Err(CreatorError::Create(CreateError::Impossible { detail })) => {
                return Err(Fault::Final(Ending::Failed(generation_failed(&detail))));
            }
            Err(error) => return Err(error.into()),
        };
        let Creation { template, output, mut trace, notes, mut warnings } = creation;
        warnings.extend(warnings_from_notes(&notes, &brief, assets, recordings));
        trace["warnings"] = json!(warnings);
        let uses = Uses::of_template(&template);
        let sound = |name: &str| recordings.get(name).and_then(|recording| recording.sound.as_deref());
        let items = bill_from_use(items, |name| {
            uses.names(name) || sound(name).is_some_and(|sound| uses.names(sound))
        });
        store.record_template(job, (&template, &output), &trace, &items).await?;
        Ok(Plan { template, output, warnings })
    }
}

fn generation_failed(detail: &str) -> JobError {
    let code = "generation_failed".to_owned();
    let field =
        FieldError { pointer: "/prompt".to_owned(), code, detail: detail.to_owned(), suggestion: None };
    JobError { errors: vec![field], ..JobError::generation_failed(detail.to_owned()) }
}

fn warnings_from_trace(trace: Option<&Value>) -> Vec<Warning> {
    let warnings = trace.and_then(|trace| serde_json::from_value(trace["warnings"].clone()).ok());
    warnings.unwrap_or_default()
}

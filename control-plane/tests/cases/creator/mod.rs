//! From a prompt to a video: whatever the prompt, the files or the model, there is a video or a reason, and the bill is right.

mod command;
mod injection;
mod models;
mod prompts;
mod recordings;

use std::collections::BTreeSet;

use avs::domain::ids::JobId;
use avs::store::ProjectRecord;
use serde_json::{Value, json};

use crate::harness::{Server, Upload};

pub(super) const FROM_PROMPT: &str = "/api/v1/videos/from-prompt";

/// Sends a prompt with files; returns the job at its end.
pub(super) async fn ended(server: &Server, prompt: &str, files: &[Upload<'_>]) -> Value {
    let answer = server.post_files_to(FROM_PROMPT, &json!({ "prompt": prompt }), files).await;
    server.ended(&Server::accepted(&answer)).await
}

/// The hidden project behind a job.
pub(super) async fn project(server: &Server, job: &Value) -> ProjectRecord {
    let id = JobId::parse(job["jobId"].as_str().unwrap()).unwrap();
    server.store().await.project(&id).await.unwrap()
}

/// Names of all files that a template uses, each once, in alphabetical order.
fn sources(template: &Value) -> Vec<String> {
    let template = avs_template::Template::from_value(template, &avs_template::Pointer::root()).unwrap();
    let names: BTreeSet<&str> = template.sources().map(|(_, source)| source.key()).collect();
    names.into_iter().map(str::to_owned).collect()
}

/// Fails unless the job failed with this code at this place, and nothing was charged.
#[track_caller]
fn assert_failed(job: &Value, code: &str, field: (&str, &str)) {
    assert_eq!((&job["status"], &job["error"]["code"]), (&json!("failed"), &json!(code)), "{job}");
    let error = &job["error"]["errors"][0];
    assert_eq!((error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap()), field, "{job}");
    assert_eq!(job["credits"], json!({ "reserved": 0, "charged": 0, "items": [] }));
}

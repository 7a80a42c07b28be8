//! Plans with a language model of the operator's choice. What it answers is held to the storyboard's rules; what it cannot
//! mend in two rounds, the built-in planner makes instead.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use avs_creator::model::{
    Message, messages_from_brief, repair_from_error, storyboard_from_answer, storyboard_schema,
};
use avs_creator::{Brief, Storyboard};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::built_in::created;
use super::chat::{Chat, ChatError, Form};
use super::settings::{CreatorSettingsError, ModelSettings};
use super::{Creation, Creator, CreatorError};
use crate::domain::job::Warning;
use crate::telemetry;

/// Rounds in which a model may mend its storyboard: what two do not mend, a third rarely does.
const REPAIRS_MAX: usize = 2;

/// Asks a model.
#[derive(Debug)]
pub struct ModelCreator {
    chat: Chat,
    /// The rung of [`Form::LADDER`] that this server has last obeyed, plus one; 0 where it has not been asked yet.
    obeyed: AtomicUsize,
}

impl ModelCreator {
    pub(super) fn new(settings: &ModelSettings) -> Result<Self, CreatorSettingsError> {
        Ok(Self { chat: Chat::new(settings.clone())?, obeyed: AtomicUsize::new(0) })
    }

    async fn planned(&self, brief: Arc<Brief>) -> Result<Creation, CreatorError> {
        let begun = Instant::now();
        let mut rounds = Vec::new();
        let storyboard = self.storyboard(&brief, &mut rounds).await;
        let mut creation = match storyboard {
            Ok(storyboard) => {
                let of_model = Arc::clone(&brief);
                match created(move || avs_creator::create_from_model(storyboard, &of_model)).await {
                    Ok(creation) => creation,
                    Err(error) => self.fallen_back(brief, &error).await?,
                }
            }
            Err(error) => self.fallen_back(brief, &error).await?,
        };
        creation.trace["model"] = json!(self.chat.model());
        creation.trace["rounds"] = Value::Array(rounds);
        let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        creation.trace["elapsedMillis"] = json!(millis);
        Ok(creation)
    }

    async fn storyboard(&self, brief: &Brief, rounds: &mut Vec<Value>) -> Result<Storyboard, ModelError> {
        let (mut messages, schema) = (messages_from_brief(brief), storyboard_schema(brief));
        for repairs in 0..=REPAIRS_MAX {
            let (form, answer) = self.answer(&messages, &schema).await.inspect_err(|error| {
                rounds.push(json!({ "error": telemetry::chain(error) }));
            })?;
            let error = match storyboard_from_answer(&answer, brief) {
                Ok(storyboard) => {
                    rounds.push(json!({ "form": form.name(), "issues": [] }));
                    return Ok(storyboard);
                }
                Err(error) => error,
            };
            let issues: Vec<Value> = error
                .issues()
                .iter()
                .map(|issue| json!({ "pointer": issue.pointer, "code": issue.code }))
                .collect();
            rounds.push(json!({ "form": form.name(), "issues": issues }));
            tracing::debug!(repairs, count = issues.len(), "the model's storyboard breaks rules");
            messages.extend([Message::of_assistant(answer), repair_from_error(&error)]);
        }
        Err(ModelError::Unmended)
    }

    /// Asks in the best form that the server obeys; finds out which that is, and remembers.
    async fn answer(&self, messages: &[Message], schema: &Value) -> Result<(Form, String), ModelError> {
        let known = self.obeyed.load(Ordering::Relaxed).checked_sub(1);
        let first = known.unwrap_or(0);
        let last = Form::LADDER.len() - 1;
        for (rung, form) in Form::LADDER.into_iter().enumerate().skip(first) {
            match self.chat.ask(form, messages, schema).await {
                // One that talks instead of answering in JSON has not obeyed.
                Ok(words) if known.is_none() && rung < last && !words.contains('{') => {}
                Ok(words) => {
                    self.obeyed.store(rung + 1, Ordering::Relaxed);
                    return Ok((form, words));
                }
                Err(ChatError::FormRefused(_)) if rung < last => {}
                Err(error) => {
                    if matches!(error, ChatError::FormRefused(_)) {
                        // It may have been replaced by another; the next job looks again.
                        self.obeyed.store(0, Ordering::Relaxed);
                    }
                    return Err(error.into());
                }
            }
            tracing::info!(form = form.name(), "the model server does not take this form of question");
        }
        Err(ModelError::Unmended)
    }

    /// Lets the built-in planner do it.
    async fn fallen_back(
        &self,
        brief: Arc<Brief>,
        error: &(dyn std::error::Error + Send + Sync + 'static),
    ) -> Result<Creation, CreatorError> {
        let reason = telemetry::chain(error);
        tracing::warn!(reason, "the built-in planner takes over from the model");
        metrics::counter!("creator_fallbacks_total").increment(1);
        let mut creation = created(move || avs_creator::create(&brief)).await?;
        creation.trace["fellBack"] = json!(reason);
        creation.warnings.push(Warning {
            pointer: "/prompt".to_owned(),
            code: "creator_fell_back".to_owned(),
            detail: "the language model gave no usable plan; the built-in planner has made this video"
                .to_owned(),
        });
        Ok(creation)
    }
}

impl Creator for ModelCreator {
    fn create(&self, brief: Arc<Brief>) -> BoxFuture<'_, Result<Creation, CreatorError>> {
        Box::pin(self.planned(brief))
    }
}

/// Why a model has made no storyboard.
#[derive(Debug, thiserror::Error)]
enum ModelError {
    #[error(transparent)]
    Chat(#[from] ChatError),
    #[error("the model's storyboard still breaks rules after {REPAIRS_MAX} repairs")]
    Unmended,
}

//! One question to a model server and its answer: bounded in time and size, tried again where that can help. The operator
//! has named the server, so it may be anywhere, this machine included; its words reach no log.

use std::time::Duration;

use avs_creator::model::{ANSWER_BYTES_MAX, Message, SCHEMA_NAME};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout_at};

use super::chat_answer::words_from_body;
use super::settings::{ApiKey, CreatorSettingsError, ModelSettings};
use crate::limits;

/// How a server is asked to keep to the storyboard's schema; best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `response_format` with a strict schema.
    Schema,
    /// `response_format` that wants any JSON object; the task describes it.
    Object,
    /// The call of a tool that takes a storyboard.
    Tool,
}

impl Form {
    pub(super) const LADDER: [Self; 3] = [Self::Schema, Self::Object, Self::Tool];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Schema => "json_schema",
            Self::Object => "json_object",
            Self::Tool => "tool_call",
        }
    }
}

/// Why there is no answer. None of these holds a word of the server's: it may echo the key.
#[derive(Debug, thiserror::Error)]
pub(super) enum ChatError {
    #[error("the model server cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    #[error("the model server took too long")]
    TooSlow,
    #[error("the model server answered with status {}", .0.as_u16())]
    Status(StatusCode),
    #[error("the model server does not take this form of question (status {})", .0.as_u16())]
    FormRefused(StatusCode),
    #[error("the model server is busy for longer than is waited")]
    Busy,
    #[error("the model server answered with something else than JSON")]
    ContentType,
    #[error("the model server's answer is longer than {ANSWER_BYTES_MAX} bytes")]
    TooLarge,
    #[error("the model server's answer is not JSON")]
    Malformed(#[source] serde_json::Error),
    #[error("the model's answer is empty")]
    Empty,
    #[error("the model declined to answer")]
    Declined,
    #[error("the model's answer was cut short")]
    CutShort,
}

/// A model server.
#[derive(Debug)]
pub(super) struct Chat {
    client: reqwest::Client,
    settings: ModelSettings,
    /// The header that carries its key.
    bearer: Option<HeaderValue>,
}

impl Chat {
    pub(super) fn new(settings: ModelSettings) -> Result<Self, CreatorSettingsError> {
        crate::system::install_tls();
        let bearer = settings.key.as_ref().map(ApiKey::bearer).transpose()?;
        let client = reqwest::Client::builder()
            .user_agent(concat!("AVS-Render/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            // A key goes where the operator has sent it, and no further.
            .redirect(Policy::none())
            .connect_timeout(limits::MODEL_CONNECT_WAIT)
            .build()?;
        Ok(Self { client, settings, bearer })
    }

    pub(super) fn model(&self) -> &str {
        &self.settings.model
    }

    /// Asks, and waits for the answer: all in all no longer than the settings say.
    pub(super) async fn ask(
        &self,
        form: Form,
        messages: &[Message],
        schema: &Value,
    ) -> Result<String, ChatError> {
        let until = Instant::now() + self.settings.wait;
        let body = self.question(form, messages, schema).to_string();
        let mut faults = 0;
        let mut pause = limits::MODEL_RETRY_PAUSE;
        loop {
            let error = match timeout_at(until, self.ask_once(form, &body)).await {
                Err(_elapsed) => return Err(ChatError::TooSlow),
                Ok(Err(Trouble::Later(wait))) => {
                    // A server that is busy must not be hammered, whatever it says.
                    pause = wait.unwrap_or(pause * 2).max(limits::MODEL_RETRY_PAUSE);
                    ChatError::Busy
                }
                Ok(Err(Trouble::Fault(error))) => {
                    faults += 1;
                    if faults > 1 {
                        return Err(error);
                    }
                    error
                }
                Ok(Err(Trouble::Final(error))) => return Err(error),
                Ok(Ok(words)) => return Ok(self.without_key(words)),
            };
            if until.saturating_duration_since(Instant::now()) <= pause {
                return Err(error);
            }
            sleep(pause).await;
        }
    }

    fn question(&self, form: Form, messages: &[Message], schema: &Value) -> Value {
        let mut question = json!({ "model": self.settings.model, "messages": messages, "stream": false });
        match form {
            Form::Schema => {
                let schema = json!({ "name": SCHEMA_NAME, "strict": true, "schema": schema });
                question["response_format"] = json!({ "type": "json_schema", "json_schema": schema });
            }
            Form::Object => question["response_format"] = json!({ "type": "json_object" }),
            Form::Tool => {
                let function = json!({ "name": SCHEMA_NAME, "description": "Takes the storyboard.", "parameters": schema });
                question["tools"] = json!([ { "type": "function", "function": function } ]);
                question["tool_choice"] = json!({ "type": "function", "function": { "name": SCHEMA_NAME } });
            }
        }
        question
    }

    async fn ask_once(&self, form: Form, body: &str) -> Result<String, Trouble> {
        let mut request = self.client.post(self.settings.url.clone());
        request = request.header(CONTENT_TYPE, "application/json").header(ACCEPT, "application/json");
        if let Some(bearer) = &self.bearer {
            request = request.header(AUTHORIZATION, bearer.clone());
        }
        let answer = request.body(body.to_owned()).send().await;
        // The URL may hold a key of the operator's own making.
        let answer = answer.map_err(|error| Trouble::Fault(ChatError::Unreachable(error.without_url())))?;
        if let Some(trouble) = trouble_from_status(&answer) {
            return Err(trouble);
        }
        let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind != "application/json" && !kind.ends_with("+json") {
            return Err(Trouble::Final(ChatError::ContentType));
        }
        let body = body_from_answer(answer).await?;
        words_from_body(&body, form).map_err(Trouble::Final)
    }

    /// A server that echoes what it was sent must not get the key into a video.
    fn without_key(&self, words: String) -> String {
        match &self.settings.key {
            // Servers without keys are given short words such as `none`, which videos may say.
            Some(key) if key.as_str().len() >= limits::MODEL_KEY_BYTES_MIN => words.replace(key.as_str(), ""),
            Some(_) | None => words,
        }
    }
}

/// What can be done about an attempt that failed.
enum Trouble {
    /// Ask again after so long.
    Later(Option<Duration>),
    /// Ask again once.
    Fault(ChatError),
    /// Nothing.
    Final(ChatError),
}

fn trouble_from_status(answer: &Response) -> Option<Trouble> {
    let status = answer.status();
    match status.as_u16() {
        200..=299 => None,
        429 => {
            let wait =
                answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
            Some(Trouble::Later(wait.map(Duration::from_secs)))
        }
        // What servers say to a `response_format` or a tool that they do not know; one that lacks a feature says 501.
        400 | 404 | 405 | 415 | 422 | 501 => Some(Trouble::Final(ChatError::FormRefused(status))),
        500..=599 => Some(Trouble::Fault(ChatError::Status(status))),
        _ => Some(Trouble::Final(ChatError::Status(status))),
    }
}

async fn body_from_answer(mut answer: Response) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    loop {
        let piece = answer.chunk().await;
        let piece = piece.map_err(|error| Trouble::Fault(ChatError::Unreachable(error.without_url())))?;
        let Some(piece) = piece else { return Ok(body) };
        if body.len() + piece.len() > ANSWER_BYTES_MAX {
            return Err(Trouble::Final(ChatError::TooLarge));
        }
        body.extend_from_slice(&piece);
    }
}

//! Which creator an operator wants. The key of a model server is shown to nobody but that server.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderValue;

use super::{BuiltInCreator, Creator, ModelCreator};
use crate::{keys, limits};

/// Which creator makes templates of prompts.
#[derive(Debug, Clone, clap::Args)]
pub struct CreatorSettings {
    /// Server of a language model that plans videos, with an OpenAI-compatible API, such as `http://127.0.0.1:11434` or
    /// `https://api.openai.com` [default: none; the built-in planner works without].
    #[arg(long = "creator-model-url", env = "AVS_CREATOR_MODEL_URL", value_name = "URL", requires = "model")]
    pub model_url: Option<String>,
    /// Name of the model.
    #[arg(long = "creator-model", env = "AVS_CREATOR_MODEL", value_name = "NAME")]
    pub model: Option<String>,
    /// Key of that server; better given as a variable or a file than as an argument.
    #[arg(long = "creator-api-key", env = "AVS_CREATOR_API_KEY", value_name = "KEY", hide_env_values = true)]
    pub api_key: Option<ApiKey>,
    /// File that holds the key.
    #[arg(long = "creator-api-key-file", env = "AVS_CREATOR_API_KEY_FILE", value_name = "FILE")]
    pub api_key_file: Option<PathBuf>,
    /// Time for one answer of the model, with what is tried again.
    #[arg(long = "creator-wait-millis", env = "AVS_CREATOR_WAIT_MILLIS", hide = true,
          default_value_t = limits::MODEL_WAIT_MILLIS)]
    pub wait_millis: u64,
}

/// Why a model cannot be asked with these settings.
#[derive(Debug, thiserror::Error)]
pub enum CreatorSettingsError {
    /// Not the address of a server.
    #[error("--creator-model-url must be http:// or https://, without a user name or password in it")]
    Url,
    /// Only one of the two is used.
    #[error("--creator-api-key and --creator-api-key-file are both set; set one of them")]
    TwoKeys,
    /// The file cannot be read.
    #[error("the key in {path} cannot be read")]
    KeyFile {
        /// Which file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The key is no header value.
    #[error("the key of the model server has characters that no key has")]
    Key,
    /// TLS cannot be set up.
    #[error("the model server cannot be asked")]
    Client(#[from] reqwest::Error),
}

/// A key that prints as nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// Its characters; for the request alone.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The header that carries it.
    pub(super) fn bearer(&self) -> Result<HeaderValue, CreatorSettingsError> {
        let value = HeaderValue::from_str(&format!("Bearer {}", self.0));
        let mut value = value.ok().ok_or(CreatorSettingsError::Key)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKey(withheld)")
    }
}

impl FromStr for ApiKey {
    type Err = std::convert::Infallible;

    fn from_str(key: &str) -> Result<Self, Self::Err> {
        Ok(Self(key.trim().to_owned()))
    }
}

impl CreatorSettings {
    /// The creator that these settings want.
    ///
    /// # Errors
    /// [`CreatorSettingsError`].
    pub fn creator(&self) -> Result<Arc<dyn Creator>, CreatorSettingsError> {
        match self.model()? {
            Some(model) => Ok(Arc::new(ModelCreator::new(&model)?)),
            None => Ok(Arc::new(BuiltInCreator)),
        }
    }

    /// The model that these settings name, if they do.
    ///
    /// # Errors
    /// [`CreatorSettingsError`].
    fn model(&self) -> Result<Option<ModelSettings>, CreatorSettingsError> {
        let (Some(url), Some(model)) = (&self.model_url, &self.model) else { return Ok(None) };
        let key = match (&self.api_key, &self.api_key_file) {
            (Some(_), Some(_)) => return Err(CreatorSettingsError::TwoKeys),
            (Some(key), None) => Some(key.clone()),
            (None, Some(path)) => {
                let text = keys::secret_from_file(path).map_err(|source| CreatorSettingsError::KeyFile {
                    path: path.display().to_string(),
                    source,
                })?;
                Some(ApiKey(text))
            }
            (None, None) => None,
        };
        Ok(Some(ModelSettings {
            url: chat_url(url)?,
            model: model.clone(),
            key: key.filter(|key| !key.0.is_empty()),
            wait: Duration::from_millis(self.wait_millis),
        }))
    }
}

/// A model and where it is.
#[derive(Debug, Clone)]
pub(super) struct ModelSettings {
    pub(super) url: Url,
    pub(super) model: String,
    pub(super) key: Option<ApiKey>,
    pub(super) wait: Duration,
}

/// Operators give what their server's page says: the host, the base with `/v1`, or the whole.
fn chat_url(text: &str) -> Result<Url, CreatorSettingsError> {
    let mut url = Url::parse(text).ok().ok_or(CreatorSettingsError::Url)?;
    let plain = url.username().is_empty() && url.password().is_none();
    if !matches!(url.scheme(), "http" | "https") || !plain {
        return Err(CreatorSettingsError::Url);
    }
    let path = url.path().trim_end_matches('/').to_owned();
    if path.ends_with("/chat/completions") {
        return Ok(url);
    }
    let version = if path.ends_with("/v1") { "" } else { "/v1" };
    url.set_path(&format!("{path}{version}/chat/completions"));
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_name_a_server_leads_to_its_chat() {
        for (given, url) in [
            ("http://127.0.0.1:11434", "http://127.0.0.1:11434/v1/chat/completions"),
            ("https://api.example.com/v1/", "https://api.example.com/v1/chat/completions"),
            ("https://example.com/llm/v1", "https://example.com/llm/v1/chat/completions"),
            ("https://example.com/v1/chat/completions", "https://example.com/v1/chat/completions"),
        ] {
            assert_eq!(chat_url(given).unwrap().as_str(), url);
        }
        for given in ["localhost", "file:///etc/passwd", "https://me:secret@example.com", ""] {
            assert!(chat_url(given).is_err(), "{given}");
        }
    }

    #[test]
    fn a_key_prints_as_nothing() {
        let key: ApiKey = "  unspeakable\n".parse().unwrap();
        assert_eq!(key.as_str(), "unspeakable");
        let url = chat_url("http://127.0.0.1").unwrap();
        let settings =
            ModelSettings { url, model: "m".into(), key: Some(key.clone()), wait: Duration::from_secs(1) };
        let header = key.bearer().unwrap();
        assert!(!format!("{key:?} {settings:?} {header:?}").contains("unspeakable"));
        assert!("a\u{1}b".parse::<ApiKey>().unwrap().bearer().is_err());
    }
}

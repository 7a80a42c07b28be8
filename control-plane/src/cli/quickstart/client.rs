//! A client of the public API, as small as a customer's first script.

use std::path::Path;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;

use super::QuickstartError;
use super::clip::Clip;

/// Longest silence of the server.
const ANSWER_WAIT: Duration = Duration::from_secs(60);

/// How often a busy server is asked again, and how long after: the pause that its `Retry-After` names.
const BUSY_TRIES: u32 = 5;
const BUSY_PAUSE: Duration = Duration::from_secs(1);

/// Asks one server with one token.
pub(super) struct ApiClient {
    http: reqwest::Client,
    base_url: String,
    token: String,
}

/// What an answer says of a job.
pub(super) struct Job {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) phase: String,
    /// 0.0 to 1.0.
    pub(super) fraction: f64,
    pub(super) charged_credits: i64,
    /// Empty where there is none.
    pub(super) error_detail: String,
    /// Empty before there is a video.
    download_url: String,
}

impl ApiClient {
    pub(super) fn new(base_url: &str, token: &str) -> Result<Self, QuickstartError> {
        crate::system::install_tls();
        // The server is on this machine: no proxy leads to it.
        let http = reqwest::Client::builder().no_proxy().read_timeout(ANSWER_WAIT).build();
        let http = http.map_err(|source| QuickstartError::Http { url: base_url.to_owned(), source })?;
        Ok(Self { http, base_url: base_url.to_owned(), token: token.to_owned() })
    }

    /// Posts the job; again where the server says that it is busy for now, as every client should.
    pub(super) async fn create(&self, clip: &Clip) -> Result<Job, QuickstartError> {
        let url = self.url();
        let mut tries_left = BUSY_TRIES;
        loop {
            let answer = self.json(self.http.post(&url).multipart(form_of(clip).await?), &url).await;
            match answer {
                Err(QuickstartError::Refused { status: 429 | 503, .. }) if tries_left > 0 => {
                    tries_left -= 1;
                    tokio::time::sleep(BUSY_PAUSE).await;
                }
                answer => return Ok(job_from_json(&answer?)),
            }
        }
    }

    /// How a job stands.
    pub(super) async fn job(&self, id: &str) -> Result<Job, QuickstartError> {
        let url = format!("{}/api/v1/jobs/{id}", self.base_url);
        Ok(job_from_json(&self.json(self.http.get(&url), &url).await?))
    }

    /// Writes the video of a job to `out`, whole or not at all.
    pub(super) async fn download(&self, job: &Job, out: &Path) -> Result<(), QuickstartError> {
        let url = &job.download_url;
        let failed = |source| QuickstartError::Http { url: url.clone(), source };
        let answer = self.http.get(url).send().await.and_then(reqwest::Response::error_for_status);
        let mut bytes = answer.map_err(failed)?.bytes_stream();
        let part = out.with_extension("mp4.part");
        let mut file = tokio::fs::File::create(&part).await?;
        while let Some(piece) = bytes.try_next().await.map_err(failed)? {
            file.write_all(&piece).await?;
        }
        file.sync_all().await?;
        Ok(tokio::fs::rename(part, out).await?)
    }

    /// The request of [`Self::create`] for a shell.
    pub(super) fn command_line(&self, clip: &Clip) -> String {
        let path = |path: &Path| super::absolute(path).display().to_string().replace('\'', r"'\''");
        let files: Vec<String> =
            clip.files.iter().map(|file| format!("-F 'files=@{}'", path(file))).collect();
        format!(
            "curl -H 'Authorization: Bearer {}' \\\n  -F 'request=<{}' \\\n  {} \\\n  {}",
            self.token,
            path(&clip.request),
            files.join(" \\\n  "),
            self.url()
        )
    }

    fn url(&self) -> String {
        format!("{}/api/v1/videos/from-json", self.base_url)
    }

    async fn json(&self, request: reqwest::RequestBuilder, url: &str) -> Result<Value, QuickstartError> {
        let failed = |source| QuickstartError::Http { url: url.to_owned(), source };
        let answer = request.bearer_auth(&self.token).send().await.map_err(failed)?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(failed)?;
        match serde_json::from_slice(&bytes) {
            Ok(json) if status.is_success() => Ok(json),
            _ => Err(QuickstartError::Refused {
                url: url.to_owned(),
                status: status.as_u16(),
                detail: String::from_utf8_lossy(&bytes).into_owned(),
            }),
        }
    }
}

async fn form_of(clip: &Clip) -> Result<Form, QuickstartError> {
    let mut form = Form::new().text("request", std::fs::read_to_string(&clip.request)?);
    for file in &clip.files {
        form = form.part("files", Part::file(file).await?);
    }
    Ok(form)
}

fn job_from_json(json: &Value) -> Job {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Job {
        id: text(&json["jobId"]),
        status: text(&json["status"]),
        phase: text(&json["phase"]),
        fraction: json["progress"]["fraction"].as_f64().unwrap_or_default(),
        charged_credits: json["credits"]["charged"].as_i64().unwrap_or_default(),
        error_detail: if json["error"].is_null() { String::new() } else { json["error"].to_string() },
        download_url: text(&json["result"]["downloadUrl"]),
    }
}

//! The requests of the load, and what their answers say.

use anyhow::{Context, bail};
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};

use super::generator::Answer;
use super::server::Server;

/// A template of about the size that callers send.
const BODY_BYTES: usize = 2 << 10;

/// Makes the requests of one account.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    host: String,
    authorization: String,
    body: Bytes,
}

impl Caller {
    /// Of the server as it runs now.
    pub(crate) fn of(server: &Server) -> anyhow::Result<Self> {
        let authorization = format!("Bearer {}", server.token());
        Ok(Self { host: server.api()?.to_string(), authorization, body: template()? })
    }

    /// Asks for a video under an idempotency key.
    pub(crate) fn post(&self, key: &str) -> Request<Full<Bytes>> {
        let mut request = self.request("POST", "/api/v1/videos/from-json", self.body.clone());
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("application/json"));
        headers.insert("idempotency-key", key.parse().expect("a key is plain text"));
        request
    }

    /// Asks about a job.
    pub(crate) fn get_job(&self, id: &str) -> Request<Full<Bytes>> {
        self.get(&format!("/api/v1/jobs/{id}"))
    }

    /// Asks for anything.
    pub(crate) fn get(&self, path: &str) -> Request<Full<Bytes>> {
        self.request("GET", path, Bytes::new())
    }

    fn request(&self, method: &str, path: &str, body: Bytes) -> Request<Full<Bytes>> {
        Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, &self.host)
            .header(AUTHORIZATION, &self.authorization)
            .body(Full::new(body))
            .expect("method, path and headers are plain text")
    }
}

/// Blocks of text until it is large enough.
fn template() -> anyhow::Result<Bytes> {
    let mut blocks = Vec::new();
    loop {
        let start = blocks.len() * 5;
        blocks.push(serde_json::json!({ "type": "text", "start": start, "duration": 5,
            "text": format!("Now shipping, part {}: everything that was promised", blocks.len() + 1) }));
        let document =
            serde_json::json!({ "template": { "version": "1", "name": "load", "blocks": blocks } });
        let body = serde_json::to_vec(&document)?;
        if body.len() >= BODY_BYTES {
            return Ok(body.into());
        }
    }
}

/// The job that an answer is about.
pub(crate) fn job_id(answer: &Answer) -> anyhow::Result<String> {
    let document: serde_json::Value = serde_json::from_slice(&answer.body)?;
    Ok(document["jobId"].as_str().context("an answer names its job")?.to_owned())
}

/// The error where the answers are not all as they should be; one of them tells why.
pub(crate) fn expect_all(answers: &[Answer], status: u16) -> anyhow::Result<()> {
    match answers.iter().find(|answer| answer.status != status) {
        Some(answer) => bail!("status {}: {}", answer.status, String::from_utf8_lossy(&answer.body)),
        None => Ok(()),
    }
}

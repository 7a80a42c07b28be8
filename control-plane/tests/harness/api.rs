//! Requests to the API as a client makes them.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use super::Server;
use super::contract::assert_conforms;

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{self:?}"))
    }

    /// A header as text.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name} in {self:?}")).to_str().unwrap()
    }
}

/// A file to be sent.
pub(crate) struct Upload<'a>(pub(crate) &'a str, pub(crate) &'a [u8]);

/// A template whose name tells the fake engine what to do, with one block for each upload.
pub(crate) fn template(name: &str, uploads: &[&str]) -> Value {
    let text = json!({ "type": "text", "start": 0, "duration": 5, "text": "Now shipping" });
    let media = |upload: &&str| {
        let kind = if upload.ends_with(".mp3") { "audio" } else { "video" };
        json!({ "type": kind, "start": 0, "duration": 5, "source": { "uploadName": upload } })
    };
    let blocks: Vec<Value> = uploads.iter().map(media).chain([text]).collect();
    json!({ "version": "1", "name": name, "blocks": blocks })
}

impl Server {
    /// Sends a request as built by `build`, with the account's token unless it sets another.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        build: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Answer {
        self.try_send(method, path, build).await.unwrap()
    }

    /// As [`Self::send`], to a server that may break off.
    pub(crate) async fn try_send(
        &self,
        method: Method,
        path: &str,
        build: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> reqwest::Result<Answer> {
        rustls::crypto::ring::default_provider().install_default().ok();
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        let client = Client::builder().no_proxy().build().unwrap();
        let name = method.to_string();
        let mut request = build(client.request(method, url)).build().unwrap();
        if !request.headers().contains_key(AUTHORIZATION) {
            request.headers_mut().insert(AUTHORIZATION, format!("Bearer {}", self.token).parse().unwrap());
        }
        let response = client.execute(request).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let answer = Answer { status, headers, bytes: response.bytes().await?.to_vec() };
        assert_conforms(&name, path, status, &answer.headers, &answer.bytes);
        if status == 202 && path.starts_with("/api/v1/videos/") {
            self.examined.store(false, Ordering::Relaxed);
            self.accepted.lock().unwrap().insert(Self::accepted(&answer));
        }
        Ok(answer)
    }

    /// Gets a path, or a whole URL.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, |request| request).await
    }

    /// Posts JSON to `from-json`.
    pub(crate) async fn post_json(&self, body: &Value) -> Answer {
        self.post_raw("application/json", body.to_string().into_bytes()).await
    }

    /// Posts a body to `from-json` as it is.
    pub(crate) async fn post_raw(&self, content_type: &str, body: Vec<u8>) -> Answer {
        let build = |request: RequestBuilder| request.header(CONTENT_TYPE, content_type).body(body);
        self.send(Method::POST, "/api/v1/videos/from-json", build).await
    }

    /// Posts JSON to a path.
    pub(crate) async fn post_to(&self, path: &str, body: &Value) -> Answer {
        let body = body.to_string();
        self.send(Method::POST, path, |request| request.header(CONTENT_TYPE, "application/json").body(body))
            .await
    }

    /// Posts a request with files.
    pub(crate) async fn post_files(&self, body: &Value, uploads: &[Upload<'_>]) -> Answer {
        self.post_files_to("/api/v1/videos/from-json", body, uploads).await
    }

    /// Posts a request with files to a path.
    pub(crate) async fn post_files_to(&self, path: &str, body: &Value, uploads: &[Upload<'_>]) -> Answer {
        let (kind, parts) = multipart(body, uploads);
        self.send(Method::POST, path, |request| request.header(CONTENT_TYPE, kind).body(parts)).await
    }

    /// Creates a job; returns its id.
    #[track_caller]
    pub(crate) fn accepted(answer: &Answer) -> String {
        assert_eq!(answer.status, 202, "{}", String::from_utf8_lossy(&answer.bytes));
        answer.json()["jobId"].as_str().unwrap().to_owned()
    }

    /// Waits until `done` says so of the job, as a client would: by polling.
    pub(crate) async fn wait_until(&self, id: &str, wait_secs: u64, done: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + Duration::from_secs(40);
        loop {
            let job = self.get(&format!("/api/v1/jobs/{id}?wait={wait_secs}")).await.json();
            if done(&job) {
                return job;
            }
            assert!(Instant::now() < deadline, "{job}");
        }
    }

    /// Waits for the end of a job.
    pub(crate) async fn ended(&self, id: &str) -> Value {
        self.wait_until(id, 10, |job| {
            matches!(job["status"].as_str(), Some("completed" | "failed" | "cancelled"))
        })
        .await
    }

    /// The ids of all jobs of the account, newest first.
    pub(crate) async fn job_ids(&self) -> Vec<String> {
        let (mut ids, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("/api/v1/jobs?limit=100{cursor}")).await.json();
            let jobs = page["jobs"].as_array().unwrap().iter();
            ids.extend(jobs.map(|job| job["jobId"].as_str().unwrap().to_owned()));
            let Some(next) = page["nextCursor"].as_str() else { return ids };
            cursor = format!("&cursor={next}");
        }
    }

    /// Balance and reservation.
    pub(crate) async fn credits(&self) -> (i64, i64) {
        let credits = self.get("/api/v1/credits").await.json();
        (credits["balance"].as_i64().unwrap(), credits["reserved"].as_i64().unwrap())
    }
}

/// A request with files: its media type and its body.
pub(crate) fn multipart(body: &Value, uploads: &[Upload<'_>]) -> (&'static str, Vec<u8>) {
    let mut parts = part("name=\"request\"", body.to_string().as_bytes());
    for Upload(name, bytes) in uploads {
        parts.extend(part(&format!("name=\"files\"; filename=\"{name}\""), bytes));
    }
    parts.extend(b"--frontier--\r\n");
    ("multipart/form-data; boundary=frontier", parts)
}

fn part(disposition: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!("--frontier\r\nContent-Disposition: form-data; {disposition}\r\n\r\n");
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

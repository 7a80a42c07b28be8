//! The JSON of a request for a video: read strictly, every broken rule at once, each with a pointer into it.

use std::collections::BTreeSet;

use avs_template::{
    Field, Issue, IssueCollector, Issues, ObjectReader, OutputSpec, Pointer, Source, Template, codes,
};
use serde_json::Value;

use crate::domain::job::Mode;
use crate::fetch::client::UrlPolicy;
use crate::fetch::download::Downloader;
use crate::limits;

/// A valid request.
#[derive(Debug)]
pub(super) struct VideoRequest {
    /// As sent; null for a prompt.
    pub(super) template: Value,
    /// What the video is to be, in words.
    pub(super) prompt: Option<String>,
    /// Each URL that is to be fetched, once, with the first place that names it.
    pub(super) remote: Vec<RemoteSource>,
    /// The first place that names each upload, in the order of the files; empty for a prompt.
    pub(super) upload_pointers: Vec<String>,
    /// As sent; null where absent.
    pub(super) output: Value,
    /// Who wants to know the end.
    pub(super) webhook: Option<WebhookRequest>,
    /// The caller's own data.
    pub(super) metadata: Option<Value>,
}

/// A file to be fetched.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RemoteSource {
    pub(super) url: String,
    pub(super) pointer: String,
}

/// A receiver as the caller names it.
pub(super) struct WebhookRequest {
    pub(super) url: String,
    pub(super) secret: Option<String>,
}

impl std::fmt::Debug for WebhookRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WebhookRequest({}, secret withheld)", self.url)
    }
}

/// What a request is judged by, besides itself.
pub(super) struct Rules<'a> {
    /// Names of the files that came with it.
    pub(super) uploads: &'a [&'a str],
    /// What webhooks may reach.
    pub(super) webhooks: &'a UrlPolicy,
    /// What files may be fetched from.
    pub(super) sources: &'a Downloader,
}

/// Reads a request of the given mode.
///
/// # Errors
/// Every broken rule.
pub(super) fn request_from_json(json: &Value, mode: Mode, rules: &Rules<'_>) -> Result<VideoRequest, Issues> {
    let issues = IssueCollector::new();
    let context = &Context { rules, issues: &issues };
    let request = ObjectReader::new(json, &Pointer::root(), &issues).and_then(|reader| match mode {
        Mode::Json => context.read_template_request(reader),
        Mode::Prompt => context.read_prompt_request(reader),
    });
    issues.into_result(request)
}

struct Context<'a> {
    rules: &'a Rules<'a>,
    issues: &'a IssueCollector,
}

impl Context<'_> {
    fn read_template_request(&self, mut reader: ObjectReader<'_, '_>) -> Option<VideoRequest> {
        let template = reader.required("template");
        let mut found = (Vec::new(), Vec::new());
        if let Some(value) = template.raw() {
            match Template::from_value(value, template.pointer()) {
                Ok(read) => found = self.check_sources(&read),
                Err(found) => self.issues.add_all(found),
            }
        }
        let common = self.read_common(&mut reader);
        reader.finish();
        let (remote, upload_pointers) = found;
        Some(VideoRequest { template: template.raw()?.clone(), remote, upload_pointers, ..common })
    }

    fn read_prompt_request(&self, mut reader: ObjectReader<'_, '_>) -> Option<VideoRequest> {
        let field = reader.required("prompt");
        let prompt = field.string(1..=limits::PROMPT_BYTES_MAX);
        if prompt.is_some_and(|prompt| prompt.trim().is_empty()) {
            field.reject("empty_prompt", "has no words; say what the video is to show");
        } else if prompt.is_some_and(|prompt| prompt.contains('\0')) {
            field.reject("invalid_character", "has a character that stands for nothing (U+0000)");
        } else if let Some(size_bytes) =
            prompt.map(str::len).filter(|bytes| *bytes > limits::PROMPT_BYTES_MAX)
        {
            let most = limits::PROMPT_BYTES_MAX;
            field.reject(codes::TOO_LONG, format!("has {size_bytes} bytes; it may have {most}"));
        }
        let urls = reader.optional("assetUrls").array(0..=limits::ASSET_URLS_MAX).unwrap_or_default();
        let mut remote: Vec<RemoteSource> = Vec::new();
        for field in urls {
            let Some(url) = field.string(1..=limits::FETCH_URL_BYTES_MAX) else { continue };
            if let Err(error) = self.rules.sources.vet(url) {
                field.reject("source_url_refused", format!("the URL {error}"));
            }
            if !remote.iter().any(|source| source.url == url) {
                remote.push(RemoteSource { url: url.to_owned(), pointer: field.pointer().to_string() });
            }
        }
        self.check_count(&remote);
        self.check_upload_names();
        let common = self.read_common(&mut reader);
        reader.finish();
        let upload_pointers = vec![String::new(); self.rules.uploads.len()];
        Some(VideoRequest { prompt: Some(prompt?.to_owned()), remote, upload_pointers, ..common })
    }

    /// What both modes have.
    fn read_common(&self, reader: &mut ObjectReader<'_, '_>) -> VideoRequest {
        let output = reader.optional("output");
        if let Some(value) = output.raw()
            && let Err(found) = OutputSpec::from_value(value, output.pointer())
        {
            self.issues.add_all(found);
        }
        let webhook = read_webhook(&reader.optional("webhook"), self.rules.webhooks);
        let metadata = read_metadata(&reader.optional("metadata"));
        VideoRequest {
            template: Value::Null,
            prompt: None,
            remote: Vec::new(),
            upload_pointers: Vec::new(),
            output: output.raw().cloned().unwrap_or_default(),
            webhook,
            metadata,
        }
    }

    /// Each upload that the template names must have come, once, and each that came must be named. Each URL must be
    /// one that may be fetched. Returns the URLs, and where each upload is first named.
    fn check_sources(&self, template: &Template) -> (Vec<RemoteSource>, Vec<String>) {
        let uploads = self.rules.uploads;
        let (mut remote, mut seen) = (Vec::new(), BTreeSet::new());
        for (pointer, source) in template.sources() {
            let first = seen.insert(source.clone());
            let issue = |code, detail| Issue { pointer: pointer.clone(), code, detail, suggestion: None };
            match source {
                Source::Upload(name) if !uploads.contains(&name.as_str()) => {
                    let detail = format!("no uploaded file is called {name:?}; send it as a `files` part");
                    let suggestion = avs_template::nearest(name, uploads.iter().copied());
                    self.issues.add(issue(codes::MISSING_ASSET, detail).with_suggestion(suggestion));
                }
                Source::Upload(_) => {}
                Source::Url(url) => {
                    if let Err(error) = self.rules.sources.vet(url) {
                        self.issues.add(issue("source_url_refused", format!("the URL {error}")));
                    }
                    if first {
                        remote.push(RemoteSource { url: url.clone(), pointer });
                    }
                }
            }
        }
        self.check_count(&remote);
        self.check_upload_names();
        (remote, self.upload_pointers(template))
    }

    fn check_count(&self, remote: &[RemoteSource]) {
        let count = self.rules.uploads.len() + remote.len();
        if count > limits::ASSETS_MAX {
            let most = limits::ASSETS_MAX;
            let detail = format!("needs {count} files; it may need {most}");
            self.issues.add(Issue::new(&Pointer::root(), "too_many_assets", detail));
        }
    }

    fn upload_pointers(&self, template: &Template) -> Vec<String> {
        let pointer_of = |name: &&str| {
            let mut uses = template.sources().filter(|(_, source)| source.key() == *name);
            uses.next().map(|(pointer, _)| pointer)
        };
        let mut pointers = Vec::new();
        for name in self.rules.uploads {
            if let Some(pointer) = pointer_of(name) {
                pointers.push(pointer);
            } else {
                let detail =
                    format!("no block uses the uploaded file {name:?}; name it in a source or leave it out");
                self.issues.add(Issue::new(&Pointer::root(), "unused_upload", detail));
            }
        }
        pointers
    }

    fn check_upload_names(&self) {
        let uploads = self.rules.uploads;
        for (index, name) in uploads.iter().enumerate() {
            if uploads[..index].contains(name) {
                let detail = format!("two uploaded files are called {name:?}; give each its own name");
                self.issues.add(Issue::new(&Pointer::root(), "duplicate_upload", detail));
            }
        }
    }
}

fn read_webhook(field: &Field<'_, '_>, policy: &UrlPolicy) -> Option<WebhookRequest> {
    let mut webhook = field.object()?;
    let url_field = webhook.required("url");
    let url = url_field.string(1..=limits::WEBHOOK_URL_BYTES_MAX);
    let url = match url.map(|url| policy.vet(url)) {
        Some(Err(error)) => {
            url_field.reject("webhook_url_refused", format!("the webhook URL {error}"));
            None
        }
        vetted => vetted.and_then(Result::ok),
    };
    let secret = webhook.optional("secret").string(1..=limits::WEBHOOK_SECRET_BYTES_MAX);
    webhook.finish();
    Some(WebhookRequest { url: url?.to_string(), secret: secret.map(str::to_owned) })
}

fn read_metadata(field: &Field<'_, '_>) -> Option<Value> {
    let value = field.raw()?;
    // Of what it holds only the size matters, so that no field of it is unknown.
    if !value.is_object() {
        field.wrong_type::<()>("an object");
    }
    let size_bytes = value.to_string().len();
    if size_bytes > limits::METADATA_BYTES_MAX {
        let most = limits::METADATA_BYTES_MAX;
        field.reject(codes::TOO_LONG, format!("has {size_bytes} bytes as JSON; it may have {most}"));
    }
    Some(value.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fetch::download::{DownloadTiming, FetchPolicy};

    fn read(request: &Value, mode: Mode, uploads: &[&str]) -> Result<VideoRequest, Issues> {
        let sources = Downloader::new(FetchPolicy::default(), DownloadTiming::default()).unwrap();
        let rules = Rules { uploads, webhooks: &UrlPolicy::default(), sources: &sources };
        request_from_json(request, mode, &rules)
    }

    #[track_caller]
    fn found(request: &Value, mode: Mode, uploads: &[&str]) -> Vec<(String, &'static str)> {
        let issues = read(request, mode, uploads).unwrap_err().into_vec();
        issues.into_iter().map(|issue| (issue.pointer, issue.code)).collect()
    }

    fn template(source: &Value) -> Value {
        json!({ "version": "1", "blocks": [ { "type": "video", "duration": 5, "source": source } ] })
    }

    #[test]
    fn a_valid_request_is_kept_as_it_was_sent() {
        let template = template(&json!({ "uploadName": "hero.mp4" }));
        let webhook = json!({ "url": "https://example.com/h", "secret": "whsec_..." });
        let json = json!({ "template": template, "webhook": webhook, "metadata": { "any": [1] } });
        let request = read(&json, Mode::Json, &["hero.mp4"]).unwrap();
        assert_eq!((request.template, request.output), (template, Value::Null));
        assert_eq!(request.metadata, Some(json!({ "any": [1] })));
        assert_eq!(request.webhook.unwrap().secret.as_deref(), Some("whsec_..."));
        assert_eq!(request.upload_pointers, ["/template/blocks/0/source"]);
    }

    #[test]
    fn every_mistake_outside_of_the_template_is_reported_at_once() {
        let json = json!({
            "template": template(&json!({ "uploadName": "hero.mp4" })),
            "output": { "fps": 0 }, "webhok": {}, "metadata": "x".repeat(5000),
            "webhook": { "url": "http://10.0.0.1/", "secret": "" },
        });
        let pointers: Vec<String> =
            found(&json, Mode::Json, &["hero.mp4"]).into_iter().map(|(pointer, _)| pointer).collect();
        let expected =
            ["/output/fps", "/webhook/url", "/webhook/secret", "/metadata", "/metadata", "/webhok"];
        assert_eq!(pointers, expected);
    }

    #[test]
    fn uploads_and_template_must_agree() {
        let json = json!({ "template": template(&json!({ "uploadName": "hero.mp4" })) });
        let missing = ("/template/blocks/0/source".to_owned(), codes::MISSING_ASSET);
        assert_eq!(found(&json, Mode::Json, &[]), [missing]);
        let root = |code| [(String::new(), code)];
        assert_eq!(found(&json, Mode::Json, &["hero.mp4", "b.mp4"]), root("unused_upload"));
        assert_eq!(found(&json, Mode::Json, &["hero.mp4", "hero.mp4"]), root("duplicate_upload"));
    }

    #[test]
    fn a_url_is_fetched_once_however_often_it_is_named() {
        let block =
            json!({ "type": "video", "duration": 5, "source": { "url": "https://example.com/a.mp4" } });
        let json = json!({ "template": { "version": "1", "blocks": [block, block] } });
        let request = read(&json, Mode::Json, &[]).unwrap();
        let pointer = "/template/blocks/0/source".to_owned();
        assert_eq!(request.remote, [RemoteSource { url: "https://example.com/a.mp4".into(), pointer }]);
    }

    #[test]
    fn a_url_that_may_not_be_fetched_is_refused_in_its_place() {
        let json = json!({ "template": template(&json!({ "url": "http://169.254.169.254/latest" })) });
        let expected = ("/template/blocks/0/source".to_owned(), "source_url_refused");
        assert_eq!(found(&json, Mode::Json, &[]), [expected]);
        let json =
            json!({ "prompt": "x", "assetUrls": ["https://example.com/a.mp4", "http://localhost:22/"] });
        assert_eq!(found(&json, Mode::Prompt, &[]), [("/assetUrls/1".to_owned(), "source_url_refused")]);
    }

    #[test]
    fn a_prompt_needs_words_and_takes_any_upload() {
        let request = read(&json!({ "prompt": "A teaser" }), Mode::Prompt, &["hero.mp4"]).unwrap();
        assert_eq!((request.prompt.as_deref(), request.template), (Some("A teaser"), Value::Null));
        let blank = json!({ "prompt": " \n" });
        assert_eq!(found(&blank, Mode::Prompt, &[]), [("/prompt".to_owned(), "empty_prompt")]);
        let mixed = json!({ "prompt": "x", "template": {} });
        assert_eq!(found(&mixed, Mode::Prompt, &[])[0].0, "/template");
    }
}

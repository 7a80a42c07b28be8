//! The JSON of a request for a video: read strictly, every broken rule at once, each with a pointer into it.

use avs_template::{
    Field, Issue, IssueCollector, Issues, ObjectReader, OutputSpec, Pointer, Source, Template, codes,
};
use serde_json::Value;

use crate::fetch::client::UrlPolicy;
use crate::limits;

/// A valid request.
#[derive(Debug)]
pub(super) struct VideoRequest {
    /// As sent.
    pub(super) template: Value,
    /// As sent; null where absent.
    pub(super) output: Value,
    /// Who wants to know the end.
    pub(super) webhook: Option<WebhookRequest>,
    /// The caller's own data.
    pub(super) metadata: Option<Value>,
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

/// Reads a request that came with files named `uploads`.
///
/// # Errors
/// Every broken rule.
pub(super) fn request_from_json(
    json: &Value,
    uploads: &[&str],
    policy: &UrlPolicy,
) -> Result<VideoRequest, Issues> {
    let issues = IssueCollector::new();
    let request = ObjectReader::new(json, &Pointer::root(), &issues)
        .and_then(|reader| read_request(reader, &Context { uploads, policy, issues: &issues }));
    issues.into_result(request)
}

struct Context<'a> {
    uploads: &'a [&'a str],
    policy: &'a UrlPolicy,
    issues: &'a IssueCollector,
}

fn read_request(mut reader: ObjectReader<'_, '_>, context: &Context<'_>) -> Option<VideoRequest> {
    let template = reader.required("template");
    if let Some(value) = template.raw() {
        match Template::from_value(value, template.pointer()) {
            Ok(read) => check_sources(&read, context),
            Err(found) => context.issues.add_all(found),
        }
    }
    let output = reader.optional("output");
    if let Some(value) = output.raw()
        && let Err(found) = OutputSpec::from_value(value, output.pointer())
    {
        context.issues.add_all(found);
    }
    let webhook = read_webhook(&reader.optional("webhook"), context.policy);
    let metadata = read_metadata(&reader.optional("metadata"));
    let (template, output) = (template.raw().cloned(), output.raw().cloned());
    reader.finish();
    Some(VideoRequest { template: template?, output: output.unwrap_or_default(), webhook, metadata })
}

/// Each upload that the template names must have come, once, and each that came must be named.
fn check_sources(template: &Template, context: &Context<'_>) {
    let add = |pointer: &Pointer, code, detail: String| context.issues.add(Issue::new(pointer, code, detail));
    for (pointer, source) in template.sources() {
        let issue = |code, detail| Issue { pointer, code, detail, suggestion: None };
        match source {
            Source::Upload(name) if !context.uploads.contains(&name.as_str()) => {
                let detail = format!("no uploaded file is called {name:?}; send it as a `files` part");
                let suggestion = avs_template::nearest(name, context.uploads.iter().copied());
                let issue = issue(codes::MISSING_ASSET, detail);
                context.issues.add(issue.with_suggestion(suggestion));
            }
            Source::Upload(_) => {}
            Source::Url(_) => {
                let detail = "fetching from a URL is not available yet; upload the file and use uploadName";
                context.issues.add(issue("remote_sources_unavailable", detail.to_owned()));
            }
        }
    }
    for (index, name) in context.uploads.iter().enumerate() {
        if context.uploads[..index].contains(name) {
            let detail = format!("two uploaded files are called {name:?}; give each its own name");
            add(&Pointer::root(), "duplicate_upload", detail);
        } else if !template.sources().any(|(_, source)| *source == Source::Upload((*name).to_owned())) {
            let detail =
                format!("no block uses the uploaded file {name:?}; name it in a source or leave it out");
            add(&Pointer::root(), "unused_upload", detail);
        }
    }
}

fn read_webhook(field: &Field<'_, '_>, policy: &UrlPolicy) -> Option<WebhookRequest> {
    let mut webhook = field.object()?;
    let url_field = webhook.required("url");
    let url = url_field.string(1..=limits::WEBHOOK_URL_BYTES_MAX);
    if let Some(Err(error)) = url.map(|url| policy.vet(url)) {
        url_field.reject("webhook_url_refused", format!("the webhook URL {error}"));
    }
    let secret = webhook.optional("secret").string(1..=limits::WEBHOOK_SECRET_BYTES_MAX);
    webhook.finish();
    Some(WebhookRequest { url: url?.to_owned(), secret: secret.map(str::to_owned) })
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

    #[track_caller]
    fn found(request: &Value, uploads: &[&str]) -> Vec<(String, &'static str)> {
        let issues = request_from_json(request, uploads, &UrlPolicy::default()).unwrap_err().into_vec();
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
        let request = request_from_json(&json, &["hero.mp4"], &UrlPolicy::default()).unwrap();
        assert_eq!((request.template, request.output), (template, Value::Null));
        assert_eq!(request.metadata, Some(json!({ "any": [1] })));
        assert_eq!(request.webhook.unwrap().secret.as_deref(), Some("whsec_..."));
    }

    #[test]
    fn every_mistake_outside_of_the_template_is_reported_at_once() {
        let json = json!({
            "template": template(&json!({ "uploadName": "hero.mp4" })),
            "output": { "fps": 0 }, "webhok": {}, "metadata": "x".repeat(5000),
            "webhook": { "url": "http://10.0.0.1/", "secret": "" },
        });
        let pointers: Vec<String> =
            found(&json, &["hero.mp4"]).into_iter().map(|(pointer, _)| pointer).collect();
        let expected =
            ["/output/fps", "/webhook/url", "/webhook/secret", "/metadata", "/metadata", "/webhok"];
        assert_eq!(pointers, expected);
    }

    #[test]
    fn uploads_and_template_must_agree() {
        let json = json!({ "template": template(&json!({ "uploadName": "hero.mp4" })) });
        assert_eq!(found(&json, &[]), [("/template/blocks/0/source".to_owned(), codes::MISSING_ASSET)]);
        assert_eq!(found(&json, &["hero.mp4", "b.mp4"]), [(String::new(), "unused_upload")]);
        assert_eq!(found(&json, &["hero.mp4", "hero.mp4"]), [(String::new(), "duplicate_upload")]);
    }

    #[test]
    fn a_remote_source_is_refused_with_a_clear_code_for_now() {
        let json = json!({ "template": template(&json!({ "url": "https://example.com/a.mp4" })) });
        let expected = ("/template/blocks/0/source".to_owned(), "remote_sources_unavailable");
        assert_eq!(found(&json, &[]), [expected]);
    }
}

//! Each operation as a command for a shell. Tests run them as they stand.

use serde_json::{Value, json};

use super::Document;
use crate::console::words::pretty;

/// The command that asks for an operation. `$AVS_URL`, `$AVS_TOKEN`, `$JOB` and `$LINK` are the reader's.
pub(super) fn command(
    (method, path, has_token): (&str, &str, bool),
    document: &Document,
    it: &Value,
) -> String {
    let address = if path.starts_with("/d/") {
        "\"$LINK\"".to_owned()
    } else {
        format!("\"$AVS_URL{}\"", path.replace("{jobId}", "$JOB"))
    };
    let mut parts = vec![format!("curl -sS {address}")];
    match method {
        "head" => parts.push("--head".to_owned()),
        "post" if it["requestBody"].is_null() => parts.push("-X POST".to_owned()),
        _ if path.starts_with("/d/") => parts.push("-o video.mp4".to_owned()),
        _ if path.ends_with("/events") => parts.push("--no-buffer".to_owned()),
        _ => {}
    }
    if has_token {
        parts.push("-H \"Authorization: Bearer $AVS_TOKEN\"".to_owned());
    }
    let content = &it["requestBody"]["content"]["application/json"];
    if content.is_null() {
        return parts.join(" \\\n  ");
    }
    let body = match (it["operationId"].as_str(), document.example(content)) {
        // Its own example names a file behind a URL, which is fetched before the answer.
        (Some("validateVideo"), _) => words_only(),
        (Some("beginDeviceSignIn"), _) => json!({ "clientName": "my laptop" }),
        (Some("pollDeviceSignIn"), _) => json!({ "deviceCode": "as answered by /cli/auth/device" }),
        (_, example) => example.cloned().unwrap_or_default(),
    };
    parts.push("-H \"Content-Type: application/json\"".to_owned());
    parts.push(format!("--data-binary @- <<'JSON'\n{}\nJSON", pretty(&body)));
    parts.join(" \\\n  ")
}

fn words_only() -> Value {
    let block = json!({ "type": "text", "text": "Now shipping", "duration": 5 });
    json!({ "template": { "version": "1", "blocks": [block] }, "output": { "aspectRatio": "9:16" } })
}

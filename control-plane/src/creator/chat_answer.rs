//! What a model server's answer says, whatever it looks like.

use serde_json::Value;

use super::chat::{ChatError, Form};

/// Returns the model's words, or the arguments that it calls the tool with.
pub(super) fn words_from_body(body: &[u8], form: Form) -> Result<String, ChatError> {
    let body: Value = serde_json::from_slice(body).map_err(ChatError::Malformed)?;
    let choice = body.pointer("/choices/0").ok_or(ChatError::Empty)?;
    let (message, ended) = (&choice["message"], choice["finish_reason"].as_str().unwrap_or_default());
    if message["refusal"].as_str().is_some_and(|refusal| !refusal.is_empty()) || ended == "content_filter" {
        return Err(ChatError::Declined);
    }
    if ended == "length" {
        return Err(ChatError::CutShort);
    }
    let called = message.pointer("/tool_calls/0/function/arguments");
    let words = match called.filter(|_| form == Form::Tool) {
        Some(Value::String(arguments)) => arguments.clone(),
        // Some servers pass the arguments on as they parsed them.
        Some(arguments @ Value::Object(_)) => arguments.to_string(),
        _ => text_from_content(&message["content"]),
    };
    if words.trim().is_empty() { Err(ChatError::Empty) } else { Ok(words) }
}

/// Text as it is, or in parts.
fn text_from_content(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words(body: &Value, form: Form) -> Result<String, String> {
        words_from_body(body.to_string().as_bytes(), form).map_err(|error| error.to_string())
    }

    #[test]
    fn words_are_found_wherever_servers_put_them() {
        let content = |content: Value| json!({ "choices": [ { "message": { "content": content } } ] });
        assert_eq!(words(&content(json!("a")), Form::Schema).unwrap(), "a");
        let parts = json!([ { "type": "text", "text": "a" }, { "type": "text", "text": "b" } ]);
        assert_eq!(words(&content(parts), Form::Object).unwrap(), "ab");
        let call = |arguments: Value| {
            json!({ "choices": [ { "message": { "content": null,
            "tool_calls": [ { "function": { "name": "storyboard", "arguments": arguments } } ] } } ] })
        };
        assert_eq!(words(&call(json!("{}")), Form::Tool).unwrap(), "{}");
        assert_eq!(words(&call(json!({ "a": 1 })), Form::Tool).unwrap(), r#"{"a":1}"#);
    }

    #[test]
    fn what_is_no_answer_is_named() {
        let choice = |choice: Value| words(&json!({ "choices": [choice] }), Form::Schema).unwrap_err();
        assert!(words(&json!({ "choices": [] }), Form::Schema).unwrap_err().contains("empty"));
        assert!(words(&json!([1, 2]), Form::Schema).unwrap_err().contains("empty"));
        assert!(choice(json!({ "message": { "content": "" } })).contains("empty"));
        assert!(choice(json!({ "message": { "content": null, "refusal": "No." } })).contains("declined"));
        assert!(choice(json!({ "message": { "content": "{" }, "finish_reason": "length" })).contains("cut"));
        assert!(words_from_body(b"{\"choices\": NaN}", Form::Schema).is_err());
    }
}

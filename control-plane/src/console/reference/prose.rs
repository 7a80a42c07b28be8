//! Descriptions of the OpenAPI document as HTML: paragraphs, `code` and **strong**. The document uses no more of Markdown.

use serde_json::Value;

/// Returns the paragraphs of a description; nothing for what is no text.
pub(super) fn html_from_prose(value: &Value) -> String {
    let paragraphs = value.as_str().unwrap_or_default().split("\n\n").filter(|text| !text.trim().is_empty());
    paragraphs.map(|text| format!("<p>{}</p>", inline(text))).collect()
}

/// Returns a description of one line.
pub(super) fn inline_from_prose(value: &Value) -> String {
    inline(value.as_str().unwrap_or_default())
}

/// Returns a text with nothing in it that HTML would take for its own.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn inline(text: &str) -> String {
    wrapped(&wrapped(&escaped(text), "`", "code"), "**", "strong")
}

/// Puts what stands between two marks into an element.
fn wrapped(text: &str, mark: &str, element: &str) -> String {
    let mut html = String::new();
    for (index, piece) in text.split(mark).enumerate() {
        if index % 2 == 1 {
            html += &format!("<{element}>{piece}</{element}>");
        } else {
            html += piece;
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_html_and_nothing_else_does() {
        let html = html_from_prose(&Value::from("**Tokens.** Send `<id>`.\n\nThen \"wait\"."));
        let expected =
            "<p><strong>Tokens.</strong> Send <code>&lt;id&gt;</code>.</p><p>Then &quot;wait&quot;.</p>";
        assert_eq!(html, expected);
        assert_eq!(html_from_prose(&Value::Null), "");
    }
}

//! Numbers and names as a template has them.

use avs_template::Source;
use serde_json::{Value, json};

/// A number to a ten-thousandth: nobody sees more, and people read the template.
pub(crate) fn round(value: f64) -> f64 {
    let rounded = (value * 10_000.0).round() / 10_000.0;
    // Not -0.
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// How a template names a file.
pub(crate) fn source_json(source: &Source) -> Value {
    match source {
        Source::Upload(name) => json!({ "uploadName": name }),
        Source::Url(url) => json!({ "url": url }),
    }
}

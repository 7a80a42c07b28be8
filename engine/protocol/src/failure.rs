//! Why an engine could not do what it was asked.

use serde::{Deserialize, Serialize};

/// The closed list of reasons. The name on the wire is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// The template or the output settings break a rule.
    InvalidTemplate,
    /// A file cannot be opened or decoded.
    UnreadableMedia,
    /// The job was stopped on request.
    Cancelled,
    /// No usable graphics adapter, or it was lost.
    AdapterUnavailable,
    /// No usable encoder, or it failed.
    EncoderFailed,
    /// The output could not be written.
    OutputUnwritable,
    /// A message that does not fit the state of the engine.
    ProtocolViolation,
    /// A fault of ours.
    Internal,
}

/// One broken rule, with the place where it is broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldError {
    /// RFC 6901 pointer into the template.
    pub pointer: String,
    /// Stable name of the rule.
    pub code: String,
    /// One sentence for a person: what is wrong and what to do.
    pub detail: String,
    /// The nearest valid value, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

/// An engine's last word on a job that it did not finish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Stable reason.
    pub code: FailureCode,
    /// One sentence for a person.
    pub message: String,
    /// True where another attempt may succeed with the same input.
    pub retryable: bool,
    /// Each broken rule, where the input is at fault.
    #[serde(default)]
    pub errors: Vec<FieldError>,
}

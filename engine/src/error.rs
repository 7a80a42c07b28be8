//! The one error of a render, and how it looks to the caller: as lines on a terminal or as a protocol failure.

use avs_protocol::{Failure, FailureCode, FieldError};
use avs_template::{Issue, Issues};

use crate::encode::EncodeError;
use crate::gpu::GpuError;
use crate::media::MediaError;

/// Why a template did not become an MP4.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The template or output settings break rules.
    #[error(transparent)]
    Invalid(#[from] Issues),
    /// A file cannot be used.
    #[error("{pointer}: {source}")]
    Media {
        /// RFC 6901 pointer of the block or source in the template; empty when probing a bare file.
        pointer: String,
        /// The file and its fault.
        #[source]
        source: MediaError,
    },
    /// No device, or it failed.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// Encoding or writing failed.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// A picture cannot be written.
    #[error("{} cannot be written; check the folder and the free space", path.display())]
    Unwritable {
        /// The file.
        path: std::path::PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// Stopped on request.
    #[error("the render was cancelled")]
    Cancelled,
    /// The system gives no more threads.
    #[error("the system gives no more threads")]
    NoThread(#[source] std::io::Error),
    /// A stage thread ended without saying why: a fault of ours.
    #[error("the {stage} stage ended unexpectedly")]
    StageLost {
        /// Which.
        stage: &'static str,
    },
}

impl RenderError {
    /// True where the caller's input is at fault, so that another attempt cannot help.
    #[must_use]
    pub fn is_bad_input(&self) -> bool {
        match self {
            Self::Invalid(_) | Self::Media { .. } | Self::Encode(EncodeError::Unusable { .. }) => true,
            Self::Gpu(_)
            | Self::Encode(_)
            | Self::Unwritable { .. }
            | Self::Cancelled
            | Self::NoThread(_)
            | Self::StageLost { .. } => false,
        }
    }

    /// Each rule that was broken, with its place.
    #[must_use]
    pub fn field_errors(&self) -> Vec<FieldError> {
        let one = |pointer: &str, code: &str, detail: String| {
            vec![FieldError { pointer: pointer.to_owned(), code: code.to_owned(), detail, suggestion: None }]
        };
        match self {
            Self::Invalid(issues) => issues.iter().map(field_error_from_issue).collect(),
            Self::Media { pointer, source } => one(pointer, "unreadable_media", source.to_string()),
            Self::Encode(error @ EncodeError::Unusable { .. }) => {
                one("", "unusable_encoder", error.to_string())
            }
            Self::Gpu(_)
            | Self::Encode(_)
            | Self::Unwritable { .. }
            | Self::Cancelled
            | Self::NoThread(_)
            | Self::StageLost { .. } => Vec::new(),
        }
    }

    /// The failure as the control plane learns of it.
    #[must_use]
    pub fn to_failure(&self) -> Failure {
        let (code, retryable) = match self {
            Self::Invalid(_) => (FailureCode::InvalidTemplate, false),
            Self::Media { .. } => (FailureCode::UnreadableMedia, false),
            Self::Cancelled => (FailureCode::Cancelled, false),
            Self::Gpu(_) => (FailureCode::AdapterUnavailable, true),
            Self::Unwritable { .. }
            | Self::Encode(EncodeError::Unwritable { .. } | EncodeError::Unmovable { .. }) => {
                (FailureCode::OutputUnwritable, true)
            }
            Self::Encode(EncodeError::Unusable { .. }) => (FailureCode::EncoderFailed, false),
            Self::Encode(
                EncodeError::MissingEncoder { .. } | EncodeError::Encoder { .. } | EncodeError::Card(_),
            ) => (FailureCode::EncoderFailed, true),
            Self::NoThread(_) | Self::StageLost { .. } => (FailureCode::Internal, true),
        };
        let errors = self.field_errors();
        let message = match &errors[..] {
            [] => self.to_string(),
            [one] => one.detail.clone(),
            several => format!("the template has {} errors", several.len()),
        };
        Failure { code, message, retryable, errors }
    }
}

fn field_error_from_issue(issue: &Issue) -> FieldError {
    FieldError {
        pointer: issue.pointer.clone(),
        code: issue.code.to_owned(),
        detail: issue.detail.clone(),
        suggestion: issue.suggestion.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::Refusal;

    #[test]
    fn an_encoder_that_was_asked_for_and_is_not_here_is_bad_input_with_a_reason() {
        let refused = EncodeError::Unusable { name: "nvenc", refusal: Refusal::NoNvidiaCard };
        let error = RenderError::Encode(refused);
        assert!(error.is_bad_input() && !error.to_failure().retryable);
        let said = &error.field_errors()[0].detail;
        assert!(said.contains("nvenc") && said.contains("/dev/nvidiactl"), "{said}");
    }
}

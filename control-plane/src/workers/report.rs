//! The engine's words in ours: probes, progress, reports and failures.

use avs_protocol::{Event, Failure, FailureCode, ProbedAsset, RenderReport};

use crate::domain::job::{EngineIdentity, FieldError, JobError, Mode, Progress, RenderStep, Video, Warning};
use crate::domain::media_kind::{MediaKind, is_screen_recording};
use crate::store::ProbeRecord;

/// Where the template is in a request of this mode; a prompt has none, and pointers about its files are whole.
fn template_pointer(mode: Mode) -> &'static str {
    match mode {
        Mode::Json => "/template",
        Mode::Prompt => "",
    }
}

pub(super) fn kind_from_probe(probed: &ProbedAsset) -> (String, MediaKind) {
    let kind = match probed.kind {
        avs_protocol::MediaKind::Video if is_screen_recording(&probed.name) => MediaKind::ScreenRecording,
        avs_protocol::MediaKind::Video => MediaKind::Video,
        avs_protocol::MediaKind::Image => MediaKind::Image,
        avs_protocol::MediaKind::Audio => MediaKind::Audio,
        avs_protocol::MediaKind::Font => MediaKind::Font,
    };
    (probed.name.clone(), kind)
}

pub(super) fn record_from_probe(probed: &ProbedAsset) -> ProbeRecord {
    let kind = match probed.kind {
        avs_protocol::MediaKind::Video => "video",
        avs_protocol::MediaKind::Image => "image",
        avs_protocol::MediaKind::Audio => "audio",
        avs_protocol::MediaKind::Font => "font",
    };
    ProbeRecord {
        kind: kind.to_owned(),
        format: probed.format.clone(),
        duration_secs: probed.duration_secs,
        width_px: probed.width_px,
        height_px: probed.height_px,
        has_audio: probed.has_audio,
    }
}

pub(super) fn progress_from_event(event: &Event) -> Option<Progress> {
    let Event::Progress { step, frames_done, frames_total, frames_per_second, .. } = event else {
        return None;
    };
    let step = match step {
        avs_protocol::RenderStep::Preparing => RenderStep::Preparing,
        avs_protocol::RenderStep::Encoding => RenderStep::Encoding,
        avs_protocol::RenderStep::Finishing => RenderStep::Finishing,
    };
    Some(Progress::new(step, *frames_done, *frames_total, *frames_per_second))
}

/// Progress is stored now and then only; a finished job must not stay at the last of it.
pub(super) fn progress_from_report(report: &RenderReport) -> Progress {
    let elapsed_secs = report.elapsed_millis as f64 / 1000.0;
    let frames = report.frame_count;
    Progress::new(RenderStep::Finishing, frames, frames, frames as f64 / elapsed_secs)
}

/// The size is the file's own: the engine's word for it is not needed.
pub(super) fn video_from_report(
    report: &RenderReport,
    (size_bytes, sha256): (u64, String),
    mode: Mode,
) -> Video {
    let base = template_pointer(mode);
    let warning = |warning: &avs_protocol::RenderWarning| Warning {
        // The template of a prompt is not the caller's: its places mean nothing to them.
        pointer: if mode == Mode::Prompt { String::new() } else { format!("{base}{}", warning.pointer) },
        code: warning.code.clone(),
        detail: warning.detail.clone(),
    };
    Video {
        width: report.width_px,
        height: report.height_px,
        fps: report.fps,
        duration_seconds: report.duration_secs,
        size_bytes,
        sha256,
        engine: EngineIdentity {
            version: report.engine_version.clone(),
            adapter: report.adapter.clone(),
            encoder: report.encoder.clone(),
        },
        warnings: report.warnings.iter().map(warning).collect(),
    }
}

/// A failure that no retry mends, as the caller sees it. Only faults of the input are explained.
pub(super) fn error_from_failure(failure: &Failure, mode: Mode) -> JobError {
    let code = match failure.code {
        FailureCode::InvalidTemplate if mode == Mode::Prompt => return JobError::render_failed(),
        FailureCode::InvalidTemplate => "invalid_template",
        FailureCode::UnreadableMedia => "unreadable_media",
        FailureCode::Cancelled
        | FailureCode::AdapterUnavailable
        | FailureCode::EncoderFailed
        | FailureCode::OutputUnwritable
        | FailureCode::ProtocolViolation
        | FailureCode::Internal => return JobError::render_failed(),
    };
    let field = |error: &avs_protocol::FieldError| FieldError {
        pointer: format!("{}{}", template_pointer(mode), error.pointer),
        code: error.code.clone(),
        detail: error.detail.clone(),
        suggestion: error.suggestion.clone(),
    };
    JobError {
        code: code.to_owned(),
        message: failure.message.clone(),
        retryable: false,
        errors: failure.errors.iter().map(field).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(code: FailureCode) -> Failure {
        let error = avs_protocol::FieldError {
            pointer: "/blocks/0".into(),
            code: "no_video_stream".into(),
            detail: "has no picture".into(),
            suggestion: None,
        };
        Failure { code, message: "nvenc session 7 at 0xdead".into(), retryable: false, errors: vec![error] }
    }

    #[test]
    fn a_fault_of_the_input_is_explained_with_pointers_into_the_request() {
        let error = error_from_failure(&failure(FailureCode::InvalidTemplate), Mode::Json);
        assert_eq!((error.code.as_str(), error.retryable), ("invalid_template", false));
        assert_eq!(error.errors[0].pointer, "/template/blocks/0");
    }

    #[test]
    fn a_fault_of_ours_shows_no_internals() {
        let error = error_from_failure(&failure(FailureCode::EncoderFailed), Mode::Json);
        assert_eq!(error, JobError::render_failed());
    }
}

//! Webhooks: the bytes that are signed, and when a failed delivery is tried again.
//!
//! ```text
//!            Answered 2xx
//!  pending ------------------> delivered
//!     |  '--- 410 -----------> abandoned
//!     |  '--- retries used --> abandoned
//!     '------ otherwise -----> pending, due after the next delay of the schedule
//! ```
//! `X-AVS-Signature` covers the body alone, as published. The Standard Webhooks headers beside it cover id and
//! time too, so that receivers can reject replays. Both use the bytes of the secret exactly as the caller
//! wrote it, `whsec_` included: it is never decoded.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;

use super::ids::EventId;
use super::job::Job;
use super::job_document::{JobDocument, document_from_job};
use super::lifecycle::JobStatus;
use super::link::LinkSigner;
use super::timestamp::Timestamp;
use crate::limits::WEBHOOK_RETRY_AFTER_MAX;

/// Name of the event of a terminal state; `None` while the job goes on.
pub fn event_name(status: JobStatus) -> Option<&'static str> {
    match status {
        JobStatus::Queued | JobStatus::Running => None,
        JobStatus::Completed => Some("job.completed"),
        JobStatus::Failed => Some("job.failed"),
        JobStatus::Cancelled => Some("job.cancelled"),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    id: &'a str,
    event: &'a str,
    created_at: Timestamp,
    job: JobDocument<'a>,
}

/// Returns the body that announces `job`, made once and stored.
///
/// # Errors
/// Never in practice: a job has no value that JSON cannot hold.
pub fn body_from_job(
    id: &EventId,
    event: &str,
    job: &Job,
    links: &LinkSigner,
) -> serde_json::Result<Vec<u8>> {
    let job_document = document_from_job(job, links);
    serde_json::to_vec(&Body { id: id.as_str(), event, created_at: job.updated_at, job: job_document })
}

/// Value of `X-AVS-Signature`.
pub fn avs_signature(secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hex::encode(mac(secret).chain_update(body).finalize().into_bytes()))
}

/// Value of `webhook-signature`, over `id.timestamp.body`.
pub fn standard_signature(secret: &str, id: &str, timestamp_secs: i64, body: &[u8]) -> String {
    let signed = mac(secret).chain_update(format!("{id}.{timestamp_secs}.")).chain_update(body);
    format!("v1,{}", STANDARD.encode(signed.finalize().into_bytes()))
}

fn mac(secret: &str) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length")
}

/// What came of one attempt to deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The receiver answered.
    Answered {
        /// Its status code.
        status: u16,
        /// Its `Retry-After`.
        retry_after_secs: Option<u64>,
    },
    /// No answer: name, address, connection, TLS or time.
    Unanswered,
}

impl AttemptOutcome {
    /// The receiver's status code, if it answered.
    pub fn status(self) -> Option<u16> {
        match self {
            Self::Answered { status, .. } => Some(status),
            Self::Unanswered => None,
        }
    }
}

/// One attempt to deliver, for the log.
#[derive(Debug, Clone)]
pub struct AttemptReport {
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub duration: Duration,
    /// Why there was no answer.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub answer: Option<String>,
}

/// What to do with a delivery after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing: it arrived.
    Delivered,
    /// Try again after this long.
    RetryAfter(Duration),
    /// Nothing: the receiver is gone, or the retries are used up.
    Abandoned,
}

/// Decides after attempt number `attempts` (from 1). `delays` are the pauses before each retry; `jitter` in
/// [-1, 1] spreads them by a fifth.
pub fn verdict(outcome: AttemptOutcome, attempts: usize, delays: &[Duration], jitter: f64) -> Verdict {
    let asked = match outcome {
        AttemptOutcome::Answered { status: 200..=299, .. } => return Verdict::Delivered,
        AttemptOutcome::Answered { status: 410, .. } => return Verdict::Abandoned,
        AttemptOutcome::Answered { retry_after_secs, .. } => retry_after_secs.unwrap_or(0),
        AttemptOutcome::Unanswered => 0,
    };
    let Some(delay) = attempts.checked_sub(1).and_then(|retry| delays.get(retry)) else {
        return Verdict::Abandoned;
    };
    let asked = Duration::from_secs(asked).min(WEBHOOK_RETRY_AFTER_MAX);
    Verdict::RetryAfter(delay.mul_f64(1.0 + 0.2 * jitter.clamp(-1.0, 1.0)).max(asked))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::limits::WEBHOOK_RETRY_DELAYS;

    #[test]
    fn signatures_equal_the_published_vectors() {
        // Computed with: printf '%s' BODY | openssl dgst -sha256 -hmac SECRET [-binary | base64]
        let body = br#"{"id":"evt_1"}"#;
        assert_eq!(
            avs_signature("whsec_test", body),
            "sha256=030fa3b2413d1993c551364bd53bb9b3edb5c0c34d55dba6ada6041245632811"
        );
        assert_eq!(
            standard_signature("whsec_test", "evt_1", 1_775_584_808, body),
            "v1,ukH7Ip/8ZkK7FD3XdbF3wK4mKL+8udzynnz+j8hYCXU="
        );
    }

    #[test]
    fn a_dead_receiver_is_tried_four_times_with_growing_pauses() {
        let verdicts =
            [1, 2, 3, 4].map(|n| verdict(AttemptOutcome::Unanswered, n, &WEBHOOK_RETRY_DELAYS, 0.0));
        let pause = |secs| Verdict::RetryAfter(Duration::from_secs(secs));
        assert_eq!(verdicts, [pause(10), pause(120), pause(1800), Verdict::Abandoned]);
    }

    #[test]
    fn a_receiver_that_is_gone_is_left_alone() {
        let gone = AttemptOutcome::Answered { status: 410, retry_after_secs: None };
        assert_eq!(verdict(gone, 1, &WEBHOOK_RETRY_DELAYS, 0.0), Verdict::Abandoned);
    }

    #[test]
    fn a_redirect_is_a_failure_and_retry_after_is_honoured_up_to_an_hour() {
        let moved = AttemptOutcome::Answered { status: 302, retry_after_secs: Some(9_999_999) };
        let hour = Verdict::RetryAfter(Duration::from_secs(3600));
        assert_eq!(verdict(moved, 1, &WEBHOOK_RETRY_DELAYS, 0.0), hour);
    }

    proptest! {
        #[test]
        fn whatever_receivers_answer_a_delivery_ends_after_at_most_four_attempts(
            statuses in proptest::collection::vec(100_u16..600, 10), jitter in -2.0..2.0_f64,
        ) {
            let mut attempts = 0;
            for status in statuses {
                attempts += 1;
                let outcome = AttemptOutcome::Answered { status, retry_after_secs: None };
                match verdict(outcome, attempts, &WEBHOOK_RETRY_DELAYS, jitter) {
                    Verdict::RetryAfter(pause) => prop_assert!(pause >= Duration::from_secs(8)),
                    Verdict::Delivered => { prop_assert!((200..300).contains(&status)); break }
                    Verdict::Abandoned => break,
                }
            }
            prop_assert!(attempts <= 4);
        }
    }
}

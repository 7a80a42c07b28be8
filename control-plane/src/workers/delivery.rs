//! Delivers webhooks from the outbox: at least once, the same bytes and the same id each time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use tokio::task::JoinSet;

use super::Stop;
use crate::domain::entropy::Entropy;
use crate::domain::ids::BootId;
use crate::domain::timestamp::Clock;
use crate::domain::webhook::{AttemptOutcome, AttemptReport, avs_signature, standard_signature, verdict};
use crate::fetch::client::{UrlError, UrlPolicy};
use crate::keys::{UnsealError, Vault};
use crate::store::{DueDelivery, Store};
use crate::{limits, telemetry};

/// Carries webhooks.
pub struct Courier {
    /// Connects only where `policy` permits.
    pub client: reqwest::Client,
    /// Durable state.
    pub store: Store,
    /// This life of the server.
    pub boot: BootId,
    /// Opens webhook secrets.
    pub vault: Vault,
    /// What receivers may be.
    pub policy: UrlPolicy,
    /// Pauses before each retry.
    pub retry_delays: Vec<Duration>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// Why an attempt got no answer.
#[derive(Debug, thiserror::Error)]
enum DeliveryError {
    /// The receiver is not one that may be reached, under the settings of today.
    #[error("the webhook URL {0}")]
    Url(#[from] UrlError),
    /// The secret cannot be opened: the key file was changed.
    #[error(transparent)]
    Secret(#[from] UnsealError),
    /// Connection, TLS, time.
    #[error("the receiver cannot be reached")]
    Connection(#[from] reqwest::Error),
    /// The connection led somewhere else than the checks allow.
    #[error("the receiver is at an address that is not public")]
    PrivatePeer,
}

impl DeliveryError {
    /// For the owner of the job: what to look for, and nothing about this side.
    fn public_text(&self) -> String {
        match self {
            Self::Url(_) | Self::PrivatePeer => self.to_string(),
            Self::Secret(_) => "the webhook secret is not available any more".to_owned(),
            Self::Connection(error) if error.is_timeout() => "the receiver did not answer in time".to_owned(),
            Self::Connection(error) if error.is_connect() => {
                // The resolver's reason is among the causes; addresses are not.
                let chain = telemetry::chain(error);
                let private = chain.contains("not public");
                let text =
                    if private { "leads to an address that is not public" } else { "cannot be connected to" };
                format!("the receiver {text}")
            }
            Self::Connection(_) => "the connection to the receiver broke".to_owned(),
        }
    }
}

impl Courier {
    /// Delivers until asked to stop; a delivery that is cut off is made again after the next start.
    pub async fn run(self, stop: Stop) {
        let this = Arc::new(self);
        let mut under_way = JoinSet::new();
        while !stop.soon.is_cancelled() {
            let free = limits::DELIVERIES_AT_ONCE_MAX - under_way.len();
            for delivery in this.due(free).await {
                under_way.spawn(Arc::clone(&this).deliver(delivery));
            }
            tokio::select! {
                Some(finished) = under_way.join_next() => {
                    if let Err(error) = finished {
                        tracing::error!(%error, "a delivery broke off");
                    }
                }
                () = this.store.delivery_due() => {}
                () = tokio::time::sleep(limits::QUEUE_POLL_INTERVAL) => {}
                () = stop.soon.cancelled() => {}
            }
        }
    }

    async fn due(&self, most: usize) -> Vec<DueDelivery> {
        let claimed = self.store.claim_deliveries(&self.boot, most, self.clock.now()).await;
        claimed.unwrap_or_else(|error| {
            tracing::error!(error = telemetry::chain(&error), "cannot read the outbox");
            Vec::new()
        })
    }

    async fn deliver(self: Arc<Self>, delivery: DueDelivery) {
        let (attempt, at, begun) = (delivery.attempts + 1, self.clock.now(), Instant::now());
        let posted = self.post(&delivery).await;
        let duration = begun.elapsed();
        let report = match posted {
            Ok((outcome, answer)) => {
                AttemptReport { outcome, at, duration, error: None, answer: Some(answer) }
            }
            Err(error) => {
                let outcome = AttemptOutcome::Unanswered;
                AttemptReport { outcome, at, duration, error: Some(error.public_text()), answer: None }
            }
        };
        let verdict = verdict(report.outcome, attempt, &self.retry_delays, self.jitter());
        tracing::info!(job = %delivery.job_id, attempt, outcome = ?report.outcome, ?verdict, error = report.error, "webhook attempt");
        let (mut pause, claim) = (limits::RETRY_PAUSE, (&self.boot, &delivery.event_id));
        // What is not stored stays claimed by this process, and nobody else would deliver it.
        loop {
            match self.store.record_delivery(claim, &report, verdict, self.clock.now()).await {
                Ok(true) => return,
                Ok(false) => {
                    tracing::debug!(job = %delivery.job_id, "the delivery is no longer held");
                    return;
                }
                Err(error) => {
                    tracing::error!(job = %delivery.job_id, error = telemetry::chain(&error), "a delivery is not stored yet");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(limits::RETRY_PAUSE_MAX);
                }
            }
        }
    }

    async fn post(&self, delivery: &DueDelivery) -> Result<(AttemptOutcome, String), DeliveryError> {
        let url = self.policy.vet(&delivery.target.url)?;
        let timestamp_secs = self.clock.now().unix_secs();
        let id = delivery.event_id.as_str();
        let mut request = self
            .client
            .post(url)
            .timeout(limits::WEBHOOK_TOTAL_WAIT)
            .header(CONTENT_TYPE, "application/json")
            .header("X-AVS-Event", &delivery.event)
            .header("X-AVS-Timestamp", timestamp_secs)
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp_secs);
        if let Some(sealed) = &delivery.target.sealed_secret {
            let secret = self.vault.unseal(sealed, delivery.job_id.as_str())?;
            let body = delivery.body.as_slice();
            request = request
                .header("X-AVS-Signature", avs_signature(&secret, body))
                .header("webhook-signature", standard_signature(&secret, id, timestamp_secs, body));
        }
        // The error of a request names its URL, which may carry a secret of the receiver.
        let answer = request.body(delivery.body.clone()).send().await.map_err(reqwest::Error::without_url)?;
        if answer.remote_addr().is_some_and(|peer| !self.policy.addresses.permits(peer.ip())) {
            return Err(DeliveryError::PrivatePeer);
        }
        let retry_after =
            answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let outcome =
            AttemptOutcome::Answered { status: answer.status().as_u16(), retry_after_secs: retry_after };
        Ok((outcome, beginning_of_answer(answer).await))
    }

    /// In [-1, 1).
    fn jitter(&self) -> f64 {
        let mut byte = [0];
        self.entropy.fill(&mut byte);
        f64::from(byte[0]) / 128.0 - 1.0
    }
}

/// Reads a little of the answer, so that an honest receiver can finish writing it, and keeps less; its status counts
/// either way.
async fn beginning_of_answer(mut answer: reqwest::Response) -> String {
    let (mut kept, mut size_bytes) = (Vec::new(), 0);
    while let Ok(Some(chunk)) = answer.chunk().await {
        size_bytes += chunk.len();
        let missing = limits::WEBHOOK_ANSWER_BYTES_KEPT - kept.len();
        kept.extend(chunk.iter().take(missing));
        if size_bytes > limits::WEBHOOK_ANSWER_BYTES_MAX {
            break;
        }
    }
    // PostgreSQL's text cannot hold a zero byte.
    String::from_utf8_lossy(&kept).replace('\0', "\u{fffd}")
}

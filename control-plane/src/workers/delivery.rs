//! Delivers webhooks from the outbox: at least once, the same bytes and the same id each time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use tokio::task::{AbortHandle, JoinSet};

use super::Stop;
use crate::domain::entropy::Entropy;
use crate::domain::ids::EventId;
use crate::domain::timestamp::Clock;
use crate::domain::webhook::{AttemptOutcome, avs_signature, standard_signature, verdict};
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

impl Courier {
    /// Delivers until asked to stop; a delivery that is cut off is made again after the next start.
    pub async fn run(self, stop: Stop) {
        let this = Arc::new(self);
        let mut under_way = JoinSet::new();
        let mut taken: BTreeMap<EventId, AbortHandle> = BTreeMap::new();
        while !stop.soon.is_cancelled() {
            // Before the look into the outbox, which then knows what came of those that are forgotten here.
            taken.retain(|_, handle| !handle.is_finished());
            for delivery in this.due().await {
                let free =
                    taken.len() < limits::DELIVERIES_AT_ONCE_MAX && !taken.contains_key(&delivery.event_id);
                if free {
                    let id = delivery.event_id.clone();
                    taken.insert(id, under_way.spawn(Arc::clone(&this).deliver(delivery)));
                }
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

    async fn due(&self) -> Vec<DueDelivery> {
        self.store.due_deliveries(self.clock.now()).await.unwrap_or_else(|error| {
            tracing::error!(error = telemetry::chain(&error), "cannot read the outbox");
            Vec::new()
        })
    }

    async fn deliver(self: Arc<Self>, delivery: DueDelivery) {
        let attempt = delivery.attempts + 1;
        let outcome = self.post(&delivery).await.unwrap_or_else(|error| {
            tracing::info!(job = %delivery.job_id, attempt, error = telemetry::chain(&error), "webhook got no answer");
            AttemptOutcome::Unanswered
        });
        let verdict = verdict(outcome, attempt, &self.retry_delays, self.jitter());
        tracing::info!(job = %delivery.job_id, attempt, ?outcome, ?verdict, "webhook attempt");
        let recorded =
            self.store.record_delivery(&delivery.event_id, outcome, verdict, self.clock.now()).await;
        if let Err(error) = recorded {
            // It will be delivered again: at least once is the promise.
            tracing::error!(job = %delivery.job_id, error = telemetry::chain(&error), "a delivery is not stored");
        }
    }

    async fn post(&self, delivery: &DueDelivery) -> Result<AttemptOutcome, DeliveryError> {
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
        discard_body(answer).await;
        Ok(outcome)
    }

    /// In [-1, 1).
    fn jitter(&self) -> f64 {
        let mut byte = [0];
        self.entropy.fill(&mut byte);
        f64::from(byte[0]) / 128.0 - 1.0
    }
}

/// Reads a little of the answer, so that an honest receiver can finish writing it; its status counts either way.
async fn discard_body(mut answer: reqwest::Response) {
    let mut size_bytes = 0;
    while let Ok(Some(chunk)) = answer.chunk().await {
        size_bytes += chunk.len();
        if size_bytes > limits::WEBHOOK_ANSWER_BYTES_MAX {
            return;
        }
    }
}

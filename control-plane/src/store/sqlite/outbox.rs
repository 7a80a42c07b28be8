//! Webhook deliveries: which are due, and what came of them.

use std::time::Duration;

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::{Store, StoreError, rows};
use crate::domain::ids::EventId;
use crate::domain::timestamp::Timestamp;
use crate::domain::webhook::{AttemptOutcome, Verdict};
use crate::limits;
use crate::store::{DueDelivery, WebhookTarget};

impl Store {
    /// The deliveries that are due, longest first. The caller sees to it that none is under way twice.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn due_deliveries(&self, now: Timestamp) -> Result<Vec<DueDelivery>, StoreError> {
        // A time further away than the longest pause was set before the clock jumped back.
        let longest = limits::WEBHOOK_RETRY_AFTER_MAX * 2;
        let due = sqlx::query(
            "SELECT o.event_id, o.job_id, o.event, o.body, o.attempts, w.url, w.sealed_secret
             FROM outbox AS o JOIN webhooks AS w ON w.job_id = o.job_id
             WHERE o.status = 'pending' AND (o.next_at <= ?1 OR o.next_at > ?2) ORDER BY o.next_at LIMIT ?3",
        )
        .bind(now.unix_millis())
        .bind(now.plus(longest).unix_millis())
        // Twice as many as run at once, so that those under way do not hide the next ones.
        .bind(i64::try_from(2 * limits::DELIVERIES_AT_ONCE_MAX).unwrap_or(i64::MAX))
        .fetch_all(self.readers())
        .await?;
        due.iter().map(delivery_from_row).collect()
    }

    /// Stores what came of an attempt.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn record_delivery(
        &self,
        event_id: &EventId,
        outcome: AttemptOutcome,
        verdict: Verdict,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (status, pause) = match verdict {
            Verdict::Delivered => ("delivered", Duration::ZERO),
            Verdict::RetryAfter(pause) => ("pending", pause),
            Verdict::Abandoned => ("abandoned", Duration::ZERO),
        };
        let answered = match outcome {
            AttemptOutcome::Answered { status, .. } => Some(status),
            AttemptOutcome::Unanswered => None,
        };
        let mut tx = self.write().await?;
        sqlx::query(
            "UPDATE outbox SET status = ?, attempts = attempts + 1, next_at = ?, last_status = ?, updated_at = ?
             WHERE event_id = ? AND status = 'pending'",
        )
        .bind(status)
        .bind(now.plus(pause).unix_millis())
        .bind(answered)
        .bind(now.unix_millis())
        .bind(event_id.as_str())
        .execute(&mut *tx)
        .await?;
        tx.commit().await
    }
}

fn delivery_from_row(row: &SqliteRow) -> Result<DueDelivery, StoreError> {
    let attempts: u32 = row.try_get("attempts")?;
    Ok(DueDelivery {
        event_id: EventId::parse(row.try_get("event_id")?)
            .ok_or(StoreError::Corrupt { column: "event_id" })?,
        job_id: rows::job_id(row.try_get("job_id")?)?,
        event: row.try_get("event")?,
        body: row.try_get("body")?,
        attempts: usize::try_from(attempts).unwrap_or(usize::MAX),
        target: WebhookTarget { url: row.try_get("url")?, sealed_secret: row.try_get("sealed_secret")? },
    })
}

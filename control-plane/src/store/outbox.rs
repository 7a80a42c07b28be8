//! Webhook deliveries: which are due, and what came of them.

use std::time::Duration;

use super::database::{Row, sql, sql_for};
use super::signals::Signal;
use super::{DueDelivery, Store, StoreError, WebhookTarget, rows};
use crate::domain::ids::{AccountId, BootId, EventId, JobId};
use crate::domain::timestamp::Timestamp;
use crate::domain::webhook::{AttemptReport, Verdict};
use crate::limits;

impl Store {
    /// Claims at most `most` deliveries that are due, longest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn claim_deliveries(
        &self,
        boot: &BootId,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        // A time further away than the longest pause was set before the clock jumped back.
        let far = now.plus(limits::WEBHOOK_RETRY_AFTER_MAX * 2);
        let due = sql(
            "SELECT event_id FROM outbox WHERE status = 'pending' AND boot_id IS NULL AND (next_at <= $1 OR next_at > $2) LIMIT 1",
        );
        if most == 0 || due.bind(now).bind(far).optional(&mut self.read().await?).await?.is_none() {
            return Ok(Vec::new());
        }
        let mut tx = self.write().await?;
        let claimed = sql_for(
            "UPDATE outbox SET boot_id = $1 WHERE event_id IN
                (SELECT event_id FROM outbox WHERE status = 'pending' AND boot_id IS NULL AND (next_at <= $2 OR next_at > $3)
                 ORDER BY next_at LIMIT $4) RETURNING event_id",
            "UPDATE outbox SET boot_id = $1 WHERE event_id IN
                (SELECT event_id FROM outbox WHERE status = 'pending' AND boot_id IS NULL AND (next_at <= $2 OR next_at > $3)
                 ORDER BY next_at LIMIT $4 FOR UPDATE SKIP LOCKED) RETURNING event_id",
        )
        .bind(boot.as_str())
        .bind(now)
        .bind(far)
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .all(&mut tx)
        .await?;
        let mut deliveries = Vec::with_capacity(claimed.len());
        for row in &claimed {
            let delivery =
                sql("SELECT o.event_id, o.job_id, o.event, o.body, o.attempts, w.url, w.sealed_secret
                 FROM outbox AS o JOIN webhooks AS w ON w.job_id = o.job_id WHERE o.event_id = $1");
            let row = delivery.bind(row.get::<String>("event_id")?).one(&mut tx).await?;
            deliveries.push(delivery_from_row(&row)?);
        }
        tx.commit().await?;
        Ok(deliveries)
    }

    /// Stores what came of an attempt, and lets go of the delivery. False, and nothing has happened, where `boot` no longer
    /// holds it: whoever has it by now attempts it anew, and what comes of that counts.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn record_delivery(
        &self,
        (boot, event_id): (&BootId, &EventId),
        report: &AttemptReport,
        verdict: Verdict,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (status, pause) = match verdict {
            Verdict::Delivered => ("delivered", Duration::ZERO),
            Verdict::RetryAfter(pause) => ("pending", pause),
            Verdict::Abandoned => ("abandoned", Duration::ZERO),
        };
        let answered = report.outcome.status().map(i64::from);
        let mut tx = self.write().await?;
        let row = sql(
            "UPDATE outbox SET status = $1, attempts = attempts + 1, next_at = $2, last_status = $3, updated_at = $4, boot_id = NULL
             WHERE event_id = $5 AND status = 'pending' AND boot_id = $6 RETURNING attempts, job_id",
        )
        .bind(status)
        .bind(now.plus(pause))
        .bind(answered)
        .bind(now)
        .bind(event_id.as_str())
        .bind(boot.as_str())
        .optional(&mut tx)
        .await?;
        let Some(row) = row else {
            tx.roll_back().await?;
            return Ok(false);
        };
        sql("INSERT INTO delivery_attempts (event_id, attempt, at, duration_millis, status, error, answer)
             VALUES ($1, (SELECT COUNT(*) + 1 FROM delivery_attempts WHERE event_id = $1), $2, $3, $4, $5, $6)")
        .bind(event_id.as_str())
        .bind(report.at)
        .bind(i64::try_from(report.duration.as_millis()).unwrap_or(i64::MAX))
        .bind(answered)
        .bind(report.error.as_deref())
        .bind(report.answer.as_deref())
        .execute(&mut tx)
        .await?;
        tx.signal(Signal::JobChanged(rows::job_id(&rows::text(&row, "job_id")?)?));
        tx.commit().await?;
        Ok(true)
    }

    /// Makes the delivery of an ended job due again, with a full set of retries; the bytes and the id stay the same.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where the account has no such job or it has no delivery.
    pub async fn redeliver(&self, id: &JobId, account: &AccountId, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write_soon().await?;
        let updated = sql("UPDATE outbox SET status = 'pending', attempts = 0, next_at = $1, updated_at = $1
             WHERE job_id = $2 AND (SELECT account_id FROM jobs WHERE id = $2) = $3")
        .bind(now)
        .bind(id.as_str())
        .bind(account.as_str())
        .execute(&mut tx)
        .await?;
        if updated == 0 {
            tx.roll_back().await?;
            return Err(StoreError::Missing { what: "delivery", key: id.to_string() });
        }
        tx.signal(Signal::DeliveryDue);
        tx.commit().await
    }
}

fn delivery_from_row(row: &Row) -> Result<DueDelivery, StoreError> {
    let attempts = usize::try_from(row.get::<i64>("attempts")?);
    Ok(DueDelivery {
        event_id: EventId::parse(&rows::text(row, "event_id")?)
            .ok_or(StoreError::Corrupt { column: "event_id" })?,
        job_id: rows::job_id(&rows::text(row, "job_id")?)?,
        event: row.get("event")?,
        body: row.get("body")?,
        attempts: attempts.unwrap_or(usize::MAX),
        target: WebhookTarget { url: row.get("url")?, sealed_secret: row.get("sealed_secret")? },
    })
}

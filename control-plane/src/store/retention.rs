//! What is not kept for ever: files of ended jobs, secrets of their webhooks, keys, logs, sessions.

use std::time::Duration;

use super::database::sql;
use super::{Store, StoreError, rows};
use crate::domain::ids::JobId;
use crate::domain::timestamp::Timestamp;
use crate::limits;

/// A job whose files are to be removed.
#[derive(Debug)]
pub struct Expired {
    /// Its name, by which its files are found.
    pub id: JobId,
}

impl Store {
    /// At most `most` jobs that ended longer than `retention` ago and still have files, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn expired_jobs(
        &self,
        retention: Duration,
        most: i64,
        now: Timestamp,
    ) -> Result<Vec<Expired>, StoreError> {
        let rows = sql("SELECT id FROM jobs WHERE finished_at IS NOT NULL AND expired_at IS NULL AND finished_at < $1 ORDER BY finished_at LIMIT $2")
            .bind(now.minus(retention))
            .bind(most)
            .all(&mut self.read().await?)
            .await?;
        rows.iter().map(|row| Ok(Expired { id: rows::job_id(&rows::text(row, "id")?)? })).collect()
    }

    /// Notes that the files of a job are gone, and forgets the secret of its webhook.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn record_expiry(&self, id: &JobId, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sql("UPDATE jobs SET expired_at = $1 WHERE id = $2")
            .bind(now)
            .bind(id.as_str())
            .execute(&mut tx)
            .await?;
        sql("UPDATE webhooks SET sealed_secret = NULL WHERE job_id = $1
             AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.job_id = $1 AND status = 'pending')")
        .bind(id.as_str())
        .execute(&mut tx)
        .await?;
        tx.commit().await
    }

    /// Forgets what is too old to be of use: answers kept for repetitions, attempts at deliveries, sessions, grants.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget_old(&self, now: Timestamp) -> Result<(), StoreError> {
        let old = [
            (
                sql("DELETE FROM idempotency_keys WHERE created_at < $1"),
                now.minus(limits::IDEMPOTENCY_RETENTION),
            ),
            (sql("DELETE FROM delivery_attempts WHERE at < $1"), now.minus(limits::DELIVERY_LOG_RETENTION)),
            (sql("DELETE FROM crashes WHERE last_at < $1"), now.minus(limits::CRASH_RETENTION)),
            (sql("DELETE FROM sessions WHERE expires_at < $1"), now),
            (sql("DELETE FROM device_grants WHERE expires_at < $1"), now),
            (sql("DELETE FROM leases WHERE until < $1 AND until > 1"), now.minus(limits::LEASE_RETENTION)),
        ];
        for (query, before) in old {
            let mut tx = self.write().await?;
            query.bind(before).execute(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

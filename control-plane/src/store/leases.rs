//! Which server processes live, and what becomes of the work of those that do not.
//!
//! On SQLite the holder of the data directory's lock is the only one: every other boot is dead, whatever the clock
//! says. On PostgreSQL each process renews a lease on the database's own clock; one that has run out is dead.

use std::time::Duration;

use super::database::{sql, sql_for};
use super::signals::Signal;
use super::{Store, StoreError};
use crate::domain::ids::BootId;
use crate::domain::timestamp::Timestamp;

impl Store {
    /// Says that this process lives, for another `lease`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn renew_lease(&self, boot: &BootId, lease: Duration) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sql_for(
            // Days since noon of 24 November 4714 BC, to milliseconds of 1970: `unixepoch` has no fractions before 3.42,
            // and Debian 12 has 3.40.
            "INSERT INTO leases (boot_id, until)
             VALUES ($1, CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER) + $2)
             ON CONFLICT (boot_id) DO UPDATE SET until = excluded.until",
            "INSERT INTO leases (boot_id, until) VALUES ($1, (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT + $2)
             ON CONFLICT (boot_id) DO UPDATE SET until = excluded.until",
        )
        .bind(boot.as_str())
        .bind(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX))
        .execute(&mut tx)
        .await?;
        tx.commit().await
    }

    /// Ends this process's lease: it has let go of everything.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn end_lease(&self, boot: &BootId) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sql("DELETE FROM leases WHERE boot_id = $1").bind(boot.as_str()).execute(&mut tx).await?;
        tx.commit().await
    }

    /// Gives back every job and every delivery whose process is dead; returns how many jobs.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn requeue_orphans(&self, boot: &BootId, now: Timestamp) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        // The rows are locked before they are counted as events, so that each has its one event.
        let requeued = sql_for(
            "UPDATE jobs SET status = 'queued', boot_id = NULL, ready_at = $2, updated_at = $2
             WHERE status = 'running' AND boot_id <> $1 RETURNING id, epoch, phase",
            "UPDATE jobs SET status = 'queued', boot_id = NULL, ready_at = $2, updated_at = $2
             WHERE status = 'running' AND boot_id <> $1 AND boot_id NOT IN
                (SELECT boot_id FROM leases WHERE until > EXTRACT(EPOCH FROM clock_timestamp()) * 1000)
             RETURNING id, epoch, phase",
        )
        .bind(boot.as_str())
        .bind(now)
        .all(&mut tx)
        .await?;
        for row in &requeued {
            let id = row.get::<String>("id")?;
            sql("INSERT INTO events (job_id, kind, epoch, at, status, phase) VALUES ($1, 'job.requeued', $2, $3, 'queued', $4)")
                .bind(&id)
                .bind(row.get::<i64>("epoch")?)
                .bind(now)
                .bind(row.get::<String>("phase")?)
                .execute(&mut tx)
                .await?;
            tx.signal(Signal::JobChanged(super::rows::job_id(&id)?));
        }
        let deliveries = sql_for(
            "UPDATE outbox SET boot_id = NULL WHERE status = 'pending' AND boot_id <> $1",
            "UPDATE outbox SET boot_id = NULL WHERE status = 'pending' AND boot_id <> $1 AND boot_id NOT IN
                (SELECT boot_id FROM leases WHERE until > EXTRACT(EPOCH FROM clock_timestamp()) * 1000)",
        )
        .bind(boot.as_str())
        .execute(&mut tx)
        .await?;
        if !requeued.is_empty() {
            tx.signal(Signal::JobReady);
        }
        if deliveries > 0 {
            tx.signal(Signal::DeliveryDue);
        }
        tx.commit().await?;
        Ok(u64::try_from(requeued.len()).unwrap_or(u64::MAX))
    }
}

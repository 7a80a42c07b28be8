//! Jobs in the hands of a worker: claimed, moved on, given back. Every write after the claim is fenced by its epoch.

use std::time::Duration;

use serde_json::Value;
use sqlx::{Row as _, SqliteConnection};

use super::jobs::{load_job, record_event};
use super::{Store, StoreError, rows};
use crate::domain::credits::Item;
use crate::domain::ids::{BootId, JobId};
use crate::domain::job::{Job, Progress};
use crate::domain::lifecycle::{JobState, JobStatus, Phase, Step};
use crate::domain::timestamp::Timestamp;
use crate::limits;
use crate::store::{AssetRecord, ClaimedJob, Project};

impl Store {
    /// Takes the job that has waited longest, if any is ready.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn claim_job(&self, boot: &BootId, now: Timestamp) -> Result<Option<ClaimedJob>, StoreError> {
        let mut tx = self.write().await?;
        // A time further away than the longest pause was set before the clock jumped back.
        let row = sqlx::query(
            "SELECT * FROM jobs WHERE status = 'queued' AND (ready_at <= ?1 OR ready_at > ?1 + ?2) ORDER BY ready_at, seq LIMIT 1",
        )
        .bind(now.unix_millis())
        .bind(millis(limits::RETRY_PAUSE_MAX * 2))
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else {
            tx.roll_back().await?;
            return Ok(None);
        };
        let mut job = rows::job_from_row(&row)?;
        job.state = job.state.apply(Step::Claim)?;
        job.updated_at = now;
        sqlx::query(
            "UPDATE jobs SET status = ?, phase = ?, epoch = ?, boot_id = ?, updated_at = ? WHERE id = ?",
        )
        .bind(job.state.status.name())
        .bind(job.state.phase.name())
        .bind(job.state.epoch)
        .bind(boot.as_str())
        .bind(now.unix_millis())
        .bind(job.id.as_str())
        .execute(&mut *tx)
        .await?;
        record_event(&mut tx, &job.id, "job.claimed", (job.state.epoch, now)).await?;
        let project = load_project(&mut tx, &job.id).await?;
        tx.commit().await?;
        self.announce_change(&job.id);
        Ok(Some(ClaimedJob { job, project }))
    }

    /// Moves a claimed job on to `phase`, if it is not already further.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] where the claim is lost.
    pub async fn advance_job(&self, held: &Job, phase: Phase, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let (_, next) = step_held(&mut tx, held, Step::Advance(phase)).await?;
        sqlx::query("UPDATE jobs SET phase = ?, updated_at = ? WHERE id = ?")
            .bind(next.phase.name())
            .bind(now.unix_millis())
            .bind(held.id.as_str())
            .execute(&mut *tx)
            .await?;
        record_event(&mut tx, &held.id, "job.advanced", (next.epoch, now)).await?;
        tx.commit().await?;
        self.announce_change(&held.id);
        Ok(())
    }

    /// Stores what the engine found in the inputs, and the bill that follows.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] where the claim is lost.
    pub async fn record_probe(
        &self,
        held: &Job,
        assets: &[AssetRecord],
        items: &[Item],
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let updated =
            sqlx::query("UPDATE jobs SET items = ? WHERE id = ? AND epoch = ? AND status = 'running'")
                .bind(serde_json::to_string(items)?)
                .bind(held.id.as_str())
                .bind(held.state.epoch)
                .execute(&mut *tx)
                .await?;
        fence(updated.rows_affected(), held)?;
        sqlx::query("UPDATE projects SET assets = ? WHERE job_id = ?")
            .bind(serde_json::to_string(assets)?)
            .bind(held.id.as_str())
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    /// Stores how far the render is.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] where the claim is lost.
    pub async fn record_progress(
        &self,
        held: &Job,
        progress: &Progress,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let updated = sqlx::query(
            "UPDATE jobs SET progress = ?, updated_at = ? WHERE id = ? AND epoch = ? AND status = 'running'",
        )
        .bind(serde_json::to_string(progress)?)
        .bind(now.unix_millis())
        .bind(held.id.as_str())
        .bind(held.state.epoch)
        .execute(&mut *tx)
        .await?;
        fence(updated.rows_affected(), held)?;
        tx.commit().await?;
        self.announce_change(&held.id);
        Ok(())
    }

    /// Gives a claimed job back to the queue, to be ready again after `pause`.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] where the claim is lost; [`StoreError::IllegalStep`] where its attempts are used up.
    pub async fn requeue_job(
        &self,
        held: &Job,
        step: Step,
        pause: Duration,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let (_, next) = step_held(&mut tx, held, step).await?;
        sqlx::query(
            "UPDATE jobs SET status = ?, broken_attempts = ?, boot_id = NULL, ready_at = ?, updated_at = ? WHERE id = ?",
        )
        .bind(next.status.name())
        .bind(next.broken_attempts)
        .bind(now.plus(pause).unix_millis())
        .bind(now.unix_millis())
        .bind(held.id.as_str())
        .execute(&mut *tx)
        .await?;
        record_event(&mut tx, &held.id, "job.requeued", (next.epoch, now)).await?;
        tx.commit().await?;
        self.inner.job_ready.notify_one();
        self.announce_change(&held.id);
        Ok(())
    }

    /// Gives back every job that another life of this server had claimed; returns how many. Only the holder
    /// of the data directory's lock may call this: nobody else can then be working on them.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn requeue_orphans(&self, boot: &BootId, now: Timestamp) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let orphans = "INSERT INTO events (job_id, kind, epoch, at)
             SELECT id, 'job.requeued', epoch, ?2 FROM jobs WHERE status = 'running' AND boot_id <> ?1";
        sqlx::query(orphans).bind(boot.as_str()).bind(now.unix_millis()).execute(&mut *tx).await?;
        let requeued = sqlx::query(
            "UPDATE jobs SET status = 'queued', boot_id = NULL, ready_at = ?2, updated_at = ?2
             WHERE status = 'running' AND boot_id <> ?1",
        )
        .bind(boot.as_str())
        .bind(now.unix_millis())
        .execute(&mut *tx)
        .await?
        .rows_affected();
        tx.commit().await?;
        Ok(requeued)
    }
}

/// Loads a claimed job inside a transaction, checks that the claim still holds, and applies `step`.
pub(super) async fn step_held(
    tx: &mut SqliteConnection,
    held: &Job,
    step: Step,
) -> Result<(Job, JobState), StoreError> {
    let job = load_job(tx, &held.id).await?;
    let still_held = job.state.status == JobStatus::Running && job.state.epoch == held.state.epoch;
    fence(u64::from(still_held), held)?;
    let next = job.state.apply(step)?;
    Ok((job, next))
}

fn fence(rows: u64, held: &Job) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Fenced { epoch: held.state.epoch }) }
}

async fn load_project(tx: &mut SqliteConnection, id: &JobId) -> Result<Project, StoreError> {
    let row = sqlx::query("SELECT template, output, assets FROM projects WHERE job_id = ?")
        .bind(id.as_str())
        .fetch_one(tx)
        .await?;
    let output: &str = row.try_get("output")?;
    Ok(Project {
        template: rows::required_document(&row, "template")?,
        output: serde_json::from_str::<Value>(output)?,
        assets: rows::required_document(&row, "assets")?,
    })
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

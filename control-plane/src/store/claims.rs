//! Jobs in the hands of a worker: claimed, moved on, given back. Every write after the claim is fenced by its epoch.

use std::time::Duration;

use serde_json::Value;

use super::database::{Connection, sql, sql_for};
use super::jobs::lock_job;
use super::signals::Signal;
use super::{AssetRecord, ClaimedJob, Project, Store, StoreError, events, rows};
use crate::domain::credits::Item;
use crate::domain::ids::{BootId, JobId};
use crate::domain::job::{Job, Progress};
use crate::domain::lifecycle::{JobState, JobStatus, Phase, Step};
use crate::domain::timestamp::Timestamp;
use crate::limits;

impl Store {
    /// Takes the job that has waited longest, if any is ready.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn claim_job(&self, boot: &BootId, now: Timestamp) -> Result<Option<ClaimedJob>, StoreError> {
        if !self.has_ready_job(now).await? {
            return Ok(None);
        }
        let mut tx = self.write().await?;
        // A time further away than the longest pause was set before the clock jumped back.
        let row = sql_for(
            "SELECT * FROM jobs WHERE status = 'queued' AND (ready_at <= $1 OR ready_at > $2) ORDER BY ready_at, seq LIMIT 1",
            "SELECT * FROM jobs WHERE status = 'queued' AND (ready_at <= $1 OR ready_at > $2) ORDER BY ready_at, seq LIMIT 1
             FOR UPDATE SKIP LOCKED",
        )
        .bind(now)
        .bind(now.plus(limits::RETRY_PAUSE_MAX * 2))
        .optional(&mut tx)
        .await?;
        let Some(row) = row else {
            tx.roll_back().await?;
            return Ok(None);
        };
        let cancel_requested = row.get::<Option<i64>>("cancel_requested_at")?.is_some();
        let mut job = rows::job_from_row(&row)?;
        job.state = job.state.apply(Step::Claim)?;
        job.updated_at = now;
        sql("UPDATE jobs SET status = $1, phase = $2, epoch = $3, boot_id = $4, updated_at = $5 WHERE id = $6")
            .bind(job.state.status.name())
            .bind(job.state.phase.name())
            .bind(job.state.epoch)
            .bind(boot.as_str())
            .bind(now)
            .bind(job.id.as_str())
            .execute(&mut tx)
            .await?;
        events::record(&mut tx, &job.id, "job.claimed", (job.state, now)).await?;
        let (project, trace) = load_project(&mut tx, &job.id).await?;
        tx.signal(Signal::JobChanged(job.id.clone()));
        tx.commit().await?;
        Ok(Some(ClaimedJob { job, project, trace, cancel_requested }))
    }

    /// Idle workers ask often; they must not keep those waiting who write.
    async fn has_ready_job(&self, now: Timestamp) -> Result<bool, StoreError> {
        let query =
            sql("SELECT seq FROM jobs WHERE status = 'queued' AND (ready_at <= $1 OR ready_at > $2) LIMIT 1");
        let query = query.bind(now).bind(now.plus(limits::RETRY_PAUSE_MAX * 2));
        Ok(query.optional(&mut self.read().await?).await?.is_some())
    }

    /// Moves a claimed job on to `phase`, if it is not already further.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] where the claim is lost.
    pub async fn advance_job(&self, held: &Job, phase: Phase, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let (_, next) = step_held(&mut tx, held, Step::Advance(phase)).await?;
        sql("UPDATE jobs SET phase = $1, updated_at = $2 WHERE id = $3")
            .bind(next.phase.name())
            .bind(now)
            .bind(held.id.as_str())
            .execute(&mut tx)
            .await?;
        events::record(&mut tx, &held.id, "job.advanced", (next, now)).await?;
        tx.signal(Signal::JobChanged(held.id.clone()));
        tx.commit().await
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
        let updated = sql("UPDATE jobs SET items = $1 WHERE id = $2 AND epoch = $3 AND status = 'running'")
            .bind(serde_json::to_string(items)?)
            .bind(held.id.as_str())
            .bind(held.state.epoch)
            .execute(&mut tx)
            .await?;
        fence(updated, held)?;
        sql("UPDATE projects SET assets = $1 WHERE job_id = $2")
            .bind(serde_json::to_string(assets)?)
            .bind(held.id.as_str())
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    /// Stores the template that the creator has made of a prompt, the output that it is made for, how it came to them, and the
    /// bill that follows.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] where the claim is lost.
    pub async fn record_template(
        &self,
        held: &Job,
        (template, output): (&Value, &Value),
        trace: &Value,
        items: &[Item],
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        step_held(&mut tx, held, Step::Advance(Phase::Generating)).await?;
        sql("UPDATE jobs SET items = $1 WHERE id = $2")
            .bind(serde_json::to_string(items)?)
            .bind(held.id.as_str())
            .execute(&mut tx)
            .await?;
        sql("UPDATE projects SET template = $1, output = $2, trace = $3 WHERE job_id = $4")
            .bind(serde_json::to_string(template)?)
            .bind(serde_json::to_string(output)?)
            .bind(serde_json::to_string(trace)?)
            .bind(held.id.as_str())
            .execute(&mut tx)
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
        let updated = sql(
            "UPDATE jobs SET progress = $1, updated_at = $2 WHERE id = $3 AND epoch = $4 AND status = 'running'",
        )
        .bind(serde_json::to_string(progress)?)
        .bind(now)
        .bind(held.id.as_str())
        .bind(held.state.epoch)
        .execute(&mut tx)
        .await?;
        fence(updated, held)?;
        tx.signal(Signal::JobChanged(held.id.clone()));
        tx.commit().await
    }

    /// True where the claim still holds and the owner wants the job stopped.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] where the claim is lost.
    pub async fn is_cancel_requested(&self, held: &Job) -> Result<bool, StoreError> {
        let row =
            sql("SELECT cancel_requested_at FROM jobs WHERE id = $1 AND epoch = $2 AND status = 'running'")
                .bind(held.id.as_str())
                .bind(held.state.epoch)
                .optional(&mut self.read().await?)
                .await?;
        let row = row.ok_or(StoreError::Fenced { epoch: held.state.epoch })?;
        Ok(row.get::<Option<i64>>("cancel_requested_at")?.is_some())
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
        sql("UPDATE jobs SET status = $1, broken_attempts = $2, boot_id = NULL, ready_at = $3, updated_at = $4 WHERE id = $5")
            .bind(next.status.name())
            .bind(next.broken_attempts)
            .bind(now.plus(pause))
            .bind(now)
            .bind(held.id.as_str())
            .execute(&mut tx)
            .await?;
        events::record(&mut tx, &held.id, "job.requeued", (next, now)).await?;
        tx.signal(Signal::JobReady);
        tx.signal(Signal::JobChanged(held.id.clone()));
        tx.commit().await
    }
}

/// Loads a claimed job inside a transaction, checks that the claim still holds, and applies `step`.
pub(super) async fn step_held(
    tx: &mut Connection,
    held: &Job,
    step: Step,
) -> Result<(Job, JobState), StoreError> {
    let job = lock_job(tx, &held.id).await?;
    let still_held = job.state.status == JobStatus::Running && job.state.epoch == held.state.epoch;
    fence(u64::from(still_held), held)?;
    let next = job.state.apply(step)?;
    Ok((job, next))
}

fn fence(rows: u64, held: &Job) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Fenced { epoch: held.state.epoch }) }
}

/// The project, and how its template came about if a creator has made it.
async fn load_project(tx: &mut Connection, id: &JobId) -> Result<(Project, Option<Value>), StoreError> {
    let row = sql("SELECT template, output, assets, prompt, trace FROM projects WHERE job_id = $1")
        .bind(id.as_str())
        .one(tx)
        .await?;
    let project = Project {
        template: serde_json::from_str(&rows::text(&row, "template")?)?,
        prompt: row.get("prompt")?,
        output: serde_json::from_str(&rows::text(&row, "output")?)?,
        assets: rows::required_document(&row, "assets")?,
    };
    Ok((project, rows::document(&row, "trace")?))
}

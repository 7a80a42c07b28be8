//! Jobs: accepted with their reservation, and read.

use super::database::{Connection, locked, sql};
use super::idempotency::take_key;
use super::signals::Signal;
use super::{NewJob, ProjectRecord, Store, StoreError, events, ledger, rows};
use crate::domain::credits::total_credits;
use crate::domain::ids::{AccountId, JobId};
use crate::domain::job::{Job, JobCredits};
use crate::domain::lifecycle::JobState;
use crate::domain::timestamp::Timestamp;

impl NewJob {
    /// The job as it is once accepted.
    pub fn job(&self, now: Timestamp) -> Job {
        Job {
            id: self.id.clone(),
            account_id: self.account_id.clone(),
            mode: self.mode,
            state: JobState::NEW,
            created_at: now,
            updated_at: now,
            finished_at: None,
            expired_at: None,
            progress: None,
            error: None,
            video: None,
            credits: JobCredits {
                reserved: total_credits(&self.items),
                charged: 0,
                items: self.items.clone(),
            },
            metadata: self.metadata.clone(),
        }
    }
}

impl Store {
    /// Accepts a job: the row, its project, its webhook, its first event, the answer to repetitions and the
    /// reservation of what it may cost, or none of it.
    ///
    /// # Errors
    /// [`StoreError::InsufficientCredits`] where the account cannot cover it, [`StoreError::TooManyOpenJobs`] where
    /// it has `open_jobs_max`, [`StoreError::Replayed`] and [`StoreError::IdempotencyKeyReused`] for a known key.
    pub async fn create_job(
        &self,
        new: &NewJob,
        open_jobs_max: i64,
        now: Timestamp,
    ) -> Result<Job, StoreError> {
        let mut tx = self.write_soon().await?;
        match insert_all(&mut tx, new, open_jobs_max, now).await {
            Ok(()) => {}
            Err(
                refusal @ (StoreError::InsufficientCredits { .. }
                | StoreError::TooManyOpenJobs { .. }
                | StoreError::IdempotencyKeyReused
                | StoreError::Replayed(_)),
            ) => {
                tx.roll_back().await?;
                return Err(refusal);
            }
            Err(error) => return Err(error),
        }
        tx.signal(Signal::JobReady);
        tx.signal(Signal::JobChanged(new.id.clone()));
        tx.commit().await?;
        Ok(new.job(now))
    }

    /// Reads a job for its owner; another account's is as good as none.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where the account has no such job.
    pub async fn job_of_account(&self, id: &JobId, account: &AccountId) -> Result<Job, StoreError> {
        let job = self.job(id).await?;
        if job.account_id == *account { Ok(job) } else { Err(missing_job(id)) }
    }

    /// Reads a job.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none.
    pub async fn job(&self, id: &JobId) -> Result<Job, StoreError> {
        let query = sql("SELECT * FROM jobs WHERE id = $1");
        let row = query.bind(id.as_str()).optional(&mut self.read().await?).await?;
        rows::job_from_row(&row.ok_or_else(|| missing_job(id))?)
    }

    /// Reads the hidden project of a job, for support.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none.
    pub async fn project(&self, id: &JobId) -> Result<ProjectRecord, StoreError> {
        let query = sql("SELECT * FROM projects WHERE job_id = $1");
        let row = query.bind(id.as_str()).optional(&mut self.read().await?).await?;
        let row = row.ok_or_else(|| missing_job(id))?;
        Ok(ProjectRecord {
            template: serde_json::from_str(&rows::text(&row, "template")?)?,
            prompt: row.get("prompt")?,
            output: serde_json::from_str(&rows::text(&row, "output")?)?,
            assets: rows::required_document(&row, "assets")?,
            trace: rows::document(&row, "trace")?,
            engine_report: rows::document(&row, "engine_report")?,
        })
    }

    /// True where there is such a job and its files are still kept.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn job_has_files(&self, id: &JobId) -> Result<bool, StoreError> {
        let query = sql("SELECT id FROM jobs WHERE id = $1 AND expired_at IS NULL");
        Ok(query.bind(id.as_str()).optional(&mut self.read().await?).await?.is_some())
    }
}

/// Reads a job that the transaction is about to change.
pub(super) async fn lock_job(tx: &mut Connection, id: &JobId) -> Result<Job, StoreError> {
    let row = locked!("SELECT * FROM jobs WHERE id = $1").bind(id.as_str()).optional(tx).await?;
    rows::job_from_row(&row.ok_or_else(|| missing_job(id))?)
}

async fn insert_all(
    tx: &mut Connection,
    new: &NewJob,
    open_jobs_max: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let Some(key) = &new.idempotency {
        take_key(tx, key, (&new.account_id, &new.id), now).await?;
    }
    insert_job(tx, new, now).await?;
    insert_project(tx, new).await?;
    events::record(tx, &new.id, "job.queued", (JobState::NEW, now)).await?;
    let limits = (total_credits(&new.items), open_jobs_max);
    ledger::reserve(tx, (&new.account_id, &new.id), limits, now).await
}

async fn insert_job(tx: &mut Connection, new: &NewJob, now: Timestamp) -> Result<(), StoreError> {
    sql("INSERT INTO jobs (id, account_id, token_id, mode, status, phase, epoch, broken_attempts, ready_at,
                           reserved_credits, charged_credits, items, metadata, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, $9, $9)")
    .bind(new.id.as_str())
    .bind(new.account_id.as_str())
    .bind(new.token_id.as_deref())
    .bind(new.mode.name())
    .bind(JobState::NEW.status.name())
    .bind(JobState::NEW.phase.name())
    .bind(JobState::NEW.epoch)
    .bind(JobState::NEW.broken_attempts)
    .bind(now)
    .bind(total_credits(&new.items))
    .bind(serde_json::to_string(&new.items)?)
    .bind(new.metadata.as_ref().map(serde_json::to_string).transpose()?)
    .queue(tx)
    .await
}

async fn insert_project(tx: &mut Connection, new: &NewJob) -> Result<(), StoreError> {
    sql("INSERT INTO projects (job_id, template, output, assets, prompt) VALUES ($1, $2, $3, $4, $5)")
        .bind(new.id.as_str())
        .bind(serde_json::to_string(&new.project.template)?)
        .bind(serde_json::to_string(&new.project.output)?)
        .bind(serde_json::to_string(&new.project.assets)?)
        .bind(new.project.prompt.as_deref())
        .queue(tx)
        .await?;
    let Some(target) = &new.webhook else { return Ok(()) };
    sql("INSERT INTO webhooks (job_id, url, sealed_secret) VALUES ($1, $2, $3)")
        .bind(new.id.as_str())
        .bind(&target.url)
        .bind(target.sealed_secret.as_deref())
        .queue(tx)
        .await
}

pub(super) fn missing_job(id: &JobId) -> StoreError {
    StoreError::Missing { what: "job", key: id.to_string() }
}

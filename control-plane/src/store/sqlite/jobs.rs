//! Jobs: accepted with their reservation, and read.

use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use super::ledger::{self, Posting, TransferKind};
use super::{Store, StoreError, rows};
use crate::domain::credits::total_credits;
use crate::domain::ids::{AccountId, JobId};
use crate::domain::job::Job;
use crate::domain::lifecycle::JobState;
use crate::domain::timestamp::Timestamp;
use crate::store::NewJob;

impl Store {
    /// Accepts a job: the row, its project, its webhook, its first event and the reservation of what it may
    /// cost, or none of it.
    ///
    /// # Errors
    /// [`StoreError::InsufficientCredits`] where the account cannot cover it.
    pub async fn create_job(&self, new: &NewJob, now: Timestamp) -> Result<Job, StoreError> {
        let mut tx = self.write_soon().await?;
        let needed_credits = total_credits(&new.items);
        let available_credits = ledger::balance(&mut tx, &new.account_id).await?.available_credits;
        if available_credits < needed_credits {
            tx.roll_back().await?;
            return Err(StoreError::InsufficientCredits { needed_credits, available_credits });
        }
        insert_job(&mut tx, new, needed_credits, now).await?;
        insert_project(&mut tx, new).await?;
        let kind = TransferKind::Reserve;
        let (account, job) = (&new.account_id, Some(&new.id));
        let posting = Posting { account, job, kind, item: "", credits: needed_credits };
        ledger::post(&mut tx, &posting, now).await?;
        record_event(&mut tx, &new.id, "job.queued", (JobState::NEW.epoch, now)).await?;
        let job = load_job(&mut tx, &new.id).await?;
        tx.commit().await?;
        self.inner.job_ready.notify_one();
        self.announce_change(&new.id);
        Ok(job)
    }

    /// Reads a job for its owner; another account's is as good as none.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where the account has no such job.
    pub async fn job_of_account(&self, id: &JobId, account: &AccountId) -> Result<Job, StoreError> {
        let job = self.job(id).await?;
        if job.account_id == *account {
            return Ok(job);
        }
        Err(missing_job(id))
    }

    /// Reads a job.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none.
    pub async fn job(&self, id: &JobId) -> Result<Job, StoreError> {
        let mut connection = self.readers().acquire().await?;
        load_job(&mut connection, id).await
    }

    /// True where there is such a job.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn job_exists(&self, id: &JobId) -> Result<bool, StoreError> {
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM jobs WHERE id = ?")
            .bind(id.as_str())
            .fetch_one(self.readers())
            .await?;
        Ok(count > 0)
    }
}

/// Reads a job inside or outside of a transaction.
pub(super) async fn load_job(connection: &mut SqliteConnection, id: &JobId) -> Result<Job, StoreError> {
    let row: Option<SqliteRow> =
        sqlx::query("SELECT * FROM jobs WHERE id = ?").bind(id.as_str()).fetch_optional(connection).await?;
    rows::job_from_row(&row.ok_or_else(|| missing_job(id))?)
}

/// Appends to the history of a job.
pub(super) async fn record_event(
    tx: &mut SqliteConnection,
    id: &JobId,
    kind: &str,
    (epoch, at): (u32, Timestamp),
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO events (job_id, kind, epoch, at) VALUES (?, ?, ?, ?)")
        .bind(id.as_str())
        .bind(kind)
        .bind(epoch)
        .bind(at.unix_millis())
        .execute(tx)
        .await?;
    Ok(())
}

async fn insert_job(
    tx: &mut SqliteConnection,
    new: &NewJob,
    reserved_credits: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO jobs (id, account_id, token_id, mode, status, phase, epoch, broken_attempts, ready_at,
                           reserved_credits, charged_credits, items, metadata, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, ?11, ?12, ?9, ?9)",
    )
    .bind(new.id.as_str())
    .bind(new.account_id.as_str())
    .bind(&new.token_id)
    .bind(new.mode.name())
    .bind(JobState::NEW.status.name())
    .bind(JobState::NEW.phase.name())
    .bind(JobState::NEW.epoch)
    .bind(JobState::NEW.broken_attempts)
    .bind(now.unix_millis())
    .bind(reserved_credits)
    .bind(serde_json::to_string(&new.items)?)
    .bind(new.metadata.as_ref().map(serde_json::to_string).transpose()?)
    .execute(tx)
    .await?;
    Ok(())
}

async fn insert_project(tx: &mut SqliteConnection, new: &NewJob) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO projects (job_id, template, output, assets) VALUES (?, ?, ?, ?)")
        .bind(new.id.as_str())
        .bind(serde_json::to_string(&new.project.template)?)
        .bind(serde_json::to_string(&new.project.output)?)
        .bind(serde_json::to_string(&new.project.assets)?)
        .execute(&mut *tx)
        .await?;
    let Some(target) = &new.webhook else { return Ok(()) };
    sqlx::query("INSERT INTO webhooks (job_id, url, sealed_secret) VALUES (?, ?, ?)")
        .bind(new.id.as_str())
        .bind(&target.url)
        .bind(target.sealed_secret.as_deref())
        .execute(tx)
        .await?;
    Ok(())
}

fn missing_job(id: &JobId) -> StoreError {
    StoreError::Missing { what: "job", key: id.to_string() }
}

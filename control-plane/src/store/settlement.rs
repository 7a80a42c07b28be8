//! The end of a job: state, money, event and webhook in one transaction.

use super::claims::step_held;
use super::database::{Connection, sql};
use super::jobs::{lock_job, missing_job};
use super::ledger::{self, Posting, TransferKind};
use super::signals::Signal;
use super::{Announcement, Ending, Store, StoreError, WriteTransaction, events};
use crate::domain::credits::total_credits;
use crate::domain::ids::{AccountId, JobId};
use crate::domain::job::Job;
use crate::domain::lifecycle::{JobState, JobStatus, Step};
use crate::domain::timestamp::Timestamp;
use crate::domain::webhook;

impl Store {
    /// Ends a claimed job. A completed one pays each item of its bill and gives back the rest; a failed or
    /// cancelled one gives back everything.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] where the claim is lost: nothing has happened then.
    pub async fn end_job(
        &self,
        held: &Job,
        ending: &Ending,
        announcement: &Announcement<'_>,
        now: Timestamp,
    ) -> Result<Job, StoreError> {
        let mut tx = self.write().await?;
        let step = match ending {
            Ending::Completed(_) => Step::Complete,
            Ending::Failed(_) => Step::Fail,
            Ending::Cancelled => Step::Cancel,
        };
        let (job, state) = step_held(&mut tx, held, step).await?;
        let job = end(&mut tx, (job, state), ending, announcement, now).await?;
        tx.commit().await?;
        Ok(job)
    }

    /// Stops a job on its owner's request: one that waits ends here, one that runs is ended by its worker.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where the account has no such job; [`StoreError::AlreadyEnded`] where it has completed
    /// or failed.
    pub async fn cancel_job(
        &self,
        id: &JobId,
        account: &AccountId,
        announcement: &Announcement<'_>,
        now: Timestamp,
    ) -> Result<Job, StoreError> {
        let mut tx = self.write_soon().await?;
        let job = lock_job(&mut tx, id).await;
        let job = match job {
            Ok(job) if job.account_id == *account => job,
            Ok(_) | Err(StoreError::Missing { .. }) => {
                tx.roll_back().await?;
                return Err(missing_job(id));
            }
            Err(error) => return Err(error),
        };
        let job = match job.state.status {
            JobStatus::Queued => {
                let state = job.state.apply(Step::Cancel)?;
                end(&mut tx, (job, state), &Ending::Cancelled, announcement, now).await?
            }
            JobStatus::Running => {
                sql("UPDATE jobs SET cancel_requested_at = COALESCE(cancel_requested_at, $1) WHERE id = $2")
                    .bind(now)
                    .bind(id.as_str())
                    .execute(&mut tx)
                    .await?;
                tx.signal(Signal::JobChanged(id.clone()));
                job
            }
            JobStatus::Cancelled => job,
            JobStatus::Completed | JobStatus::Failed => {
                tx.roll_back().await?;
                return Err(StoreError::AlreadyEnded);
            }
        };
        tx.commit().await?;
        Ok(job)
    }
}

/// Everything that belongs to the end of a job.
async fn end(
    tx: &mut WriteTransaction<'_>,
    (job, state): (Job, JobState),
    ending: &Ending,
    announcement: &Announcement<'_>,
    now: Timestamp,
) -> Result<Job, StoreError> {
    let reserved_credits = job.credits.reserved;
    let job = ended_job(tx, (job, state), ending, now).await?;
    settle(tx, &job, reserved_credits, now).await?;
    store_ended(tx, &job, now).await?;
    announce(tx, &job, announcement, now).await?;
    tx.signal(Signal::DeliveryDue);
    tx.signal(Signal::JobChanged(job.id.clone()));
    Ok(job)
}

async fn ended_job(
    tx: &mut Connection,
    (mut job, state): (Job, JobState),
    ending: &Ending,
    now: Timestamp,
) -> Result<Job, StoreError> {
    (job.state, job.updated_at, job.finished_at) = (state, now, Some(now));
    match ending {
        Ending::Completed(completion) => {
            job.video = Some(completion.video.clone());
            job.progress = Some(completion.progress.clone());
            job.credits.charged = total_credits(&job.credits.items);
            sql("UPDATE projects SET engine_report = $1 WHERE job_id = $2")
                .bind(serde_json::to_string(&completion.engine_report)?)
                .bind(job.id.as_str())
                .queue(tx)
                .await?;
        }
        Ending::Failed(error) => {
            job.error = Some(error.clone());
            job.credits.items.clear();
        }
        Ending::Cancelled => job.credits.items.clear(),
    }
    job.credits.reserved = 0;
    Ok(job)
}

/// Captures the bill and releases what is left of the reservation.
async fn settle(
    tx: &mut Connection,
    job: &Job,
    reserved_credits: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (account, id) = (&job.account_id, Some(&job.id));
    for item in job.credits.items.iter().filter(|item| item.credits > 0) {
        let (kind, key) = (TransferKind::Capture, item.ledger_key());
        let posting = Posting { account, job: id, kind, item: &key, credits: item.credits };
        ledger::post(tx, &posting, now).await?;
    }
    let rest = reserved_credits - job.credits.charged;
    if rest == 0 {
        return Ok(());
    }
    let posting = Posting { account, job: id, kind: TransferKind::Release, item: "", credits: rest };
    ledger::post(tx, &posting, now).await
}

async fn store_ended(tx: &mut Connection, job: &Job, now: Timestamp) -> Result<(), StoreError> {
    sql(
        "UPDATE jobs SET status = $1, phase = $2, boot_id = NULL, reserved_credits = $3, charged_credits = $4,
                         items = $5, error = $6, video = $7, progress = $8, updated_at = $9, finished_at = $9
         WHERE id = $10",
    )
    .bind(job.state.status.name())
    .bind(job.state.phase.name())
    .bind(job.credits.reserved)
    .bind(job.credits.charged)
    .bind(serde_json::to_string(&job.credits.items)?)
    .bind(job.error.as_ref().map(serde_json::to_string).transpose()?)
    .bind(job.video.as_ref().map(serde_json::to_string).transpose()?)
    .bind(job.progress.as_ref().map(serde_json::to_string).transpose()?)
    .bind(now)
    .bind(job.id.as_str())
    .queue(tx)
    .await?;
    sql("UPDATE accounts SET open_jobs = open_jobs - 1 WHERE id = $1")
        .bind(job.account_id.as_str())
        .queue(tx)
        .await
}

async fn announce(
    tx: &mut Connection,
    job: &Job,
    announcement: &Announcement<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(event) = webhook::event_name(job.state.status) else { return Ok(()) };
    events::record(tx, &job.id, event, (job.state, now)).await?;
    let body = webhook::body_from_job(&announcement.event_id, event, job, announcement.links)?;
    sql("INSERT INTO outbox (event_id, job_id, event, body, status, attempts, next_at, updated_at)
         SELECT $1, job_id, $2, $3, 'pending', 0, $4, $4 FROM webhooks WHERE job_id = $5")
    .bind(announcement.event_id.as_str())
    .bind(event)
    .bind(body)
    .bind(now)
    .bind(job.id.as_str())
    .queue(tx)
    .await
}

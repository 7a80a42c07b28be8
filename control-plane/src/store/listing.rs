//! The jobs of an account, newest first, page by page.

use super::database::sql;
use super::{Store, StoreError, rows};
use crate::domain::ids::AccountId;
use crate::domain::job::{Job, Mode};
use crate::domain::lifecycle::JobStatus;
use crate::domain::timestamp::Timestamp;

/// Which jobs to list.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    /// Only those in this status.
    pub status: Option<JobStatus>,
    /// Only those of this mode.
    pub mode: Option<Mode>,
    /// Only those created at or after it.
    pub created_after: Option<Timestamp>,
    /// Only those created before it.
    pub created_before: Option<Timestamp>,
    /// Only those older than the last one of the page before.
    pub before_seq: Option<i64>,
}

/// A page of jobs.
#[derive(Debug)]
pub struct JobPage {
    /// Newest first.
    pub jobs: Vec<Job>,
    /// Where the next page begins, if there is one: [`JobFilter::before_seq`].
    pub next_before_seq: Option<i64>,
}

impl Store {
    /// Lists at most `most` jobs of the account.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn jobs_of_account(
        &self,
        account: &AccountId,
        filter: &JobFilter,
        most: usize,
    ) -> Result<JobPage, StoreError> {
        let mut found = sql(
            "SELECT * FROM jobs WHERE account_id = $1 AND seq < $2 AND ($3 IS NULL OR status = $3) AND ($4 IS NULL OR mode = $4)
                AND created_at >= $5 AND created_at < $6 ORDER BY seq DESC LIMIT $7",
        )
        .bind(account.as_str())
        .bind(filter.before_seq.unwrap_or(i64::MAX))
        .bind(filter.status.map(JobStatus::name))
        .bind(filter.mode.map(Mode::name))
        .bind(filter.created_after.map_or(0, Timestamp::unix_millis))
        .bind(filter.created_before.map_or(i64::MAX, Timestamp::unix_millis))
        // One more tells whether there is another page.
        .bind(i64::try_from(most).unwrap_or(i64::MAX - 1) + 1)
        .all(&mut self.read().await?)
        .await?;
        let more = found.len() > most;
        found.truncate(most);
        let last_seq = found.last().map(|row| row.get("seq")).transpose()?;
        Ok(JobPage {
            jobs: found.iter().map(rows::job_from_row).collect::<Result<_, _>>()?,
            next_before_seq: last_seq.filter(|_| more),
        })
    }
}

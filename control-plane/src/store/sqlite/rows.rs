//! Rows to domain types.

use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::StoreError;
use crate::domain::ids::{AccountId, JobId};
use crate::domain::job::{Job, JobCredits, Mode};
use crate::domain::lifecycle::{JobState, JobStatus, Phase};
use crate::domain::timestamp::Timestamp;

pub(super) fn job_from_row(row: &SqliteRow) -> Result<Job, StoreError> {
    Ok(Job {
        id: job_id(row.try_get("id")?)?,
        account_id: account_id(row.try_get("account_id")?)?,
        mode: named(row, "mode", &Mode::ALL, Mode::name)?,
        state: JobState {
            status: named(row, "status", &JobStatus::ALL, JobStatus::name)?,
            phase: named(row, "phase", &Phase::ALL, Phase::name)?,
            epoch: row.try_get("epoch")?,
            broken_attempts: row.try_get("broken_attempts")?,
        },
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
        finished_at: optional_time(row, "finished_at")?,
        progress: document(row, "progress")?,
        error: document(row, "error")?,
        video: document(row, "video")?,
        credits: JobCredits {
            reserved: row.try_get("reserved_credits")?,
            charged: row.try_get("charged_credits")?,
            items: required_document(row, "items")?,
        },
        metadata: document(row, "metadata")?,
    })
}

pub(super) fn job_id(text: &str) -> Result<JobId, StoreError> {
    JobId::parse(text).ok_or(StoreError::Corrupt { column: "job_id" })
}

pub(super) fn account_id(text: &str) -> Result<AccountId, StoreError> {
    AccountId::parse(text).ok_or(StoreError::Corrupt { column: "account_id" })
}

pub(super) fn time(row: &SqliteRow, column: &'static str) -> Result<Timestamp, StoreError> {
    Ok(Timestamp::from_unix_millis(row.try_get(column)?))
}

pub(super) fn optional_time(row: &SqliteRow, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
    let millis: Option<i64> = row.try_get(column)?;
    Ok(millis.map(Timestamp::from_unix_millis))
}

pub(super) fn document<T: DeserializeOwned>(
    row: &SqliteRow,
    column: &'static str,
) -> Result<Option<T>, StoreError> {
    let text: Option<&str> = row.try_get(column)?;
    Ok(text.map(serde_json::from_str).transpose()?)
}

pub(super) fn required_document<T: DeserializeOwned>(
    row: &SqliteRow,
    column: &'static str,
) -> Result<T, StoreError> {
    document(row, column)?.ok_or(StoreError::Corrupt { column })
}

fn named<T: Copy>(
    row: &SqliteRow,
    column: &'static str,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    all.iter().copied().find(|value| name(*value) == text).ok_or(StoreError::Corrupt { column })
}

//! Rows to domain types.

use serde::de::DeserializeOwned;

use super::StoreError;
use super::database::Row;
use crate::domain::ids::{AccountId, JobId};
use crate::domain::job::{Job, JobCredits, Mode};
use crate::domain::lifecycle::{JobState, JobStatus, Phase};
use crate::domain::timestamp::Timestamp;
use crate::domain::token::SecretDigest;

pub(super) fn job_from_row(row: &Row) -> Result<Job, StoreError> {
    Ok(Job {
        id: job_id(&text(row, "id")?)?,
        account_id: account_id(&text(row, "account_id")?)?,
        mode: named(row, "mode", &Mode::ALL, Mode::name)?,
        state: JobState {
            status: named(row, "status", &JobStatus::ALL, JobStatus::name)?,
            phase: named(row, "phase", &Phase::ALL, Phase::name)?,
            epoch: count(row, "epoch")?,
            broken_attempts: count(row, "broken_attempts")?,
        },
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
        finished_at: optional_time(row, "finished_at")?,
        progress: document(row, "progress")?,
        error: document(row, "error")?,
        video: document(row, "video")?,
        credits: JobCredits {
            reserved: row.get("reserved_credits")?,
            charged: row.get("charged_credits")?,
            items: required_document(row, "items")?,
        },
        metadata: document(row, "metadata")?,
        expired_at: optional_time(row, "expired_at")?,
    })
}

pub(super) fn job_id(text: &str) -> Result<JobId, StoreError> {
    JobId::parse(text).ok_or(StoreError::Corrupt { column: "job_id" })
}

pub(super) fn account_id(text: &str) -> Result<AccountId, StoreError> {
    AccountId::parse(text).ok_or(StoreError::Corrupt { column: "account_id" })
}

pub(super) fn text(row: &Row, column: &'static str) -> Result<String, StoreError> {
    row.get(column)
}

pub(super) fn time(row: &Row, column: &'static str) -> Result<Timestamp, StoreError> {
    Ok(Timestamp::from_unix_millis(row.get(column)?))
}

pub(super) fn optional_time(row: &Row, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
    let millis: Option<i64> = row.get(column)?;
    Ok(millis.map(Timestamp::from_unix_millis))
}

pub(super) fn document<T: DeserializeOwned>(
    row: &Row,
    column: &'static str,
) -> Result<Option<T>, StoreError> {
    let text: Option<String> = row.get(column)?;
    Ok(text.as_deref().map(serde_json::from_str).transpose()?)
}

pub(super) fn required_document<T: DeserializeOwned>(
    row: &Row,
    column: &'static str,
) -> Result<T, StoreError> {
    document(row, column)?.ok_or(StoreError::Corrupt { column })
}

pub(super) fn count(row: &Row, column: &'static str) -> Result<u32, StoreError> {
    u32::try_from(row.get::<i64>(column)?).ok().ok_or(StoreError::Corrupt { column })
}

pub(super) fn digest(bytes: &[u8], column: &'static str) -> Result<SecretDigest, StoreError> {
    Ok(SecretDigest(<[u8; 32]>::try_from(bytes).ok().ok_or(StoreError::Corrupt { column })?))
}

pub(super) fn named<T: Copy>(
    row: &Row,
    column: &'static str,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<T, StoreError> {
    let text: String = row.get(column)?;
    all.iter().copied().find(|value| name(*value) == text).ok_or(StoreError::Corrupt { column })
}

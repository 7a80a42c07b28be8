//! The log of webhook deliveries, as their owner sees it.

use serde::Serialize;

use super::database::{Row, sql};
use super::{Store, StoreError, rows};
use crate::domain::ids::JobId;
use crate::domain::timestamp::Timestamp;

/// The delivery of a job's end, and every attempt at it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryLog {
    /// The same in every attempt.
    pub event_id: String,
    /// `job.completed`, `job.failed` or `job.cancelled`.
    pub event: String,
    /// `pending`, `delivered` or `abandoned`.
    pub status: String,
    /// When the next attempt is due.
    pub next_attempt_at: Option<Timestamp>,
    /// Each attempt, oldest first.
    pub attempts: Vec<DeliveryRecord>,
}

/// One attempt.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryRecord {
    /// From 1, redeliveries included.
    pub attempt: i64,
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub duration_millis: i64,
    /// The receiver's status code, if it answered.
    pub status: Option<i64>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// The beginning of the receiver's answer.
    pub answer: Option<String>,
}

impl Store {
    /// The delivery of a job, if it has ended and has a receiver.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn delivery_log(&self, id: &JobId) -> Result<Option<DeliveryLog>, StoreError> {
        let mut connection = self.read().await?;
        let row = sql("SELECT event_id, event, status, next_at FROM outbox WHERE job_id = $1")
            .bind(id.as_str())
            .optional(&mut connection)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let event_id = rows::text(&row, "event_id")?;
        let attempts = sql("SELECT attempt, at, duration_millis, status, error, answer FROM delivery_attempts WHERE event_id = $1 ORDER BY id LIMIT 1000")
            .bind(&event_id)
            .all(&mut connection)
            .await?;
        let status = rows::text(&row, "status")?;
        let next_at = rows::time(&row, "next_at")?;
        Ok(Some(DeliveryLog {
            event_id,
            event: row.get("event")?,
            next_attempt_at: (status == "pending").then_some(next_at),
            status,
            attempts: attempts.iter().map(record_from_row).collect::<Result<_, _>>()?,
        }))
    }
}

fn record_from_row(row: &Row) -> Result<DeliveryRecord, StoreError> {
    Ok(DeliveryRecord {
        attempt: row.get("attempt")?,
        at: rows::time(row, "at")?,
        duration_millis: row.get("duration_millis")?,
        status: row.get("status")?,
        error: row.get("error")?,
        answer: row.get("answer")?,
    })
}

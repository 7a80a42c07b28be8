//! The history of a job: one row for each step, numbered; read by those who follow it.

use serde::Serialize;

use super::database::{Connection, Row, sql};
use super::{Store, StoreError, rows};
use crate::domain::ids::JobId;
use crate::domain::lifecycle::JobState;
use crate::domain::timestamp::Timestamp;

/// A step in the life of a job.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventRecord {
    /// Its number; later steps of the same job have higher ones.
    #[serde(skip)]
    pub seq: i64,
    /// `job.queued`, `job.claimed`, `job.advanced`, `job.requeued`, or the name of the end.
    pub event: String,
    /// Status from then on.
    pub status: Option<String>,
    /// Phase from then on.
    pub phase: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// The steps of a job after number `after`, in order.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn events_after(&self, id: &JobId, after: i64) -> Result<Vec<EventRecord>, StoreError> {
        let rows = sql("SELECT seq, kind, status, phase, at FROM events WHERE job_id = $1 AND seq > $2 ORDER BY seq LIMIT 1000")
            .bind(id.as_str())
            .bind(after)
            .all(&mut self.read().await?)
            .await?;
        rows.iter().map(event_from_row).collect()
    }
}

/// Appends to the history of a job.
pub(super) async fn record(
    tx: &mut Connection,
    id: &JobId,
    kind: &str,
    (state, at): (JobState, Timestamp),
) -> Result<(), StoreError> {
    sql("INSERT INTO events (job_id, kind, epoch, at, status, phase) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(id.as_str())
        .bind(kind)
        .bind(state.epoch)
        .bind(at)
        .bind(state.status.name())
        .bind(state.phase.name())
        .queue(tx)
        .await
}

fn event_from_row(row: &Row) -> Result<EventRecord, StoreError> {
    Ok(EventRecord {
        seq: row.get("seq")?,
        event: row.get("kind")?,
        status: row.get("status")?,
        phase: row.get("phase")?,
        at: rows::time(row, "at")?,
    })
}

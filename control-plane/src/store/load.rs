//! What there is to do, and who did it, for the operator's eyes.

use super::database::sql;
use super::{Store, StoreError, rows};
use crate::domain::job::{EngineIdentity, Video};
use crate::domain::timestamp::Timestamp;

/// Jobs that have not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Waiting.
    pub queued: i64,
    /// With a worker.
    pub running: i64,
    /// When the oldest of those waiting was accepted.
    pub oldest_queued_at: Option<Timestamp>,
}

impl Store {
    /// Counts the jobs that have not ended.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn load(&self) -> Result<Load, StoreError> {
        let mut connection = self.read().await?;
        let queued =
            sql("SELECT COUNT(*) AS jobs, MIN(created_at) AS oldest FROM jobs WHERE status = 'queued'")
                .one(&mut connection)
                .await?;
        let running =
            sql("SELECT COUNT(*) AS jobs FROM jobs WHERE status = 'running'").one(&mut connection).await?;
        let oldest: Option<i64> = queued.get("oldest")?;
        Ok(Load {
            queued: queued.get("jobs")?,
            running: running.get("jobs")?,
            oldest_queued_at: oldest.map(Timestamp::from_unix_millis),
        })
    }

    /// The engines that made the last videos, each with its latest; of the last `most` videos.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn latest_engines(&self, most: i64) -> Result<Vec<(EngineIdentity, Timestamp)>, StoreError> {
        let found =
            sql("SELECT video, finished_at FROM jobs WHERE status = 'completed' ORDER BY seq DESC LIMIT $1")
                .bind(most)
                .all(&mut self.read().await?)
                .await?;
        let mut engines: Vec<(EngineIdentity, Timestamp)> = Vec::new();
        for row in &found {
            let video: Option<Video> = rows::document(row, "video")?;
            let finished_at = rows::time(row, "finished_at")?;
            let Some(engine) = video.map(|video| video.engine) else { continue };
            if !engines.iter().any(|(known, _)| *known == engine) {
                engines.push((engine, finished_at));
            }
        }
        Ok(engines)
    }
}

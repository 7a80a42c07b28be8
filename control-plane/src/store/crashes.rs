//! Inputs that have crashed an engine: after the second time nobody tries them again.

use super::database::sql;
use super::{Store, StoreError};
use crate::domain::timestamp::Timestamp;

impl Store {
    /// Notes that `input_sha256` has crashed an engine; returns how often it has by now.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn record_crash(&self, input_sha256: &str, now: Timestamp) -> Result<i64, StoreError> {
        let mut tx = self.write().await?;
        let count = sql(
            "INSERT INTO crashes (input_sha256, count, last_at) VALUES ($1, 1, $2)
             ON CONFLICT (input_sha256) DO UPDATE SET count = crashes.count + 1, last_at = excluded.last_at RETURNING count",
        )
        .bind(input_sha256)
        .bind(now)
        .one(&mut tx)
        .await?
        .get("count")?;
        tx.commit().await?;
        Ok(count)
    }

    /// How often `input_sha256` has crashed an engine.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn crash_count(&self, input_sha256: &str) -> Result<i64, StoreError> {
        let query = sql("SELECT count FROM crashes WHERE input_sha256 = $1").bind(input_sha256);
        query.optional(&mut self.read().await?).await?.map_or(Ok(0), |row| row.get("count"))
    }
}

//! The store on SQLite: one machine, no set-up. One serialised writer, a pool of readers.

mod accounts;
mod claims;
mod jobs;
mod ledger;
mod outbox;
mod rows;
mod settlement;
#[cfg(test)]
mod tests;
mod tokens;
mod writer;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::{Notify, broadcast};

use self::writer::{WriteTransaction, Writer};
use super::StoreError;
use crate::domain::ids::JobId;
use crate::limits;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("src/store/migrations/sqlite");

/// The state of one data directory. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    writer: Writer,
    readers: SqlitePool,
    changes: broadcast::Sender<JobId>,
    job_ready: Notify,
    delivery_due: Notify,
}

impl Store {
    /// Opens `avs.db` in a directory that exists; makes and migrates it where needed. Other processes may have it open too.
    ///
    /// # Errors
    /// [`StoreError`] where the directory or the database cannot be used.
    pub async fn open(data_dir: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(data_dir.join("avs.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // Acknowledged money survives a power cut; NORMAL could lose the last commits.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(limits::DATABASE_BUSY_WAIT);
        let writer = Writer::new(options.clone());
        migrate(data_dir, &writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(limits::READERS_MAX)
            .connect_with(options.create_if_missing(false).pragma("query_only", "on"))
            .await?;
        let (changes, _) = broadcast::channel(limits::CHANGES_QUEUE_MAX);
        let (job_ready, delivery_due) = (Notify::new(), Notify::new());
        Ok(Self { inner: Arc::new(Inner { writer, readers, changes, job_ready, delivery_due }) })
    }

    /// Tells of every job that changed, from now on, through this process.
    pub fn changes(&self) -> broadcast::Receiver<JobId> {
        self.inner.changes.subscribe()
    }

    /// Wakes where a job may be waiting. A hint: whoever waits also polls.
    pub async fn job_ready(&self) {
        self.inner.job_ready.notified().await;
    }

    /// Wakes where a delivery may be due. A hint: whoever waits also polls.
    pub async fn delivery_due(&self) {
        self.inner.delivery_due.notified().await;
    }

    /// True where the database answers.
    pub async fn is_readable(&self) -> bool {
        sqlx::query("SELECT 1 FROM accounts LIMIT 1").fetch_optional(self.readers()).await.is_ok()
    }

    /// For writes that a client waits for: refused where others wait too long already.
    async fn write_soon(&self) -> Result<WriteTransaction<'_>, StoreError> {
        let begun = tokio::time::timeout(limits::WRITE_QUEUE_WAIT, self.inner.writer.begin()).await;
        begun.map_err(|_elapsed| StoreError::Overloaded)?
    }

    async fn write(&self) -> Result<WriteTransaction<'_>, StoreError> {
        self.inner.writer.begin().await
    }

    fn readers(&self) -> &SqlitePool {
        &self.inner.readers
    }

    fn announce_change(&self, id: &JobId) {
        // An error says that nobody is listening.
        self.inner.changes.send(id.clone()).ok();
    }
}

async fn migrate(data_dir: &Path, writer: &Writer) -> Result<(), StoreError> {
    // Two processes that open a new directory at once must not both create the tables.
    let lock = File::create(data_dir.join("migrate.lock"))?;
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock));
    let _held = lock.await.map_err(std::io::Error::other)??;
    writer.migrate(&MIGRATIONS).await
}

//! Durable state: accounts, tokens, jobs, ledger and outbox. The `jobs` row is the only truth about a job;
//! its ledger entries, events and webhook commit with it or not at all.

mod accounts;
mod assets;
mod claims;
mod crashes;
mod database;
mod deliveries;
mod devices;
mod events;
mod idempotency;
mod jobs;
mod leases;
mod ledger;
mod listing;
mod load;
mod outbox;
mod records;
mod retention;
mod rows;
mod sessions;
mod settlement;
mod signals;
#[cfg(test)]
mod tests;
mod tokens;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use self::database::{Connection, Database, PostgresDatabase, SqliteDatabase, WriteTransaction, sql};
use self::signals::Signals;
use crate::domain::lifecycle::IllegalStep;
use crate::limits;

pub use assets::{AssetRecord, ProbeRecord};
pub use deliveries::{DeliveryLog, DeliveryRecord};
pub use devices::{DeviceGrant, DeviceState};
pub use events::EventRecord;
pub use idempotency::{IdempotencyKey, Replay};
pub use listing::{JobFilter, JobPage};
pub use load::Load;
pub use records::*;
pub use retention::Expired;
pub use sessions::SessionRecord;
pub use signals::Changes;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The account cannot cover the reservation.
    #[error("needs {needed_credits} credits, has {available_credits}")]
    InsufficientCredits {
        /// What the job may cost.
        needed_credits: i64,
        /// What the account can spend.
        available_credits: i64,
    },
    /// The job has been taken from the caller: another attempt runs, or it has ended.
    #[error("the job is no longer held by attempt {epoch}")]
    Fenced {
        /// The attempt that the caller speaks for.
        epoch: u32,
    },
    /// The step does not fit the state of the job.
    #[error(transparent)]
    IllegalStep(#[from] IllegalStep),
    /// There is no such row.
    #[error("no {what} `{key}`")]
    Missing {
        /// Kind of row.
        what: &'static str,
        /// Its key.
        key: String,
    },
    /// The address is taken.
    #[error("an account with the address `{email}` exists")]
    EmailTaken {
        /// The address.
        email: String,
    },
    /// A stored value is not one that this version writes.
    #[error("the column `{column}` holds an unknown value")]
    Corrupt {
        /// Where.
        column: &'static str,
    },
    /// A document cannot be written as JSON, or read back.
    #[error("a stored document is not the expected JSON")]
    Document(#[from] serde_json::Error),
    /// The key was used before, for another request.
    #[error("the idempotency key was used for another request")]
    IdempotencyKeyReused,
    /// The request was answered before: this is the answer.
    #[error("the request was answered before")]
    Replayed(Box<Replay>),
    /// The account has as many open jobs as it may.
    #[error("the account has {most} open jobs")]
    TooManyOpenJobs {
        /// How many it may have.
        most: i64,
    },
    /// The job has ended already.
    #[error("the job has already ended")]
    AlreadyEnded,
    /// Too many wait to write.
    #[error("too many requests wait to be stored")]
    Overloaded,
    /// The transaction was shared with others and lost with them; nothing has happened.
    #[error("the transaction was lost before it was committed")]
    CommitLost,
    /// The database refused.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The database could not be brought to this version.
    #[error("the database cannot be migrated")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Something else is where the database should be, or a piece of one.
    #[error(
        "{path} is neither empty nor a whole SQLite database; put the right file there, or move this one away"
    )]
    NotADatabase {
        /// The file.
        path: String,
    },
    /// The data directory cannot be used.
    #[error("the data directory cannot be used")]
    Directory(#[from] std::io::Error),
}

/// Where the state is.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    write_waits: WriteWaits,
}

/// How long writes that a client waits for are queued before they are refused.
#[derive(Debug, Clone, Copy)]
pub struct WriteWaits {
    /// Of one write for its turn.
    pub turn: Duration,
    /// Age of the queue beyond which nobody else is let in.
    pub queue_age: Duration,
}

impl Default for WriteWaits {
    fn default() -> Self {
        Self { turn: limits::WRITE_QUEUE_WAIT, queue_age: limits::WRITE_QUEUE_AGE }
    }
}

impl WriteWaits {
    /// Those of the limits where they are not shorter than `least`.
    pub fn at_least(least: Duration) -> Self {
        let Self { turn, queue_age } = Self::default();
        Self { turn: turn.max(least), queue_age: queue_age.max(least) }
    }
}

struct Inner {
    database: Database,
    signals: Arc<Signals>,
}

impl Store {
    /// Opens `avs.db` in a directory that exists; makes and migrates it where needed.
    ///
    /// # Errors
    /// [`StoreError`] where the directory or the database cannot be used.
    pub async fn open_sqlite(data_dir: &Path) -> Result<Self, StoreError> {
        let signals = Arc::new(Signals::default());
        let database =
            Database::Sqlite(Box::new(SqliteDatabase::open(data_dir, Arc::clone(&signals)).await?));
        Ok(Self { inner: Arc::new(Inner { database, signals }), write_waits: WriteWaits::default() })
    }

    /// Connects to a PostgreSQL server, and migrates the database where needed.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be reached or used.
    pub async fn open_postgres(url: &str) -> Result<Self, StoreError> {
        let signals = Arc::new(Signals::default());
        let database = Database::Postgres(PostgresDatabase::open(url, Arc::clone(&signals)).await?);
        Ok(Self { inner: Arc::new(Inner { database, signals }), write_waits: WriteWaits::default() })
    }

    /// The same store for a caller who is as patient as this.
    #[must_use]
    pub fn with_write_waits(self, write_waits: WriteWaits) -> Self {
        Self { write_waits, ..self }
    }

    /// True where several processes may work on the same state.
    pub fn is_shared(&self) -> bool {
        matches!(self.inner.database, Database::Postgres(_))
    }

    /// Tells of every job that changed, from now on.
    pub fn changes(&self) -> Changes {
        self.inner.signals.changes()
    }

    /// Wakes where a job may be waiting. A hint: whoever waits also polls.
    pub async fn job_ready(&self) {
        self.inner.signals.job_ready().await;
    }

    /// Wakes where a delivery may be due. A hint: whoever waits also polls.
    pub async fn delivery_due(&self) {
        self.inner.signals.delivery_due().await;
    }

    /// Writes and reads back, as a job would: readiness means that money can be booked.
    ///
    /// # Errors
    /// [`StoreError`] says what stands in the way.
    pub async fn check(&self) -> Result<(), StoreError> {
        let mut tx = self.write_soon().await?;
        sql("INSERT INTO leases (boot_id, until) VALUES ('readiness', 1) ON CONFLICT (boot_id) DO UPDATE SET until = 1")
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    /// True where a job could not be stored soon: whoever brings one can be told before it is looked at.
    pub fn is_overloaded(&self) -> bool {
        self.inner.database.is_overloaded(self.write_waits)
    }

    /// For writes that a client waits for: refused where others wait too long already.
    async fn write_soon(&self) -> Result<WriteTransaction<'_>, StoreError> {
        self.inner.database.write_soon(self.write_waits).await
    }

    async fn write(&self) -> Result<WriteTransaction<'_>, StoreError> {
        self.inner.database.write().await
    }

    async fn read(&self) -> Result<Connection, StoreError> {
        self.inner.database.read().await
    }
}

//! The one connection that writes. A transaction that does not commit takes its connection with it.
//!
//! SQLite rolls back by itself on a full disk or a failed write, behind the driver's back; a connection that
//! has seen this once can refuse every later transaction. So nothing is repaired: an unfinished transaction,
//! whatever ended it (error, panic, a request that was dropped half-way), is closed with its connection, which
//! rolls it back, and the next one begins on a new connection.

use std::ops::{Deref, DerefMut};

use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Executor as _, SqliteConnection};
use tokio::sync::{Mutex, MutexGuard};

use super::StoreError;

/// Gives out write transactions, one at a time, in the order asked.
pub(super) struct Writer {
    options: SqliteConnectOptions,
    idle: Mutex<Option<SqliteConnection>>,
}

impl Writer {
    pub(super) fn new(options: SqliteConnectOptions) -> Self {
        Self { options, idle: Mutex::new(None) }
    }

    /// Begins a transaction that has the write lock from the start.
    pub(super) async fn begin(&self) -> Result<WriteTransaction<'_>, StoreError> {
        let mut idle = self.idle.lock().await;
        let mut connection = match idle.take() {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        // A deferred transaction that upgrades can fail with SQLITE_BUSY_SNAPSHOT, which no busy timeout covers.
        connection.execute("BEGIN IMMEDIATE").await?;
        Ok(WriteTransaction { idle, connection })
    }

    pub(super) async fn migrate(&self, migrations: &Migrator) -> Result<(), StoreError> {
        let mut connection = self.options.connect().await?;
        migrations.run(&mut connection).await?;
        Ok(())
    }
}

/// A transaction under way; use it as a connection.
pub(super) struct WriteTransaction<'a> {
    idle: MutexGuard<'a, Option<SqliteConnection>>,
    connection: SqliteConnection,
}

impl WriteTransaction<'_> {
    /// Makes everything durable.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        self.connection.execute("COMMIT").await?;
        *self.idle = Some(self.connection);
        Ok(())
    }

    /// Undoes everything; for an expected refusal, which need not cost a connection.
    pub(super) async fn roll_back(mut self) -> Result<(), StoreError> {
        self.connection.execute("ROLLBACK").await?;
        *self.idle = Some(self.connection);
        Ok(())
    }
}

impl Deref for WriteTransaction<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for WriteTransaction<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

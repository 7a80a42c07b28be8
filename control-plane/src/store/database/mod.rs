//! The two databases behind one face. SQLite: one machine, no set-up, one serialised writer, a pool of readers.
//! PostgreSQL: many machines. What is asked of them is the same text, but where `query` says otherwise.

mod migrations;
mod postgres;
mod query;
mod queued;
mod sqlite;

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, SqlSafeStr as _, SqlStr, Sqlite, SqliteConnection};
use tokio::time::timeout;

pub(super) use self::postgres::PostgresDatabase;
use self::query::Value;
pub(super) use self::query::{Row, locked, sql, sql_for};
use self::queued::QueuedWriter;
pub(super) use self::sqlite::SqliteDatabase;
use super::signals::Signal;
use super::{StoreError, WriteWaits};

/// An open database.
pub(super) enum Database {
    Sqlite(Box<SqliteDatabase>),
    Postgres(PostgresDatabase),
}

/// A connection to either, for as long as it is held.
pub(super) enum Connection {
    SqliteWriter(QueuedWriter),
    SqliteReader(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
    PostgresTransaction(sqlx::Transaction<'static, Postgres>),
}

/// A connection as its driver wants it.
enum Driver<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Connection {
    fn driver(&mut self) -> Driver<'_> {
        match self {
            Self::SqliteWriter(writer) => Driver::Sqlite(&mut writer.connection),
            Self::SqliteReader(connection) => Driver::Sqlite(connection),
            Self::Postgres(connection) => Driver::Postgres(connection),
            Self::PostgresTransaction(transaction) => Driver::Postgres(transaction),
        }
    }

    /// What SQLite is asked with a statement: all that has waited for it, and the statement.
    fn joined(&mut self, text: &'static str, values: Vec<Value>) -> (SqlStr, Vec<Value>) {
        match self {
            Self::SqliteWriter(writer) => writer.joined(text, values),
            _ => (text.into_sql_str(), values),
        }
    }
}

impl Database {
    /// For reading; the caller holds it briefly.
    pub(super) async fn read(&self) -> Result<Connection, StoreError> {
        match self {
            Self::Sqlite(database) => Ok(Connection::SqliteReader(database.readers().acquire().await?)),
            Self::Postgres(database) => Ok(Connection::Postgres(database.pool().acquire().await?)),
        }
    }

    /// Begins a transaction that writes.
    pub(super) async fn write(&self) -> Result<WriteTransaction<'_>, StoreError> {
        match self {
            Self::Sqlite(database) => {
                let transaction = database.writer().begin().await?;
                Ok(WriteTransaction { inner: Inner::Sqlite(transaction), signals: Vec::new() })
            }
            Self::Postgres(database) => {
                let connection = Connection::PostgresTransaction(database.pool().begin().await?);
                Ok(WriteTransaction { inner: Inner::Postgres(connection), signals: Vec::new() })
            }
        }
    }

    /// True where whoever asks for a turn to write would wait too long.
    pub(super) fn is_overloaded(&self, waits: WriteWaits) -> bool {
        match self {
            Self::Sqlite(database) => database.writer().is_behind(waits.queue_age),
            Self::Postgres(_) => false,
        }
    }

    /// For writes that a client waits for: refused where others wait too long already.
    pub(super) async fn write_soon(&self, waits: WriteWaits) -> Result<WriteTransaction<'_>, StoreError> {
        if self.is_overloaded(waits) {
            return Err(StoreError::Overloaded);
        }
        timeout(waits.turn, self.write()).await.map_err(|_elapsed| StoreError::Overloaded)?
    }
}

/// A transaction under way; use it as a connection. Dropped, it has not happened.
pub(super) struct WriteTransaction<'a> {
    inner: Inner<'a>,
    signals: Vec<Signal>,
}

enum Inner<'a> {
    Sqlite(sqlite::SqliteTransaction<'a>),
    Postgres(Connection),
}

impl WriteTransaction<'_> {
    /// Tells those who wait, if and when the transaction commits.
    pub(super) fn signal(&mut self, signal: Signal) {
        self.signals.push(signal);
    }

    /// Makes everything durable.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self.inner {
            Inner::Sqlite(transaction) => transaction.commit(&self.signals).await,
            Inner::Postgres(mut connection) => {
                for signal in &self.signals {
                    postgres::notify(&mut connection, signal).await?;
                }
                let Connection::PostgresTransaction(transaction) = connection else { return Ok(()) };
                Ok(transaction.commit().await?)
            }
        }
    }

    /// Undoes everything; for an expected refusal.
    pub(super) async fn roll_back(self) -> Result<(), StoreError> {
        match self.inner {
            Inner::Sqlite(transaction) => transaction.roll_back().await,
            Inner::Postgres(Connection::PostgresTransaction(transaction)) => {
                Ok(transaction.rollback().await?)
            }
            Inner::Postgres(_) => Ok(()),
        }
    }
}

impl std::ops::Deref for WriteTransaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match &self.inner {
            Inner::Sqlite(transaction) => transaction.connection(),
            Inner::Postgres(connection) => connection,
        }
    }
}

impl std::ops::DerefMut for WriteTransaction<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        match &mut self.inner {
            Inner::Sqlite(transaction) => transaction.connection_mut(),
            Inner::Postgres(connection) => connection,
        }
    }
}

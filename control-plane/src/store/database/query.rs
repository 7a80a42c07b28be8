//! One SQL text for two databases: parameters are `$1`, `$2`, …, which both understand; values and columns are
//! integers, text and bytes. Where the texts must differ (row locks, the database's own clock), both are given.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type};

use super::{Connection, Driver};
use crate::domain::timestamp::Timestamp;
use crate::store::StoreError;

/// A statement with its values.
pub(in crate::store) struct Query {
    sqlite: &'static str,
    postgres: &'static str,
    values: Vec<Value>,
}

/// What a parameter can be.
#[derive(Debug, Clone)]
pub(in crate::store) enum Value {
    Integer(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

/// A statement that both databases take as it is.
pub(in crate::store) fn sql(text: &'static str) -> Query {
    sql_for(text, text)
}

/// A statement in two dialects, with the same parameters.
pub(in crate::store) fn sql_for(sqlite: &'static str, postgres: &'static str) -> Query {
    Query { sqlite, postgres, values: Vec::new() }
}

/// A `SELECT` of rows that the transaction is about to change. SQLite has one writer, who holds everything already.
macro_rules! locked {
    ($text:literal) => {
        $crate::store::database::sql_for($text, concat!($text, " FOR UPDATE"))
    };
}
pub(in crate::store) use locked;

macro_rules! bound {
    ($database:ty, $query:expr, $values:expr) => {
        $values.into_iter().fold(sqlx::query::<$database>($query), |query, value| match value {
            $crate::store::database::query::Value::Integer(value) => query.bind(value),
            $crate::store::database::query::Value::Text(value) => query.bind(value),
            $crate::store::database::query::Value::Bytes(value) => query.bind(value),
        })
    };
}
pub(super) use bound;

impl Query {
    /// Gives the next parameter.
    pub(in crate::store) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Runs it with whatever the transaction asks next, or when it commits, on SQLite; at once on PostgreSQL.
    pub(in crate::store) async fn queue(self, connection: &mut Connection) -> Result<(), StoreError> {
        match connection {
            Connection::SqliteWriter(writer) => writer.queue(self.sqlite, self.values),
            _ => drop(self.execute(connection).await?),
        }
        Ok(())
    }

    /// Runs it; returns the number of rows that it changed.
    pub(in crate::store) async fn execute(self, connection: &mut Connection) -> Result<u64, StoreError> {
        if let Connection::SqliteWriter(writer) = connection {
            // The number would be that of all.
            writer.flush().await?;
        }
        Ok(match connection.driver() {
            Driver::Sqlite(driver) => {
                bound!(Sqlite, self.sqlite, self.values).execute(driver).await?.rows_affected()
            }
            Driver::Postgres(driver) => {
                bound!(Postgres, self.postgres, self.values).execute(driver).await?.rows_affected()
            }
        })
    }

    /// Runs it; returns its first row, if there is one.
    pub(in crate::store) async fn optional(
        self,
        connection: &mut Connection,
    ) -> Result<Option<Row>, StoreError> {
        let (sqlite, values) = connection.joined(self.sqlite, self.values);
        Ok(match connection.driver() {
            Driver::Sqlite(driver) => {
                bound!(Sqlite, sqlite, values).fetch_optional(driver).await?.map(Row::Sqlite)
            }
            Driver::Postgres(driver) => {
                bound!(Postgres, self.postgres, values).fetch_optional(driver).await?.map(Row::Postgres)
            }
        })
    }

    /// Runs it; there must be a row.
    pub(in crate::store) async fn one(self, connection: &mut Connection) -> Result<Row, StoreError> {
        self.optional(connection).await?.ok_or(StoreError::Database(sqlx::Error::RowNotFound))
    }

    /// Runs it; returns every row. The statement itself bounds their number.
    pub(in crate::store) async fn all(self, connection: &mut Connection) -> Result<Vec<Row>, StoreError> {
        let (sqlite, values) = connection.joined(self.sqlite, self.values);
        Ok(match connection.driver() {
            Driver::Sqlite(driver) => {
                let rows = bound!(Sqlite, sqlite, values).fetch_all(driver).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Driver::Postgres(driver) => {
                let rows = bound!(Postgres, self.postgres, values).fetch_all(driver).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }
}

/// A row of either database.
pub(in crate::store) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What a column can be read as.
pub(in crate::store) trait Column:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

impl Column for i64 {}
impl Column for Option<i64> {}
impl Column for String {}
impl Column for Option<String> {}
impl Column for Vec<u8> {}
impl Column for Option<Vec<u8>> {}

impl Row {
    /// Reads a column.
    pub(in crate::store) fn get<T: Column>(&self, column: &'static str) -> Result<T, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(Some(value))
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Integer(Some(i64::from(value)))
    }
}

impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Self::Integer(Some(value.unix_millis()))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Integer(value)
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(value: Option<Timestamp>) -> Self {
        Self::Integer(value.map(Timestamp::unix_millis))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(Some(value.clone()))
    }
}

impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}

impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(Some(value.to_vec()))
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(Some(value))
    }
}

impl From<Option<&[u8]>> for Value {
    fn from(value: Option<&[u8]>) -> Self {
        Self::Bytes(value.map(<[u8]>::to_vec))
    }
}

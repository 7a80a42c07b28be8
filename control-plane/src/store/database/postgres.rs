//! PostgreSQL: a pool, its migrations, and `LISTEN`/`NOTIFY` in place of signals inside one process.

use std::sync::Arc;

use sqlx::postgres::{PgListener, PgPoolOptions};
use sqlx::{PgConnection, PgPool};
use tokio_util::task::AbortOnDropHandle;

use super::{Connection, migrations, sql};
use crate::store::StoreError;
use crate::store::signals::{Signal, Signals};
use crate::{limits, telemetry};

/// The one channel of notifications.
const CHANNEL: &str = "avs";

/// A database server.
pub(in crate::store) struct PostgresDatabase {
    pool: PgPool,
    _listener: AbortOnDropHandle<()>,
}

impl PostgresDatabase {
    /// Connects and migrates. Several processes may do so at once: migrations take a lock.
    pub(in crate::store) async fn open(url: &str, signals: Arc<Signals>) -> Result<Self, StoreError> {
        let pool = PgPoolOptions::new()
            .max_connections(limits::POSTGRES_CONNECTIONS_MAX)
            .acquire_timeout(limits::DATABASE_BUSY_WAIT)
            .after_connect(|connection, _| Box::pin(limit_idle_transactions(connection)))
            .connect(url)
            .await?;
        migrations::postgres().run(&pool).await?;
        let listener = AbortOnDropHandle::new(tokio::spawn(listen(pool.clone(), signals)));
        Ok(Self { pool, _listener: listener })
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.pool
    }
}

/// Has the server give up what a process leaves unfinished: a lease that runs out frees no row that a transaction holds.
async fn limit_idle_transactions(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let millis = limits::POSTGRES_TRANSACTION_IDLE_WAIT.as_millis().to_string();
    sqlx::query("SELECT set_config('idle_in_transaction_session_timeout', $1, false)")
        .bind(millis)
        .execute(connection)
        .await?;
    Ok(())
}

/// Tells every process, this one included, once the transaction has committed.
pub(super) async fn notify(connection: &mut Connection, signal: &Signal) -> Result<(), StoreError> {
    sql("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(signal.text()).execute(connection).await?;
    Ok(())
}

/// Passes notifications on for as long as the process lives. What is missed while the server is away is made up
/// for by those who wait: all of them poll as well.
async fn listen(pool: PgPool, signals: Arc<Signals>) {
    loop {
        if let Err(error) = listen_until_broken(&pool, &signals).await {
            tracing::warn!(error = telemetry::chain(&error), "no notifications from the database");
        }
        tokio::time::sleep(limits::QUEUE_POLL_INTERVAL).await;
    }
}

async fn listen_until_broken(pool: &PgPool, signals: &Signals) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    while let Some(notification) = listener.try_recv().await? {
        if let Some(signal) = Signal::from_text(notification.payload()) {
            signals.send(&signal);
        }
    }
    Ok(())
}
